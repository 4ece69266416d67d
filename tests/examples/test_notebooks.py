"""Notebooks run from their first cell to their last, on real weights, and end in figures."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))


def figures(notebook: nbformat.NotebookNode) -> int:
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return sum("image/png" in output.get("data", {}) for output in outputs)


@pytest.mark.weights
@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_runs_and_draws_what_it_shows(file: Path) -> None:
    stored = nbformat.read(file, as_version=4)
    fresh = nbformat.read(file, as_version=4)
    NotebookClient(fresh, timeout=1200, resources={"metadata": {"path": str(ROOT)}}).execute()
    assert figures(fresh) == figures(stored) >= 2


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_what_is_stored_is_clean(file: Path) -> None:
    stored = nbformat.read(file, as_version=4)
    kinds = {output.output_type for cell in stored.cells for output in cell.get("outputs", [])}
    assert "error" not in kinds
    assert not [o for cell in stored.cells for o in cell.get("outputs", []) if o.get("name") == "stderr"]
    text = file.read_text()
    assert str(ROOT) not in text
    assert len(text) < 500_000
