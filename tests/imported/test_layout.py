"""Arrays laid out by their names: labels twice, blocks that lack, widths that differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, STATES, TEXT_LABELS, VECTORS, holds_vectors, keyed, read


@pytest.mark.parametrize("form", ["layer_{b}__{l}", "{l}/{b}", "hidden_{b}_{l}", "blocks.{b}.{l}"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_name_a_label_and_block(tmp_path: Path, form: str, save: Any) -> None:
    save(tmp_path / "x.npz", **keyed(form))
    assert holds_vectors(read(tmp_path / "x.npz"))


def test_a_name_a_label(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", **{label: VECTORS[at] for at, label in enumerate(LABELS)})
    assert holds_vectors(read(tmp_path / "x.npz", layers=BLOCKS))
    np.savez(tmp_path / "layer_7.npz", **{label: VECTORS[at, 1] for at, label in enumerate(LABELS)})
    got = read(tmp_path / "layer_7.npz")
    assert got.blocks == (7,) and np.array_equal(got.at(0), VECTORS[:, 1])


def test_states_under_the_names_of_labels(tmp_path: Path) -> None:
    parts = {label: STATES[4 * at : 4 * at + 4 - at % 2] for at, label in enumerate(LABELS)}
    np.savez(
        tmp_path / "x.npz",
        **{f"layer_{b}/{own}": part[:, j] for own, part in parts.items() for j, b in enumerate(BLOCKS)},
    )
    np.savez(tmp_path / "y.npz", **{own: part[:, 1] for own, part in parts.items()})
    np.savez(tmp_path / "z.npz", **parts)
    whole = np.concatenate(list(parts.values()))
    for got in (read(tmp_path / "x.npz", layers=[7]), read(tmp_path / "y.npz", layers=[7])):
        assert got.kind == "states" and len(got.labels) == 21 and np.array_equal(got.at(0), whole[:, 1])
    got = read(tmp_path / "z.npz", layers=BLOCKS)
    assert got.labels.count("at ease") == 3 and np.array_equal(got.at(1), whole[:, 1])


def test_an_array_a_block(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", layer_3=STATES[:, 0], layer_7=STATES[:, 1], emotions=TEXT_LABELS, ids=np.arange(24))
    got = read(tmp_path / "x.npz")
    assert got.kind == "states" and got.blocks == (3, 7) and np.array_equal(got.at(1), STATES[:, 1])


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"layer_7__joy": np.ones(17, np.float32)}, "'joy at block 7' has 17 numbers and others have 16"),
        ({"layer_8__joy": VECTORS[0, 0]}, "'at ease' has no vector at block 8"),
        ({"layer_07__joy": VECTORS[0, 0]}, "'joy' is there twice at block 7"),
        ({"layer_7__joy": np.ones((0, 16), np.float32)}, r"has the shape \[0, 16\]: there is nothing in it"),
    ],
)
def test_what_does_not_go_together_is_named(tmp_path: Path, other: dict[str, Any], said: str) -> None:
    np.savez(tmp_path / "x.npz", **{**keyed("layer_{b}__{l}"), **other})
    with pytest.raises(ImportedError, match=said):
        read(tmp_path / "x.npz")


def test_shapes_of_labels_and_rows_of_blocks_that_differ(tmp_path: Path) -> None:
    vectors = {label: VECTORS[at] for at, label in enumerate(LABELS)}
    np.savez(tmp_path / "x.npz", **{**vectors, "joy": VECTORS[0, 0]})
    with pytest.raises(ImportedError, match="shapes that do not go together"):
        read(tmp_path / "x.npz", layers=BLOCKS)
    np.savez(tmp_path / "y.npz", layer_3=STATES[:, 0], layer_7=STATES[:9, 1], emotions=TEXT_LABELS)
    with pytest.raises(ImportedError, match="numbers of rows differ between blocks"):
        read(tmp_path / "y.npz")
