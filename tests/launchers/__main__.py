"""Runs the same twelve runs of two tiny models through every launcher, and compares keys and bytes.

`python -m tests.launchers` prints a table; a launcher that cannot be had here is named with the reason.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from emogeo.store.store import KINDS, RUNS, Store
from tests.conftest import ROOT
from tests.launchers.environments import Environment, NotAvailableError, installed, ray, slurm
from tests.tiny import CHAT, write_model

CELLS = ("pooling.position=last,middle,mean", "precision=fp32,bf16")
N_CELLS = 12
SAME, DIFFERENT, FAILED, ABSENT = "same keys and bytes", "DIFFERENT", "FAILED", "not available"
MINUTES = 30


@dataclass(frozen=True)
class Launcher:
    """How a sweep is launched, and in which environment."""

    name: str
    words: tuple[str, ...]
    environment: Callable[[Path], AbstractContextManager[Environment]]


LAUNCHERS = (
    Launcher("basic", (), partial(installed, package="hydra-core")),
    Launcher("joblib", ("cluster=gpus", "cluster.slots=2"), partial(installed, package="joblib")),
    Launcher("submitit", ("hydra/launcher=submitit_local",), partial(installed, package="submitit")),
    Launcher("slurm", ("cluster=slurm", "cluster.gpus=0", "hydra.launcher.timeout_min=30"), slurm),
    Launcher("ray", ("cluster=ray", "cluster.gpus=0", "+hydra.launcher.ray.init.num_cpus=2"), ray),
)


@dataclass(frozen=True)
class Row:
    """What became of the sweep through one launcher."""

    name: str
    said: str
    n_runs: int = 0
    n_files: int = 0
    seconds: float = 0
    what: str = ""
    """The versions of what launched it, or why it did not."""


def stored(folder: Path) -> dict[str, str]:
    """Gives the sha256 of every file of the store that holds arrays or texts, each checked against its manifest.

    Facts of the making (dates, seconds, batches) are in the files that are left out.
    """
    store, found = Store(folder), {}
    for kind in KINDS:
        for key in store.keys(kind):
            for name, content in store.read(kind, key).items():
                if name.endswith((".safetensors", ".jsonl")):
                    found[f"{kind}/{key}/{name}"] = hashlib.sha256(content).hexdigest()
    return found


def launched(launcher: Launcher, folder: Path, weights: list[Path]) -> tuple[Row, dict[str, str]]:
    """Runs the sweep through a launcher, in a store of its own."""
    own = folder / launcher.name
    try:
        with launcher.environment(folder) as environment:
            for before in ("store", "jobs"):  # a new Slurm numbers jobs from 1 again, and old results lie there
                shutil.rmtree(own / before, ignore_errors=True)
            began = time.monotonic()
            code = _sweep(launcher, environment, own, weights)
            seconds = time.monotonic() - began
    except NotAvailableError as error:
        return Row(launcher.name, ABSENT, what=str(error)), {}
    found = stored(own / "store")
    n_runs = len(list(Store(own / "store").keys(RUNS)))
    said = SAME if code == 0 and n_runs == N_CELLS else FAILED
    what = environment.what if said == SAME else f"exit code {code}: {own / 'log'}"
    return Row(launcher.name, said, n_runs, len(found), seconds, what), found


def _sweep(launcher: Launcher, environment: Environment, own: Path, weights: list[Path]) -> int:
    own.mkdir(parents=True, exist_ok=True)
    command = [
        *(*environment.before, environment.python, "train.py", "-m", *CELLS, *launcher.words),
        *(f"model.weights={','.join(map(str, weights))}", "stimuli=passages6", "layer_selection=middle"),
        *("tracking=disabled", "runtime.progress=false", "runtime.device=cpu", "runtime.threads=1"),
        *(f"store.path={own / 'store'}", f"hydra.sweep.dir={own / 'jobs'}"),
    ]
    variables = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), **environment.variables}
    with (own / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=log, stderr=log)
        try:
            return process.wait(timeout=60 * MINUTES)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def compared(row: Row, found: Mapping[str, str], first: Mapping[str, str]) -> Row:
    """Says of a sweep whether it left what the first launcher's left."""
    if row.said != SAME or found == first:
        return row
    differing = [name for name in sorted({*found, *first}) if found.get(name) != first.get(name)]
    what = f"{len(differing)} files differ, the first is {differing[0]}"
    return Row(row.name, DIFFERENT, row.n_runs, row.n_files, row.seconds, what)


def main() -> None:
    """Prints a row for each launcher; the exit code is 1 where one failed or left something else."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "results" / "launchers")
    parser.add_argument("--only", nargs="*", default=[], help="basic is always run")
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    weights = [folder / "weights" / "tiny-llama", folder / "weights" / "tiny-gemma"]
    if not all(path.exists() for path in weights):
        shutil.rmtree(folder / "weights", ignore_errors=True)
        write_model(weights[0], "smollm2", CHAT)
        write_model(weights[1], "gemma-3")
    rows, first = [], dict[str, str]()
    print(f"{'launcher':10} {'runs':>4} {'files':>5} {'seconds':>7}  result")
    for launcher in LAUNCHERS:
        if launcher.name != "basic" and asked.only and launcher.name not in asked.only:
            continue
        row, found = launched(launcher, folder, weights)
        first = first or found
        rows.append(compared(row, found, first))
        row = rows[-1]
        print(f"{row.name:10} {row.n_runs:4} {row.n_files:5} {row.seconds:7.0f}  {row.said} ({row.what})", flush=True)
    raise SystemExit(any(row.said in {DIFFERENT, FAILED} for row in rows))


if __name__ == "__main__":
    main()
