"""A folder of files as one measurement."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, STATES, TEXT_LABELS, VECTORS, holds_vectors, keyed, read


def test_a_file_a_block(tmp_path: Path) -> None:
    for at, block in enumerate(BLOCKS):
        own = {label: VECTORS[row, at] for row, label in enumerate(LABELS)}
        stacked = {"emotion_vectors": np.ascontiguousarray(VECTORS[:, at])}
        said = {"layer": str(block), "emotions": json.dumps(LABELS)}
        for name in ("npz", "npy", "safetensors", "redundant"):
            (tmp_path / name).mkdir(exist_ok=True)
        np.savez(tmp_path / "npz" / f"emotion_vectors_layer_{block}.npz", **own)
        np.save(tmp_path / "npy" / f"layer_{block}.npy", VECTORS[:, at])
        safetensors.numpy.save_file(
            stacked, tmp_path / "safetensors" / f"emotion_vectors_layer_{block}.safetensors", said
        )
        np.savez(tmp_path / "redundant" / f"l{block}.npz", **{f"layer_{block}__{own}": v for own, v in own.items()})
    (tmp_path / "npy" / "metadata.json").write_text(json.dumps({"emotions": LABELS}))
    (tmp_path / "npy" / "README.md").write_text("vectors")
    for name in ("npz", "npy", "safetensors", "redundant"):
        assert holds_vectors(read(tmp_path / name)), name


def test_a_file_a_label_and_a_file_each(tmp_path: Path) -> None:
    for row, label in enumerate(LABELS):
        for at, block in enumerate(BLOCKS):
            for name in (
                f"each/{label}_layer_{block}",
                f"within/{label}/layer_{block}",
                f"blocks/layer_{block}/{label}",
            ):
                path = tmp_path / f"{name}.npy"
                path.parent.mkdir(parents=True, exist_ok=True)
                np.save(path, VECTORS[row, at])
        (tmp_path / "labels").mkdir(exist_ok=True)
        np.savez(tmp_path / "labels" / f"{label}.npz", **{f"layer_{b}": VECTORS[row, j] for j, b in enumerate(BLOCKS)})
    for name in ("each", "within", "blocks", "labels"):
        assert holds_vectors(read(tmp_path / name)), name


def test_vectors_of_json_with_a_pattern_of_names(tmp_path: Path) -> None:
    for row, label in enumerate(LABELS):
        own = {str(block): [VECTORS[row, at].tolist()] for at, block in enumerate(BLOCKS)}
        (tmp_path / f"qwen2.5_{label}.json").write_text(json.dumps(own))
    assert holds_vectors(read(tmp_path, fields={"vectors": "qwen2.5_{label}/{layer}"}), np.float64)


def test_states_with_a_table_of_labels(tmp_path: Path) -> None:
    for at, block in enumerate(BLOCKS):
        np.save(tmp_path / f"states_layer_{block}.npy", STATES[:, at])
    (tmp_path / "labels.csv").write_text("emotion\n" + "\n".join(TEXT_LABELS))
    got = read(tmp_path)
    assert got.kind == "states" and np.array_equal(got.at(1), STATES[:, 1]) and len(got.files) == 3


def test_files_that_each_hold_all_are_not_one_measurement(tmp_path: Path) -> None:
    for name in ("raw_vectors", "denoised_vectors"):
        np.savez(tmp_path / f"{name}.npz", **keyed("layer_{b}__{l}"))
    with pytest.raises(ImportedError, match="each hold vectors of the same labels.*Give one: type imported.path="):
        read(tmp_path)
    (tmp_path / "raw_vectors.npz").unlink()
    assert holds_vectors(read(tmp_path))
    safetensors.numpy.save_file(keyed("layer_{b}__{l}"), tmp_path / "denoised_vectors.safetensors")
    with pytest.raises(ImportedError, match="several files called 'denoised_vectors', with different endings"):
        read(tmp_path)


def test_a_folder_without_arrays(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("nothing")
    with pytest.raises(ImportedError, match="has no file of arrays; it has 'README.md'"):
        read(tmp_path)


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    np.savez(tmp_path / "a" / "x.npz", **keyed("layer_{b}__{l}"))
    (tmp_path / "a" / "again").symlink_to(tmp_path / "a")
    assert holds_vectors(read(tmp_path / "a"))


def test_a_list_of_labels_as_plain_text(tmp_path: Path) -> None:
    np.save(tmp_path / "vectors.npy", VECTORS)
    (tmp_path / "labels.txt").write_text("\n".join(LABELS))
    assert holds_vectors(read(tmp_path, layers=BLOCKS))
