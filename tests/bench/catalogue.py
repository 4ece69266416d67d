"""Time and memory of an analysis by the number of runs: `python -m tests.bench.catalogue [--runs 12 24 48 …]`.

Each store holds planted runs over the package's 504 passages: models by precisions by selected blocks, and two
untrained twins of each model. A row is one `analyze.py` with the processes that draw its figures: their CPU time
together, the largest memory of the first, and the largest of all of them at a time, where what they share counts
once. The exponent is that of CPU time, by runs, from the row above.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.planted_store import plant, planted_runs

ROOT = Path(__file__).parents[2]
_PR_SET_CHILD_SUBREAPER, _EVERY = 36, 0.5
"""The option of prctl(2), and the seconds from one look at memory to the next."""
RUNS = (12, 24, 48, 96, 200, 500, 1000)


@dataclass(frozen=True)
class Measured:
    """One analysis."""

    n_runs: int
    n_pairs: int
    wall: float
    cpu: float
    mebibytes: float
    in_all: float
    """The memory of all its processes at a time, in MiB."""
    report: float
    """Of its page, in MB."""

    def row(self, before: Measured | None) -> str:
        ratio = None if before is None else math.log(self.cpu / before.cpu) / math.log(self.n_runs / before.n_runs)
        exponent = "" if ratio is None else f"{ratio:.2f}"
        numbers = f"{self.wall:8.1f} {self.cpu:8.1f} {self.mebibytes:8.0f} {self.in_all:8.0f} {self.report:8.1f}"
        return f"{self.n_runs:6d} {self.n_pairs:7d} {numbers} {exponent:>9}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=RUNS)
    parser.add_argument("--again", action="store_true", help="a second analysis of each store, after one run more")
    given = parser.parse_args()
    _adopt()
    print(
        f"{'runs':>6} {'pairs':>7} {'wall s':>8} {'cpu s':>8} {'MiB':>8} {'in all':>8} {'page MB':>8} {'exponent':>9}"
    )
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
    before, started = _cpu_of_ended(), time.perf_counter()
    process = subprocess.Popen([*command, *quiet, *options], cwd=ROOT, stdout=subprocess.DEVNULL)
    with _watched() as most:
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if status:
        raise SystemExit(f"analyze.py ended with {os.waitstatus_to_exitcode(status)}")
    _wait_for_others()
    n_pairs = sum(1 for _ in (output / "pairs.csv").open()) - 1
    cpu, size = _cpu_of_ended() - before, _size(output / "report.html")
    return Measured(n_runs, n_pairs, wall, cpu, used.ru_maxrss / 1024, max(most) / 2**20, size)


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Gives a list to which the memory of all processes below this one is added until the block ends."""
    found, ended = [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(_EVERY):
            found.append(sum(map(_memory, psutil.Process().children(recursive=True))))

    thread = threading.Thread(target=watch)
    thread.start()
    yield found
    ended.set()
    thread.join()


def _memory(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        return float(process.memory_full_info().pss)
    return 0.0


def _adopt() -> None:
    """Has the processes that draw counted when they end: the system makes this one their parent (prctl(2))."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait_for_others() -> None:
    with suppress(ChildProcessError):
        while True:
            os.wait()


def _cpu_of_ended() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _size(file: Path) -> float:
    return file.stat().st_size / 1e6


if __name__ == "__main__":
    main()
