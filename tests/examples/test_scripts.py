"""Scripts run as they are typed: on files in the shape of a published set, a project of a server, and real weights."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from emogeo.extraction.run import run_extraction
from emogeo.record.run import BareRun, Run
from examples.reproduce_a_figure import described
from tests.conftest import ROOT, Composer
from tests.tiny import write_model
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


def test_a_model_is_tuned_and_saved_on_the_way(tmp_path: Path) -> None:
    own = write_model(tmp_path / "tiny", "gemma-3")
    shown = example("tune_on_diaries", "tuned", "--model", str(own), "--steps", "4", "8", cwd=tmp_path)
    losses = [float(line.split()[2]) for line in shown.splitlines() if line.startswith("step ")]
    assert len(losses) == 3 and losses[0] > losses[1] > losses[2]
    kept = [load_file(tmp_path / "tuned" / name / "model.safetensors") for name in ("base", "step004", "step008")]
    embedded = [next(own[name] for name in own if name.endswith("embed_tokens.weight")) for own in kept]
    given = load_file(own / "model.safetensors")
    assert any(torch.equal(embedded[0], tensor) for tensor in given.values())
    assert not torch.equal(embedded[0], embedded[1]) and not torch.equal(embedded[1], embedded[2])


def test_only_a_model_with_one_table_of_embeddings_is_tuned(tmp_path: Path, tiny_llama: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "tune_on_diaries.py"), "tuned", "--model", str(tiny_llama)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "has output embeddings of its own" in done.stderr
    assert not (tmp_path / "tuned").exists()


@pytest.mark.weights
def test_a_figure_is_reproduced_from_its_config(tmp_path: Path) -> None:
    shown = example("reproduce_a_figure", cwd=tmp_path)
    results = tmp_path / "overflow" / "results"
    assert (results / "figures" / "descriptors_by_precision_gemma-3-270m.png").is_file()
    here, quoted = (described(folder) for folder in (results, ROOT / "docs" / "data" / "overflow"))
    assert list(here.index) == list(quoted.index) == ["bf16", "fp16", "fp32"]
    pd.testing.assert_frame_equal(here, quoted, rtol=0.02, check_dtype=False)
    assert here.loc["fp16", "nonfinite"] > 0 == here.loc["bf16", "nonfinite"]
    assert all(f"{value:.3f}" in shown for value in here["anisotropy"])
