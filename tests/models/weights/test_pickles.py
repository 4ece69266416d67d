"""Pickles give their tensors and nothing else."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from emogeo.errors import WeightsError
from emogeo.models.weights.pickles import convert_pickles, pickles_in
from tests.models.weights.other_files import pickled
from tests.tiny import write_model


class Harmful:
    """A pickle of it would leave a file behind."""

    def __init__(self, witness: Path) -> None:
        self.witness = witness

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, (f"open({str(self.witness)!r}, 'w').close()",)


def all_tensors(folder: Path) -> dict[str, torch.Tensor]:
    return {name: own for file in folder.glob("*.safetensors") for name, own in load_file(file).items()}


@pytest.mark.parametrize("shards", [1, 3])
def test_the_tensors_are_the_same(shards: int, tmp_path: Path) -> None:
    wanted = all_tensors(write_model(tmp_path / "wanted", "smollm2"))
    folder, target = pickled(tmp_path / "own", shards), tmp_path / "target"
    target.mkdir()
    assert len(pickles_in(folder)) == shards
    convert_pickles(folder, pickles_in(folder), target)
    found = all_tensors(target)
    assert {name: own.tolist() for name, own in found.items()} == {name: own.tolist() for name, own in wanted.items()}
    assert (target / "config.json").is_file() and not (target / "pytorch_model.bin.index.json").exists()


def test_tied_tensors_and_old_pickles_are_read(tmp_path: Path) -> None:
    shared = torch.arange(6.0).reshape(2, 3)
    torch.save(
        {"a": shared, "b": shared, "c": shared.T}, tmp_path / "pytorch_model.bin", _use_new_zipfile_serialization=False
    )
    target = tmp_path / "target"
    target.mkdir()
    convert_pickles(tmp_path, ["pytorch_model.bin"], target)
    found = load_file(target / "model.safetensors")
    assert torch.equal(found["a"], shared) and torch.equal(found["b"], shared) and torch.equal(found["c"], shared.T)


def test_safetensors_win(tmp_path: Path) -> None:
    folder = pickled(tmp_path)
    write_model(tmp_path, "smollm2")
    assert pickles_in(folder) == []


def test_nothing_of_a_pickle_is_run(tmp_path: Path) -> None:
    witness = tmp_path / "witness"
    torch.save({"a": Harmful(witness)}, tmp_path / "pytorch_model.bin")
    with pytest.raises(WeightsError, match="holds more than tensors, and nothing of it was run"):
        convert_pickles(tmp_path, ["pytorch_model.bin"], tmp_path)
    assert not witness.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read|holds more than tensors"),
        (pickle.dumps({"model": {"a": 1}}), "not the tensors of a model by name|holds more"),
        (b"PK\x03\x04 and then nothing", "cannot be read"),
    ],
)
def test_what_is_no_model_is_said(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(content)
    with pytest.raises(WeightsError, match=said):
        convert_pickles(tmp_path, ["pytorch_model.bin"], tmp_path)


def test_a_training_checkpoint_is_said(tmp_path: Path) -> None:
    torch.save({"model": {"a": torch.zeros(1)}, "step": 3}, tmp_path / "pytorch_model.bin")
    with pytest.raises(WeightsError, match=r"not the tensors of a model by name \(it holds model, step\)"):
        convert_pickles(tmp_path, ["pytorch_model.bin"], tmp_path)


def test_a_shard_that_is_absent_is_named(tmp_path: Path) -> None:
    folder = pickled(tmp_path, shards=2)
    (folder / "pytorch_model-00002-of-00002.bin").unlink()
    with pytest.raises(
        WeightsError, match=r"1 of the 2 files that pytorch_model\.bin\.index\.json names, the first: pyt.*-00002"
    ):
        pickles_in(folder)


def test_whatever_describes_the_model_goes_along(tmp_path: Path) -> None:
    folder, target = pickled(tmp_path / "own"), tmp_path / "target"
    names = ("chat_template.json", "additional_chat_templates/rag.jinja", "vocab.txt")
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    target.mkdir()
    convert_pickles(folder, pickles_in(folder), target)
    assert all((target / name).read_text() == name for name in names)
