"""Torch's files: tensors in plain containers, and nothing that runs."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, VECTORS, holds_vectors, read
from tests.imported.test_numpy_files import Runs

T = torch.tensor(VECTORS)
SHAPES: dict[str, Any] = {
    "label, block": {label: {block: T[i, j] for j, block in enumerate(BLOCKS)} for i, label in enumerate(LABELS)},
    "block, label": {block: {label: T[i, j] for i, label in enumerate(LABELS)} for j, block in enumerate(BLOCKS)},
    "stacked": {"vectors": T, "labels": LABELS, "layers": BLOCKS, "model": "org/m"},
    "parameters": {"vectors": torch.nn.Parameter(T), "labels": LABELS, "layers": torch.tensor(BLOCKS)},
    "flat": {f"layer_{b}__{label}": T[i, j] for i, label in enumerate(LABELS) for j, b in enumerate(BLOCKS)},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("zipped", [True, False])
def test_tensors_in_containers(tmp_path: Path, shape: str, zipped: bool) -> None:
    torch.save(SHAPES[shape], tmp_path / "x.pt", _use_new_zipfile_serialization=zipped)
    assert holds_vectors(read(tmp_path / "x.pt"))


@pytest.mark.parametrize("given", [{label: T[i] for i, label in enumerate(LABELS)},
                                   {label: [T[i, 0], T[i, 1]] for i, label in enumerate(LABELS)}])  # fmt: skip
def test_blocks_that_are_not_numbered_are_asked_for(tmp_path: Path, given: Any) -> None:
    torch.save(given, tmp_path / "x.pth")
    with pytest.raises(ImportedError, match="imported.n_layers=2; else 'imported.layers="):
        read(tmp_path / "x.pth")
    assert holds_vectors(read(tmp_path / "x.pth", layers=BLOCKS))


def test_a_tensor_alone_and_bfloat16(tmp_path: Path) -> None:
    torch.save(T.bfloat16(), tmp_path / "x.bin")
    assert holds_vectors(read(tmp_path / "x.bin", labels=LABELS, layers=BLOCKS), tolerance=0.02)


@pytest.mark.parametrize("zipped", [True, False])
def test_an_object_is_refused_and_nothing_runs(tmp_path: Path, zipped: bool) -> None:
    mark = tmp_path / "ran"
    torch.save({"joy": T[0], "about": Runs(mark)}, tmp_path / "x.pt", _use_new_zipfile_serialization=zipped)
    with pytest.raises(ImportedError, match="x.pt holds more than tensors: refused, since reading it would run code"):
        read(tmp_path / "x.pt")
    assert not mark.exists()


def test_a_tensor_of_one_number_that_says_it_has_many_is_not_spread_out(tmp_path: Path) -> None:
    torch.save({label: torch.zeros(1).expand(2**40) for label in LABELS}, tmp_path / "x.pt")
    with pytest.raises(ImportedError, match="at most 4 are read at once"):
        read(tmp_path / "x.pt", layers=[3]).at(0)


def test_packed_members_and_other_containers_are_refused(tmp_path: Path) -> None:
    torch.save((T, LABELS), tmp_path / "tuple.pt")
    with pytest.raises(ImportedError, match="holds a tuple"):
        read(tmp_path / "tuple.pt")
    torch.save({"vectors": T}, tmp_path / "a.pt")
    with zipfile.ZipFile(tmp_path / "a.pt") as plain, zipfile.ZipFile(tmp_path / "b.pt", "w", 8) as packed:
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    with pytest.raises(ImportedError, match="has packed members"):
        read(tmp_path / "b.pt")
