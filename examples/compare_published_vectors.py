"""Compares emotion vectors that others have published; no model is needed.

    python examples/compare_published_vectors.py qwen=Qwen2.5-7B/raw_vectors.npz llama=Llama-3.1-8B/raw_vectors.npz

Each NAME=FILE becomes a run of the store `published`. A file may be an npz with names such as layer_16__anxious, or
have any other shape that docs/imported.md lists; public sets are named there, too. Then all pairs of runs are compared,
each over the labels that both have.

Vectors alone give a raw ρ, which mixes what the models share with what their texts share. Nothing here can tell the two
apart, so there is no ρ*. Import the states of single texts, with their topics, to get one.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations
from pathlib import Path

import emogeo

STORE = Path("published")


def train(*words: str) -> None:
    """Does what `emogeo train` does; in a clone, `python train.py` is the same."""
    subprocess.run([sys.executable, "-m", "emogeo", "train", *words], check=True)


def main(sets: list[str]) -> None:
    for each in sets:
        name, _, file = each.partition("=")
        train(
            "mode=imported",
            f"imported.path='{file}'",
            f"model.name={name}",
            "layer_selection=min_mean_cosine",  # vectors have no reliability to choose a block by
            "tracking=disabled",
            f"store.path={STORE}",
        )
    runs = [emogeo.load_run(folder) for folder in sorted((STORE / "runs").iterdir())]
    for a, b in combinations(runs, 2):
        print(emogeo.compare(a, b), end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1:])
