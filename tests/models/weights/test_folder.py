"""A folder holds a whole model, or does not; and is named by what is in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emogeo.errors import WeightsError
from emogeo.models.weights.folder import complete, content_revision, describes_model
from emogeo.models.weights.missing import what_is_missing

ONE = ("config.json", "tokenizer.json", "model.safetensors")
INDEX = "model.safetensors.index.json"


def written(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(name)
    return folder


def sharded(folder: Path) -> Path:
    written(folder, "config.json", "vocab.json", "model-1.safetensors", "model-2.safetensors")
    shards = {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}
    (folder / INDEX).write_text(json.dumps({"weight_map": shards}))
    return folder


def test_one_file_or_every_shard_is_a_whole_model(tmp_path: Path) -> None:
    assert complete(written(tmp_path / "one", *ONE))
    assert complete(written(tmp_path / "model", "config.json", "tokenizer.model", "model.safetensors"))
    assert complete(sharded(tmp_path / "shards"))


@pytest.mark.parametrize("absent", ONE)
def test_each_part_is_needed(absent: str, tmp_path: Path) -> None:
    folder = written(tmp_path, *(name for name in ONE if name != absent))
    assert not complete(folder)
    with pytest.raises(WeightsError) as error:
        content_revision(folder, tmp_path / "cache")
    assert str(error.value) == f"model.weights={folder} lacks {what_is_missing(folder)}."


def test_a_shard_that_is_not_there_yet_is_noticed(tmp_path: Path) -> None:
    (sharded(tmp_path) / "model-2.safetensors").unlink()
    assert not complete(tmp_path)


@pytest.mark.parametrize("index", ["", '{"weight_map": ', "[]", "{}", '{"weight_map": []}', '{"weight_map": {}}'])
def test_a_broken_index_names_no_whole_model(index: str, tmp_path: Path) -> None:
    (sharded(tmp_path) / INDEX).write_text(index)
    assert not complete(tmp_path)


UNREAD = ("README.md", "old.bin", "consolidated.safetensors", "adapter_model.safetensors")


def test_the_content_names_a_folder_and_notes_beside_it_do_not(tmp_path: Path) -> None:
    first = content_revision(written(tmp_path / "one", *ONE), tmp_path / "cache")
    assert first.startswith("sha256:")
    assert content_revision(written(tmp_path / "two", *ONE, *UNREAD), tmp_path / "cache") == first
    for other in ("chat_template.jinja", "merges.txt"):
        assert content_revision(written(tmp_path / other, *ONE, other), tmp_path / "cache") != first


def test_what_describes_a_model_is_enough_for_weights_that_are_drawn(tmp_path: Path) -> None:
    folder = written(tmp_path / "described", "config.json", "vocab.json")
    assert describes_model(folder) and not complete(folder)
    named = content_revision(folder, tmp_path, drawn=True)
    written(folder, "model.safetensors")
    assert content_revision(folder, tmp_path, drawn=True) == content_revision(folder, tmp_path) != named
    with pytest.raises(WeightsError, match="model.init=random needs config.json and a tokenizer"):
        content_revision(written(tmp_path / "half", "config.json"), tmp_path, drawn=True)
