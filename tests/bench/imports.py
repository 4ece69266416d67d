"""Memory and time of importing states of very many texts: `python -m tests.bench.imports --texts 50000 --blocks 8`.

A file of random states in fp16 with 20 conditions and some hundred topics is written, then imported by `train.py`'s own
function in a process of its own, whose peak memory is printed beside the size of the file.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap

CONDITIONS = 20
_ROWS = 500
_CHILD = """
import resource, sys
from emogeo.extraction.imported_run import run_import
from tests.conftest import compose_train
run_import(compose_train(*sys.argv[1:]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def planted(folder: Path, n_texts: int, n_blocks: int, width: int) -> Path:
    """Writes states in which conditions differ, and a table of labels beside them."""
    generator = np.random.default_rng(0)
    codes = generator.normal(size=(CONDITIONS, n_blocks, width)).astype(np.float32)
    file = folder / "states.npy"
    states = open_memmap(file, mode="w+", dtype=np.float16, shape=(n_texts, n_blocks, width))
    noise = generator.normal(size=(_ROWS, n_blocks, width)).astype(np.float32) * 3
    for first in range(0, n_texts, _ROWS):
        rows = np.arange(first, min(first + _ROWS, n_texts))
        generator.shuffle(noise)
        states[rows] = codes[rows % CONDITIONS] + noise[: len(rows)]
    states.flush()
    lines = [f"c{row % CONDITIONS:02d},topic {row // CONDITIONS % 400}" for row in range(n_texts)]
    file.with_suffix(".csv").write_text("\n".join(["emotion,topic", *lines]))
    return file


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("texts", 50_000), ("blocks", 8), ("width", 4_096)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        file = planted(folder, asked.texts, asked.blocks, asked.width)
        words = ["mode=imported", f"imported.path={file}", f"imported.layers={list(range(asked.blocks))}"]
        words += [f"store.path={folder / 'store'}", f"runtime.weights_cache={folder / 'cache'}", "tracking=disabled"]
        before = time.monotonic()
        child = subprocess.run([sys.executable, "-c", _CHILD, *words], capture_output=True, text=True, check=True)
        seconds, peak = time.monotonic() - before, int(child.stdout.splitlines()[-1]) / 2**20
        size = file.stat().st_size / 2**30
    print(f"{asked.texts} texts x {asked.blocks} blocks x {asked.width}, {size:.1f} GiB: {seconds:.0f} s, ", end="")
    print(f"peak {peak:.2f} GiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
