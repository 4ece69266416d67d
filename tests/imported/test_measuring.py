"""States, vectors and RDMs are told apart by what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, RDM, STATES, TEXT_LABELS, VECTORS, read

PAIRS = RDM[np.triu_indices(6, 1)]


@pytest.mark.parametrize(
    ("arrays", "kind", "blocks"),
    [
        ({"a": STATES, "labels": TEXT_LABELS, "layers": BLOCKS}, "states", (3, 7)),
        ({"a": STATES[:, 0], "labels": TEXT_LABELS, "layer": 3}, "states", (3,)),
        ({"a": VECTORS, "labels": LABELS, "layers": BLOCKS}, "vectors", (3, 7)),
        ({"activations": VECTORS, "labels": LABELS, "layers": BLOCKS}, "vectors", (3, 7)),
        ({"a": VECTORS[:, 0, :6], "labels": LABELS, "layer": 3}, "vectors", (3,)),
        ({"a": RDM, "labels": LABELS}, "rdm", ()),
        ({"rdm": np.stack([RDM, RDM]), "labels": LABELS, "layers": BLOCKS}, "rdm", (3, 7)),
        ({"layer_3": RDM, "layer_7": RDM, "labels": LABELS}, "rdm", (3, 7)),
        (
            {"rdm_by_layer": 0 * STATES[:1], "rdm": np.stack([PAIRS, PAIRS]), "labels": LABELS, "layers": BLOCKS},
            "rdm",
            (3, 7),
        ),
    ],
)
def test_kinds(tmp_path: Path, arrays: dict[str, Any], kind: str, blocks: tuple[int, ...]) -> None:
    np.savez(tmp_path / "x.npz", **arrays)
    got = read(tmp_path / "x.npz")
    assert got.kind == kind and got.blocks == blocks
    if kind == "rdm":
        assert np.allclose(got.at(len(blocks) - 1 if blocks else 0), RDM)


def test_a_label_twice_is_no_state(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", a=VECTORS, labels=["joy", "joy", *LABELS[2:]], layers=BLOCKS)
    with pytest.raises(ImportedError, match="'joy' is there 2 times among 6 labels.*imported.fields.states=NAME"):
        read(tmp_path / "x.npz")
    np.savez(tmp_path / "y.npz", vectors=STATES, labels=TEXT_LABELS, layers=BLOCKS)
    with pytest.raises(ImportedError, match="'joy' is there 4 times among 24 labels"):
        read(tmp_path / "y.npz")
    assert read(tmp_path / "y.npz", fields={"states": "vectors"}).kind == "states"


def test_fewer_than_four_conditions(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", vectors=VECTORS[:3], labels=LABELS[:3], layers=BLOCKS)
    with pytest.raises(ImportedError, match=r"3 condition\(s\) \('joy', 'at ease', 'grief-stricken'\).*at least 4"):
        read(tmp_path / "x.npz")


def test_an_rdm_that_is_none(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", rdm=VECTORS[:, 0, :7], labels=LABELS)
    with pytest.raises(ImportedError, match=r"neither square nor \[rdm, pair\]"):
        read(tmp_path / "x.npz")


def test_an_empty_label(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", vectors=VECTORS, labels=["joy", " ", *LABELS[2:]], layers=BLOCKS)
    with pytest.raises(ImportedError, match="Label 2 of its 'labels' is empty"):
        read(tmp_path / "x.npz")


def test_a_file_that_changes_after_it_was_opened_is_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", vectors=VECTORS, labels=LABELS, layers=BLOCKS)
    got = read(tmp_path / "x.npz")
    (tmp_path / "x.npz").write_bytes(b"PK")
    with pytest.raises(ImportedError, match="x.npz.*ends before its numbers do"):
        got.at(0)
