"""A store at the library's door: its runs, one of them, and errors with a name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from emogeo.errors import RecordError, StoreError
from emogeo.library.store import load_run, open_store
from emogeo.record.run import Run, SteeringRun
from tests.unchanged.computed import DATA

STORE = DATA / "store"


def test_runs_are_the_finished_geometries() -> None:
    store = open_store(STORE)
    assert len(store) == 5
    assert {run.model for run in store} == {"gemma-3-270m", "smollm2-135m-instruct"}
    assert [run.model for run in store.runs("gemma-3-270m")] == ["gemma-3-270m"]
    assert store.left_out == []
    assert len(store.table()) == 8, "refused ones and rereads too"
    assert str(store).splitlines()[0] == f"{STORE}: 5 runs"
    assert "<li>" in store._repr_html_()


def test_a_run_gives_its_geometry() -> None:
    run = open_store(STORE).runs("gemma-3-270m")[0]
    loaded = load_run(STORE / "runs" / run.key[:6])
    assert isinstance(loaded, Run)
    assert loaded.geometry.layer == run.record.result.layer.index  # type: ignore[union-attr]
    assert loaded.geometry.vectors.shape == loaded.vectors.shape
    assert loaded.geometry.n_units == 8
    assert len(repr(loaded)) < 200


def test_other_kinds_of_runs_are_read_as_what_they_are() -> None:
    keys = sorted(folder.name for folder in (STORE / "runs").iterdir())
    kinds = [type(load_run(STORE / "runs" / key)) for key in keys]
    assert kinds.count(SteeringRun) == 1
    assert kinds.count(Run) == 8


def test_what_is_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not in a folder `runs`; give STORE/runs/KEY"):
        load_run(tmp_path)
    with pytest.raises(StoreError, match="0 runs have that folder"):
        load_run(STORE / "runs" / "zz")
    with pytest.raises(StoreError, match=r"There is no folder .*nothing: run `python train\.py`"):
        open_store(tmp_path / "nothing")
    with pytest.raises(StoreError, match="holds no whole run"):
        open_store(tmp_path)
    with pytest.raises(StoreError, match="no run of gpt2; it has runs of gemma-3-270m, smollm2"):
        open_store(STORE).runs("gpt2")
    with pytest.raises(StoreError, match="takes two runs"):
        open_store(STORE).compare("a", "b")  # type: ignore[arg-type]
    for nothing in (None, 5, b"store"):
        with pytest.raises(StoreError, match="is no folder"):
            open_store(nothing)  # type: ignore[arg-type]
        with pytest.raises(StoreError, match="is no folder"):
            load_run(nothing)  # type: ignore[arg-type]
    key = next((STORE / "runs").iterdir()).name
    shutil.copytree(STORE / "runs" / key, tmp_path / "runs" / ("0" * 64))
    with pytest.raises(RecordError):
        load_run(tmp_path / "runs" / ("0" * 64))
