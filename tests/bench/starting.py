"""Processor time around a pass: `python -m tests.bench.starting`; `--tree FOLDER` measures another working tree.

A fresh process with a finished run, a sweep of 24 finished runs, one run of a tiny model (four blocks, 504 texts, with
its offline run of W&B), and the geometry of states of the size of a model of 8 billion parameters (504 texts, 32
blocks, width 4096). It is user and system time of the process, on one thread, the least of some rounds, so that other
work on the machine counts little.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench.resumed import markdown
from tests.conftest import ROOT
from tests.tiny import write_model

SWEEP = (
    *("norm=none,unit", "prompt_template=raw,feeling", "pooling.position=last,mean"),
    "layer_selection=reliability,middle,min_mean_cosine",
)
_MEASURING = """
import time
import numpy as np
from emogeo.geometry.descriptors import anisotropy, largest_dimensions
from emogeo.geometry.geometry import measure
from emogeo.geometry.options import GeometryOptions
from emogeo.geometry.states import LabelledTexts

topics, conditions, blocks, width = 24, 21, 32, 4096
generator = np.random.default_rng(0)
states = generator.standard_normal((topics, conditions, blocks, width), dtype=np.float32)
states += generator.standard_normal((1, conditions, blocks, width), dtype=np.float32) / 3
states = states.reshape(-1, blocks, width)
sentences = generator.standard_normal((100, blocks, width), dtype=np.float32) + 1
emotions = tuple(f"c{row % conditions}" for row in range(len(states)))
units = tuple(f"t{row // conditions}" for row in range(len(states)))
labels = LabelledTexts(emotions, units, units, tuple(map(str, range(len(states)))), known=False)
options = GeometryOptions.of("reliability", "grand_mean", "none", 0)
before = time.process_time()
measure(lambda row: states[:, row].astype(float), labels, list(range(blocks)), options, None, "planted")
largest_dimensions(sentences.astype(float)), anisotropy(sentences.astype(float))
print(time.process_time() - before)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, default=ROOT, help="the working tree that is measured")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        weights = write_model(folder / "model", "qwen2.5")
        rows = _rows(asked.tree, _words(weights, folder), folder, asked.rounds)
    print(markdown(("what", "CPU seconds"), rows))
    return 0


def _rows(tree: Path, words: Sequence[str], folder: Path, rounds: int) -> list[tuple[str, str]]:
    one, sweep = ["train.py", *words], ["train.py", "-m", *SWEEP, *words]
    done = [f"store.path={folder / 'store'}", "tracking=disabled"]
    fresh = [[*one, f"store.path={folder / f'new{number}'}", "tracking=offline"] for number in range(rounds)]
    _seconds(tree, [*sweep, *done])
    least = {
        "one finished run": min(_seconds(tree, [*one, *done]) for _ in range(rounds)),
        "24 finished runs of a sweep": min(_seconds(tree, [*sweep, *done]) for _ in range(rounds)),
        "one run of a tiny model, with W&B offline": min(_seconds(tree, own) for own in fresh),
        "geometry of 504 texts, 32 blocks, width 4096": min(_measuring(tree) for _ in range(rounds)),
    }
    return [(name, f"{seconds:.1f}") for name, seconds in least.items()]


def _words(weights: Path, folder: Path) -> list[str]:
    return [
        *(f"model.weights={weights}", "precision=fp32", "runtime.progress=false", "runtime.device=cpu"),
        *("runtime.threads=1", f"hydra.run.dir={folder / 'job'}", f"hydra.sweep.dir={folder / 'jobs'}"),
    ]


def _seconds(tree: Path, arguments: Sequence[str]) -> float:
    """Measures user and system time of a process and those that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _python(tree, arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _measuring(tree: Path) -> float:
    return float(_python(tree, ["-c", _MEASURING]))


def _python(tree: Path, arguments: Sequence[str]) -> str:
    alone = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=tree, env={**os.environ, **alone}, capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
