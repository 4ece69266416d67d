"""Which arrays of several are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, STATES, TEXT_LABELS, VECTORS, holds_vectors, keyed, read


@pytest.fixture
def several(tmp_path: Path) -> Path:
    path = tmp_path / "x.npz"
    np.savez(path, raw=VECTORS, clean=2 * VECTORS, labels=LABELS, layers=BLOCKS)
    return path


def test_a_name_says_which(several: Path) -> None:
    with pytest.raises(
        ImportedError, match=r"not clear what they are: 'raw' \[6, 2, 16\], 'clean'.*fields.vectors=NAME"
    ):
        read(several)
    assert holds_vectors(read(several, fields={"vectors": "raw"}))
    with pytest.raises(
        ImportedError, match="imported.fields.vectors=row: no array is called so. There are 'raw', 'clean'"
    ):
        read(several, fields={"vectors": "row"})


def test_many_variants_of_one_array_are_no_labels(tmp_path: Path) -> None:
    variants = dict.fromkeys(("raw", "clean", "pca", "unit", "scaled"), VECTORS)
    np.savez(tmp_path / "x.npz", labels=LABELS, layers=BLOCKS, **variants)
    with pytest.raises(ImportedError, match="not clear what they are"):
        read(tmp_path / "x.npz")


def test_states_and_vectors_in_one_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", states=STATES, vectors=VECTORS, emotions=TEXT_LABELS, layers=BLOCKS)
    with pytest.raises(ImportedError, match=r"type imported.fields.states=states or imported.fields.vectors=vectors"):
        read(tmp_path / "x.npz")
    assert read(tmp_path / "x.npz", fields={"states": "states"}).kind == "states"
    assert read(tmp_path / "x.npz", fields={"vectors": "vectors"}, labels=LABELS).kind == "vectors"


def test_embeddings_are_apart(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", states=STATES, embeddings=STATES[:, 0], labels=TEXT_LABELS, layers=BLOCKS)
    got = read(tmp_path / "x.npz").embeddings
    assert got is not None and np.array_equal(got, STATES[:, 0])
    np.savez(tmp_path / "y.npz", states=STATES, wte=STATES[:5, 0], labels=TEXT_LABELS, layers=BLOCKS)
    with pytest.raises(ImportedError, match="embeddings have the shape .5, 16.*24 texts"):
        read(tmp_path / "y.npz", fields={"embeddings": "wte"})


def test_what_belongs_to_no_condition_is_left_out(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", grand_mean=VECTORS[0, 0], seed=3, **keyed("layer_{b}__{l}"))
    assert holds_vectors(read(tmp_path / "x.npz"))


def test_whole_numbers_are_no_states(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", vectors=(9 * VECTORS).astype(int), labels=LABELS, layers=BLOCKS)
    with pytest.raises(ImportedError, match="'vectors' holds int64: whole numbers are no states. Save it as float32"):
        read(tmp_path / "x.npz")
    np.savez(tmp_path / "y.npz", **{label: np.arange(9) for label in LABELS})
    with pytest.raises(ImportedError, match="no array of floating-point numbers. It has 'joy'"):
        read(tmp_path / "y.npz")


def test_weights_of_a_model_are_no_vectors(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", **{f"model.layers.{at}.mlp.weight": VECTORS[:, 0] for at in range(4)})
    with pytest.raises(ImportedError, match="weights of a model.*model.weights=FOLDER"):
        read(tmp_path / "x.npz")
