"""Begins with a project of Weights & Biases, on a machine that has none of its runs.

    wandb login
    python examples/begin_with_a_project.py ENTITY/PROJECT
    python examples/begin_with_a_project.py ENTITY/PROJECT 'runs.model=gemma*' runs.since=2026-11-01

The runs are downloaded into the store `pulled`, verified and analysed; the report is in `results/PROJECT`, and the
analysis is a run of the project. After that the store is like any other: the library opens it, and `analyze` compares
it again without the network.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

import emogeo

STORE = "pulled"


def main(project: str, options: Sequence[str]) -> None:
    """Pulls and analyses a project, then compares its first run with the others.

    Args:
        options: more words for `analyze`: which runs are meant, say.
    """
    entity, _, name = project.partition("/")
    words = ["source=wandb", f"tracking.entity={entity}", f"tracking.project={name}", f"store.path={STORE}"]
    analyze = [sys.executable, "-m", "emogeo", "analyze", *words, f"output=results/{name}", *options]
    subprocess.run(analyze, check=True)

    store = emogeo.open_store(STORE)
    print(store.table()[["model", "precision", "layer", "reliability"]].to_string(index=False), end="\n\n")
    first, *others = store.runs()
    for other in others:
        print(store.compare(first, other), end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
