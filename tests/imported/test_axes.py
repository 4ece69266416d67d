"""Axes: sizes decide where they can, the user where they cannot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emogeo.errors import ImportedError
from emogeo.imported.axes import axes_of
from tests.imported.made_up import BLOCKS, LABELS, VECTORS, holds_vectors, read

SQUARE = np.random.default_rng(1).normal(size=(6, 6, 16)).astype(np.float32)


@pytest.mark.parametrize(
    ("order", "named"),
    [
        ((0, 1, 2), None),
        ((1, 0, 2), None),
        ((2, 0, 1), None),
        ((1, 2, 0), "block,width,label"),
        ((2, 0, 1), "d_model emotion layer"),
    ],
)
def test_any_order(tmp_path: Path, order: tuple[int, ...], named: str | None) -> None:
    np.savez(tmp_path / "x.npz", v=VECTORS.transpose(order), labels=LABELS, layers=BLOCKS)
    assert holds_vectors(read(tmp_path / "x.npz", fields={} if named is None else {"axes": named}))


def test_two_orders_that_both_fit_are_asked_for(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", v=SQUARE, labels=LABELS)
    with pytest.raises(ImportedError, match=r"fits 6 labels both as .*imported.fields=\{axes: \"block,label,width\"\}"):
        read(tmp_path / "x.npz", n_layers=6)
    got = read(tmp_path / "x.npz", n_layers=6, fields={"axes": "block,label,width"})
    assert np.array_equal(got.at(2), SQUARE[2]) and got.blocks == tuple(range(6))


def test_two_axes(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", v=VECTORS[:, 0].T, labels=LABELS, layer=3)
    with pytest.raises(ImportedError, match=r"16 rows of 6 numbers, and there are 6 labels.*axes: \"width,label\""):
        read(tmp_path / "x.npz")
    assert np.array_equal(read(tmp_path / "x.npz", fields={"axes": "width,label"}).at(0), VECTORS[:, 0])


def test_names_of_axes() -> None:
    assert axes_of("[layer, text, d_model]") == ("block", "row", "width") and axes_of(None) is None
    for wrong in ("label,label,width", "label,depth"):
        with pytest.raises(ImportedError, match=f"imported.fields.axes={wrong}"):
            axes_of(wrong)


def test_too_many_axes(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", VECTORS[:, :, None, None])
    with pytest.raises(ImportedError, match=r"shape \[6, 2, 1, 1, 16\]; expected"):
        read(tmp_path / "x.npy", labels=LABELS)
