"""Scripts run as they are typed: on files in the shape of a published set, and on a project of a W&B server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from emogeo.extraction.run import run_extraction
from emogeo.record.run import BareRun, Run
from tests.conftest import ROOT, Composer
from tests.wandb_server.server import Server

LABELS = ("anxious", "calm", "furious", "gloomy", "joyful", "proud")
BLOCKS = (8, 16)


def example(name: str, *words: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / f"{name}.py"), *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def published(file: Path, seed: int) -> None:
    """Writes vectors named layer_16__anxious, as emotion-vector-bench does; most of a geometry is shared."""
    shared, own = np.random.default_rng(0), np.random.default_rng(seed)
    common = shared.normal(size=(len(LABELS), 24))
    vectors = {
        f"layer_{block}__{label}": (2 * common[at] + own.normal(size=24)).astype(np.float32)
        for block in BLOCKS
        for at, label in enumerate(LABELS)
    }
    np.savez(file, **vectors)  # type: ignore[arg-type]


def test_published_vectors_are_compared_and_given_no_verdict(tmp_path: Path) -> None:
    import emogeo

    for seed, name in enumerate(("one", "two"), 1):
        published(tmp_path / f"{name}.npz", seed)
    shown = example("compare_published_vectors", "one=one.npz", "two=two.npz", cwd=tmp_path)
    runs = [emogeo.load_run(folder) for folder in sorted((tmp_path / "published" / "runs").iterdir())]
    assert all(isinstance(run, BareRun) for run in runs)
    assert {run.model for run in runs} == {"one", "two"}
    found = emogeo.compare(*runs)  # type: ignore[arg-type]
    assert str(found) in shown
    assert (found.n_conditions, found.rho_star) == (len(LABELS), None)
    assert found.rho.value > 0.5


def test_a_project_of_a_server_is_where_it_begins(tiny_run: Composer, wandb_server: Server, tmp_path: Path) -> None:
    import emogeo

    for words in ((), ("norm=unit",)):
        run_extraction(tiny_run("tracking=online", *words))
    here = tmp_path / "here"
    here.mkdir()
    shown = example("begin_with_a_project", "tester/emogeo", "permutations=100", "tracking.mode=disabled", cwd=here)
    pulled, written = emogeo.open_store(here / "pulled"), emogeo.open_store(tmp_path / "store")
    assert [run.key for run in pulled.runs()] == [run.key for run in written.runs()]
    assert all(isinstance(run, Run) for run in pulled.runs())
    assert (here / "results" / "emogeo" / "report.html").is_file()
    assert str(written.compare(*written.runs())) in shown
