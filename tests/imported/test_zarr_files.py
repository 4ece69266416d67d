"""Zarr: what to install where its package is not, and slices where it is (a stand-in for the package)."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from emogeo.errors import ImportedError
from emogeo.imported.zarr_files import is_zarr
from tests.imported.made_up import BLOCKS, STATES, TEXT_LABELS, read


def test_the_package_is_named_where_it_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zarr", None)
    (tmp_path / "s.zarr").mkdir()
    with pytest.raises(ImportedError, match="pip install zarr. Or convert it"):
        read(tmp_path / "s.zarr")


def test_arrays_of_a_group_are_read_by_slices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Sliced:
        shape, dtype = STATES.shape, STATES.dtype

        def __getitem__(self, place: tuple[slice, int]) -> object:
            assert place[0] == slice(None) and place[1] in (0, 1)
            return STATES[place]

    group = SimpleNamespace(attrs={"labels": TEXT_LABELS, "layers": BLOCKS}, arrays=lambda: [("states", Sliced())])
    monkeypatch.setitem(sys.modules, "zarr", SimpleNamespace(open=lambda path, mode: group))
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / ".zgroup").write_text("{}")
    assert is_zarr(tmp_path / "s") and not is_zarr(tmp_path)
    got = read(tmp_path / "s")
    assert got.kind == "states" and np.array_equal(got.at(1), STATES[:, 1])
