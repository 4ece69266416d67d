"""Weights on this machine are found in whatever files they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from emogeo.errors import WeightsError
from emogeo.models.weights.local import local_weights
from tests.models.weights.other_files import pickled
from tests.models.weights.test_gguf import tensors_of_a_llama, write_gguf
from tests.tiny import write_model


def test_safetensors_stay_where_they_are(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "mine", "smollm2")
    found = local_weights(folder, tmp_path / "cache", drawn=False)
    assert (found.name, found.folder, found.converted) == ("mine", folder, False)


def test_pickles_are_converted_once_and_named_by_content(tmp_path: Path) -> None:
    first = pickled(tmp_path / "one", shards=2)
    shutil.copytree(first, tmp_path / "two")
    found = [local_weights(tmp_path / name, tmp_path / "cache", drawn=False) for name in ("one", "two", "one")]
    assert {own.revision for own in found} == {found[0].revision}
    assert found[0] == found[2] and found[0].converted and found[0].folder.is_relative_to(tmp_path / "cache")


def test_pickles_of_weights_that_are_drawn_are_left_alone(tmp_path: Path) -> None:
    folder = pickled(tmp_path / "mine")
    assert local_weights(folder, tmp_path / "cache", drawn=True).folder == folder


def test_pickles_without_what_describes_them_are_refused(tmp_path: Path) -> None:
    folder = pickled(tmp_path / "mine")
    (folder / "config.json").unlink()
    with pytest.raises(WeightsError, match=r"mine lacks config\.json, which says what the model is\.$"):
        local_weights(folder, tmp_path / "cache", drawn=False)


def test_a_gguf_file_and_its_folder_are_the_same(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "a.gguf", tensors_of_a_llama())
    assert local_weights(file, tmp_path / "c", drawn=False) == local_weights(tmp_path, tmp_path / "c", drawn=False)
