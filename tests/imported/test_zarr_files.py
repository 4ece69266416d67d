"""Zarr: what to install where its package is not, and blocks read one by one where it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import zarr

from emogeo.errors import ImportedError
from emogeo.imported.zarr_files import is_zarr
from tests.imported.made_up import BLOCKS, STATES, TEXT_LABELS, read


def test_the_package_is_named_where_it_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zarr", None)
    (tmp_path / "s.zarr").mkdir()
    with pytest.raises(ImportedError, match="pip install zarr. Or convert it"):
        read(tmp_path / "s.zarr")


@pytest.mark.parametrize("version", [2, 3])
def test_states_of_a_group_are_read_a_block_at_a_time(tmp_path: Path, version: Literal[2, 3]) -> None:
    group = zarr.open_group(str(tmp_path / "s.zarr"), mode="w", zarr_format=version)
    group.create_array("states", data=STATES, chunks=(len(STATES), 1, STATES.shape[2]))
    group.attrs.update(labels=list(TEXT_LABELS), layers=list(BLOCKS))
    assert is_zarr(tmp_path / "s.zarr") and not is_zarr(tmp_path)
    got = read(tmp_path / "s.zarr")
    assert got.kind == "states"
    assert got.blocks == tuple(BLOCKS)
    for row in range(len(BLOCKS)):
        np.testing.assert_array_equal(got.at(row), STATES[:, row])
    assert len(got.files) > len(BLOCKS) and all(file.is_file() for file in got.files)


def test_an_array_by_itself_is_read_with_the_table_beside_it(tmp_path: Path) -> None:
    zarr.save_array(str(tmp_path / "own.zarr"), STATES)
    (tmp_path / "own.csv").write_text("\n".join(["emotion", *TEXT_LABELS]))
    got = read(tmp_path / "own.zarr", layers=list(BLOCKS))
    np.testing.assert_array_equal(got.at(0), STATES[:, 0])
