"""A sweep of twelve runs of a tiny model, and what it leaves in a store."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from emogeo.store.store import RUNS, Store
from tests.conftest import ROOT

TWELVE = ("prompt_template=raw,feeling,question", "reread=false,true", "norm=none,unit")
N_CELLS = 12


def words(weights: Path, folder: Path, *more: str, cells: Sequence[str] = TWELVE) -> list[str]:
    """The sweep's command line, with its store and jobs in `folder`."""
    return [
        *("train.py", "-m", *cells, f"model.weights={weights}", "precision=fp32", "stimuli=passages6"),
        *("layer_selection=middle", "tracking=disabled", "runtime.progress=false", "runtime.device=cpu"),
        *("runtime.threads=1", f"store.path={folder / 'store'}"),
        *(f"hydra.sweep.dir={folder / 'jobs'}", *more),
    ]


def start(arguments: list[str], log: Path, python: str = sys.executable, **environment: str) -> subprocess.Popen[bytes]:
    """Starts it as from a terminal, also where this process is under nohup; what it prints goes to `log`."""
    with log.open("ab") as stream:
        return subprocess.Popen(
            [python, *arguments],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
            stdout=stream,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        )


def vectors(folder: Path) -> dict[str, tuple[bytes, bytes]]:
    """By key, the bytes of every run's vectors and RDM, each checked against its manifest."""
    store = Store(folder / "store")
    records = {key: store.read(RUNS, key) for key in store.keys(RUNS)}
    return {key: (files["vectors.safetensors"], files["rdm.safetensors"]) for key, files in records.items()}
