"""Time and memory of an analysis over many conditions: `python -m tests.bench.many_conditions`.

Four planted runs of 171 conditions x 8 topics x 3 texts, 256 features wide, are analysed as `analyze.py` does it:
every table, figure and report. Printed are its seconds, and the most memory that the process ever had.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from emogeo.analysis.analyze import analyze
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from emogeo.store.store import Store
from tests.planted_labels import MANY, Shape, write_conditions

MODELS = ("alpha", "beta", "gamma", "delta")
SHAPE = Shape(units=8, texts=3, width=256, words=80)
SIGNAL = 0.1
_UNIT = 2**30 if sys.platform == "darwin" else 2**20
"""Of `ru_maxrss` in a GiB: bytes on macOS, KiB elsewhere."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        plant(Path(folder, "store"))
        started = time.perf_counter()
        analyze(AnalyzeConfig(store=StoreConfig(f"{folder}/store"), output=f"{folder}/results"))
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNIT
    print(f"{len(MODELS)} runs of {len(MANY)} conditions x {SHAPE.units} topics x {SHAPE.texts} texts")
    print(f"  seconds  {seconds:7.1f}")
    print(f"  peak GiB {peak:7.2f}")


def plant(store: Path) -> None:
    """Writes the runs into a store."""
    for seed, name in enumerate(MODELS):
        write_conditions(Store(store), MANY, name, seed, SHAPE, SIGNAL)


if __name__ == "__main__":
    main()
