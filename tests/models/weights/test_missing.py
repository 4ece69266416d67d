"""Each missing part of a folder has words of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emogeo.errors import WeightsError
from emogeo.models.weights.missing import INDEX, shards_of, what_is_missing

WHOLE = ("config.json", "tokenizer.json", "model.safetensors")


def folder(path: Path, *names: str, **contents: str) -> Path:
    for name in names:
        (path / name).write_text(contents.get(name, ""))
    return path


def test_nothing_is_missing(tmp_path: Path) -> None:
    assert what_is_missing(folder(tmp_path, *WHOLE)) == ""


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (WHOLE[1:], "config.json, which says what the model is"),
        ((WHOLE[0], WHOLE[2]), "a tokenizer (tokenizer.json; or tokenizer.model, vocab.json or vocab.txt)"),
        (WHOLE[:2], "model.safetensors (or its shards and their index)"),
        ((*WHOLE[:2], "model-00001-of-00002.safetensors"), f"{INDEX}, which says what its 1 shards hold"),
        ((*WHOLE[:2], "weights.pth"), "model.safetensors (weights.pth is not read: load it where it was made and call"),
        ((), "config.json, which says what the model is; a tokenizer ("),
    ],
)
def test_each_part(names: tuple[str, ...], said: str, tmp_path: Path) -> None:
    assert what_is_missing(folder(tmp_path, *names)).startswith(said)


def test_weights_that_are_drawn_are_not_missing(tmp_path: Path) -> None:
    assert what_is_missing(folder(tmp_path, *WHOLE[:2]), drawn=True) == ""


def test_a_shard_is_named(tmp_path: Path) -> None:
    folder(tmp_path, *WHOLE[:2], "a.safetensors")
    (tmp_path / INDEX).write_text(json.dumps({"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}))
    assert what_is_missing(tmp_path) == f"1 of the 2 files that {INDEX} names, the first: b.safetensors"


@pytest.mark.parametrize(
    "index", ["", "[]", "{}", '{"weight_map": []}', '{"weight_map": {}}', '{"weight_map": {"a": "../b"}}']
)
def test_a_broken_index(index: str, tmp_path: Path) -> None:
    (folder(tmp_path, *WHOLE[:2]) / INDEX).write_text(index)
    assert what_is_missing(tmp_path).startswith(f"a whole {INDEX} (")
    with pytest.raises(WeightsError):
        shards_of(tmp_path / INDEX)


def test_an_adapter_is_known_and_its_base_named(tmp_path: Path) -> None:
    folder(tmp_path, *WHOLE[:2])
    (tmp_path / "adapter_config.json").write_text('{"base_model_name_or_path": "Org/Base"}')
    assert (
        what_is_missing(tmp_path) == f"weights: it is an adapter; type model.weights=Org/Base model.adapter={tmp_path}"
    )
