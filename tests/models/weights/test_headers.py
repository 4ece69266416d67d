"""Which files are loaded, and what stands in their headers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from emogeo.errors import WeightsError
from emogeo.models.weights.headers import INDEX, SINGLE, Tensor, refuse_pointers, tensors_of, weight_files


def indexed(folder: Path, *shards: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / INDEX).write_text(json.dumps({"weight_map": {f"t{i}": shard for i, shard in enumerate(shards)}}))
    return folder


def test_names_types_and_shapes_are_read_of_every_file(tmp_path: Path) -> None:
    indexed(tmp_path, "b.safetensors", "sub/a.safetensors")
    (tmp_path / "sub").mkdir()
    save_file({"x": torch.zeros(2, 3, dtype=torch.bfloat16)}, tmp_path / "b.safetensors", {"format": "pt"})
    save_file({"y": torch.zeros(4).to(torch.float8_e4m3fn)}, tmp_path / "sub" / "a.safetensors")
    save_file({"z": torch.zeros(1)}, tmp_path / "unread.safetensors")
    assert weight_files(tmp_path) == ["b.safetensors", "sub/a.safetensors"]
    assert tensors_of(tmp_path) == {"x": Tensor("BF16", (2, 3)), "y": Tensor("F8_E4M3", (4,))}
    assert tensors_of(tmp_path)["x"].size == 6


def test_the_single_file_is_what_is_loaded_where_there_are_both(tmp_path: Path) -> None:
    assert weight_files(tmp_path) == []
    with pytest.raises(WeightsError, match="names no file of weights"):
        weight_files(indexed(tmp_path))
    save_file({"one": torch.zeros(1)}, tmp_path / SINGLE)
    assert weight_files(indexed(tmp_path, "../b.safetensors")) == [SINGLE]


@pytest.mark.parametrize("shard", ["../b.safetensors", "/etc/b.safetensors", "a/../../b.safetensors", "..\\b", "C:\\b"])
def test_an_index_that_leads_out_of_the_folder_is_refused(shard: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="which is outside of the folder"):
        weight_files(indexed(tmp_path, shard))


def test_links_of_a_cache_are_followed(tmp_path: Path) -> None:
    folder = indexed(tmp_path / "snapshot", "a.safetensors")
    save_file({"x": torch.zeros(1)}, tmp_path / "blob")
    (folder / "a.safetensors").symlink_to(tmp_path / "blob")
    assert set(tensors_of(folder)) == {"x"}


@pytest.mark.parametrize("content", [b"", b"\xff" * 40, b"\x02" + b"\0" * 7 + b"[]", b"\x10" * 40])
def test_a_broken_file_has_a_name(content: bytes, tmp_path: Path) -> None:
    (tmp_path / SINGLE).write_bytes(content)
    with pytest.raises(WeightsError, match="model.safetensors is not a whole safetensors file"):
        tensors_of(tmp_path)


def test_a_broken_index_has_a_name(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text("[]")
    with pytest.raises(WeightsError, match="is not an index of weights"):
        weight_files(tmp_path)


def test_a_shard_that_ends_early_or_late_is_named_with_its_size(tmp_path: Path) -> None:
    indexed(tmp_path, "a.safetensors", "b.safetensors")
    for name in ("a", "b"):
        save_file({name: torch.zeros(8)}, tmp_path / f"{name}.safetensors")
    whole = (tmp_path / "b.safetensors").read_bytes()
    for content in (whole[:-1], whole + b"x"):
        (tmp_path / "b.safetensors").write_bytes(content)
        said = rf"b\.safetensors is not a whole .* \(it has {len(content)} bytes, and by its header {len(whole)}\)"
        with pytest.raises(WeightsError, match=said):
            tensors_of(tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin", "tokenizer.json", "a.gguf"])
def test_pointers_of_git_lfs_are_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    refuse_pointers(tmp_path)
    file = tmp_path / name
    file.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n")
    for path in (tmp_path, file):
        with pytest.raises(WeightsError, match=rf"{name} is a pointer of git LFS .* Type: git -C {tmp_path} lfs pull"):
            refuse_pointers(path)
