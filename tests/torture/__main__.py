"""All trials, one after the other, and their table: `python -m tests.torture`."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from tests.torture import (
    analyses,
    flipped_bytes,
    full_disk,
    fuzz_records,
    kills,
    side_by_side,
    two_users,
    wandb_faults,
)
from tests.torture.trial import KEPT, Trial, faults, markdown, rows, run_trial
from tests.torture.warm import warm_up

TRIALS: Sequence[Trial] = [
    module.TRIAL
    for module in (kills, flipped_bytes, full_disk, analyses, side_by_side, fuzz_records, wandb_faults, two_users)
]


def main(words: Sequence[str] | None = None) -> int:
    """Runs them, and prints the table and what went wrong; 0 where nothing did."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--most", type=int, default=None, help="cases of each trial, at most (default: all)")
    parser.add_argument("--only", nargs="*", default=[own.name for own in TRIALS], help="names of trials")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kept", type=Path, default=KEPT)
    asked = parser.parse_args(words)
    warm_up()
    lines, said = [], list[str]()
    for trial in TRIALS:
        if trial.name not in asked.only:
            continue
        started = time.monotonic()
        cases = run_trial(trial, min(trial.cases, asked.most or trial.cases), asked.kept, asked.workers)
        lines += rows(trial, cases)
        said += faults(trial, cases)
        cpu = sum(case.cpu for case in cases)
        print(f"{trial.name}: {time.monotonic() - started:.0f} s now; {cpu:.0f} s of the processor in all", flush=True)
    print("\n".join(["", markdown(lines), "", *said]))
    return int(bool(said))


if __name__ == "__main__":
    raise SystemExit(main())
