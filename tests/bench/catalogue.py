"""Time and memory of an analysis by the number of runs: `python -m tests.bench.catalogue [--runs 12 24 48 …]`.

Each store holds planted runs over the package's 504 passages: models by precisions by selected blocks, and two
untrained twins of each model. A row is one process of `analyze.py`; the exponent is that of CPU time, by
runs, from the row above.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.planted_store import plant, planted_runs

ROOT = Path(__file__).parents[2]
RUNS = (12, 24, 48, 96, 200, 500, 1000)


@dataclass(frozen=True)
class Measured:
    """One analysis."""

    n_runs: int
    n_pairs: int
    wall: float
    cpu: float
    mebibytes: float
    report: float
    """Of its page, in MB."""

    def row(self, before: Measured | None) -> str:
        ratio = None if before is None else math.log(self.cpu / before.cpu) / math.log(self.n_runs / before.n_runs)
        exponent = "" if ratio is None else f"{ratio:.2f}"
        numbers = f"{self.wall:8.1f} {self.cpu:8.1f} {self.mebibytes:8.0f} {self.report:8.1f}"
        return f"{self.n_runs:6d} {self.n_pairs:7d} {numbers} {exponent:>9}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=RUNS)
    parser.add_argument("--again", action="store_true", help="a second analysis of each store, after one run more")
    given = parser.parse_args()
    print(f"{'runs':>6} {'pairs':>7} {'wall s':>8} {'cpu s':>8} {'MiB':>8} {'page MB':>8} {'exponent':>9}")
    before = None
    for n in given.runs:
        with tempfile.TemporaryDirectory() as folder:
            runs = planted_runs(n)
            plant(Path(folder) / "store", runs[1:] if given.again else runs)
            own = analysed(Path(folder), n - given.again)
            print(own.row(before), flush=True)
            before = own
            if given.again:
                plant(Path(folder) / "store", runs[:1])
                print(f"{analysed(Path(folder), n).row(None)}  one run more", flush=True)


def analysed(folder: Path, n_runs: int, *options: str) -> Measured:
    """Analyses the store in a folder in a process of its own, whose time and largest memory are measured."""
    output = folder / "results"
    command = [sys.executable, "analyze.py", f"store.path={folder / 'store'}", f"output={output}"]
    quiet = [f"hydra.run.dir={folder / 'hydra'}", "hydra.job_logging.root.level=ERROR"]
    started = time.perf_counter()
    process = subprocess.Popen([*command, *quiet, *options], cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if status:
        raise SystemExit(f"analyze.py ended with {os.waitstatus_to_exitcode(status)}")
    n_pairs = sum(1 for _ in (output / "pairs.csv").open()) - 1
    return Measured(n_runs, n_pairs, wall, _cpu(used), used.ru_maxrss / 1024, _size(output / "report.html"))


def _cpu(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def _size(file: Path) -> float:
    return file.stat().st_size / 1e6


if __name__ == "__main__":
    main()
