"""A sweep whose reading takes no core, as on a GPU: `python -m tests.bench.overlap`; `--waits 1 3 --runs 8`.

In place of the forward pass the process waits for so many seconds, and gets planted states of the model's own size.
What is measured is how long the sweep takes from start to end when runs are measured beside the next one's wait, and
when they are not: alternating rounds, their least.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.resumed import markdown
from tests.conftest import ROOT

_SWEEP = """
import contextlib, sys, time
import numpy as np
from emogeo.extraction import reading
from emogeo.models.activations import Activations
from emogeo.programs import train

wait, beside = float(sys.argv.pop(1)), sys.argv.pop(1) == "beside"

def read(wanted, session, kept):
    width, blocks, texts = session.model().body.config.hidden_size, wanted.model.n_blocks, len(wanted.texts)
    time.sleep(wait)
    generator = np.random.default_rng(0)
    conditions = generator.standard_normal((21, blocks, width), dtype=np.float32)
    states = generator.standard_normal((texts, blocks, width), dtype=np.float32) + conditions[np.arange(texts) % 21]
    counts = np.zeros((texts, blocks), np.int64)
    return Activations(states, states[:, 0], counts, [states for _ in wanted.also], [[*range(texts)]], 0, texts, wait)

reading._read = read
if not beside:
    train.finished_beside = contextlib.nullcontext
train.start()
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--waits", type=float, nargs="+", default=[1.0, 3.0], help="seconds in place of a pass")
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    asked = parser.parse_args()
    templates = ",".join(f"'{number} {{passage}}'" for number in range(asked.runs))
    words = [f"model={asked.model}", f"prompt_template.text={templates}", "precision=fp32", "runtime.device=cpu"]
    rows = []
    for wait in asked.waits:
        rounds = [[_seconds(wait, how, words) for how in ("after", "beside")] for _ in range(asked.rounds)]
        after, beside = (min(own) for own in zip(*rounds, strict=True))
        rows.append((f"{wait:g} s", f"{after:.1f} s", f"{beside:.1f} s", f"{after / beside:.2f}"))
        print(f"{wait:g} s: {rounds}", file=sys.stderr)
    print(markdown(("in place of a pass", "one after another", "beside", "ratio"), rows))
    return 0


def _seconds(wait: float, how: str, words: Sequence[str]) -> float:
    with tempfile.TemporaryDirectory() as made:
        own = [f"store.path={Path(made) / 'store'}", f"hydra.sweep.dir={Path(made) / 'jobs'}", "tracking=disabled"]
        started = [sys.executable, "-c", _SWEEP, str(wait), how, "-m", *words, *own, "runtime.progress=false"]
        before = time.perf_counter()
        subprocess.run(started, cwd=ROOT, check=True, capture_output=True)
        return time.perf_counter() - before


if __name__ == "__main__":
    sys.exit(main())
