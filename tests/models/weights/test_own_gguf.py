"""GGUF files of the user's own keep the numbers they encode, and are called what they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from emogeo.errors import WeightsError
from emogeo.models.weights import own_gguf
from emogeo.models.weights.index import verify
from emogeo.models.weights.own_gguf import gguf_in, gguf_weights, stored_types
from tests.models.weights.test_gguf import tensors_of_a_llama, write_gguf


def test_a_file_is_converted_once_and_named_by_how_it_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensors = tensors_of_a_llama()
    file, cache = write_gguf(tmp_path / "mine.gguf", tensors), tmp_path / "cache"
    name, content, folder = gguf_weights(file, cache)
    assert name == "mine (gguf F32)"
    assert content == f"gguf sha256:{own_gguf.file_digest(file, cache / 'digests')}"
    verify(folder)
    found = load_file(folder / "model.safetensors")
    assert all(torch.equal(found[own], tensor) for own, tensor in tensors.items())
    monkeypatch.delattr(own_gguf, "convert")
    assert gguf_weights(file, cache) == (name, content, folder)
    other = file.rename(tmp_path / "other.gguf")
    assert own_gguf.file_digest(other, cache / "digests") in content, "the content names it, not the file's name"


def quantized(file: Path, kind: gguf.GGMLQuantizationType) -> Path:
    """A file with one tensor of four blocks in a format, and one of eight numbers as they are."""
    size = gguf.GGML_QUANT_SIZES[kind][1]
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_tensor("small", np.zeros(8, dtype=np.float32))
    writer.add_tensor("large", np.zeros((4, size), dtype=np.uint8), raw_shape=(4, size), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def test_the_format_of_most_weights_comes_first(tmp_path: Path) -> None:
    kind = gguf.GGMLQuantizationType.Q4_K
    assert stored_types(quantized(tmp_path / "a.gguf", kind)) == {"Q4_K": 1024 / 1032, "F32": 8 / 1032}


def test_a_format_that_cannot_be_dequantized_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = quantized(tmp_path / "a.gguf", gguf.GGMLQuantizationType.Q8_K)
    with pytest.raises(WeightsError, match="is stored as Q8_K, which the gguf library cannot dequantize"):
        stored_types(file)
    with pytest.raises(WeightsError, match="Q8_K"):
        gguf_weights(file, tmp_path / "cache")
    assert not [kept for kept in (tmp_path / "cache").glob("*.gguf-*") if kept.is_dir()], "nothing half made is kept"


@pytest.mark.parametrize("content", [b"", b"GGUF", b"GGUF\x03\x00\x00\x00" + b"\xff" * 64, b"something else entirely"])
def test_what_is_no_gguf_is_said(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(content)
    with pytest.raises(WeightsError, match=r"a\.gguf cannot be read as GGUF"):
        stored_types(tmp_path / "a.gguf")


def test_an_unknown_architecture_is_named(tmp_path: Path) -> None:
    writer = gguf.GGUFWriter(tmp_path / "a.gguf", "clip")
    writer.add_tensor("small", np.zeros(8, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(WeightsError, match=r"a\.gguf cannot be converted: .*clip"):
        gguf_weights(tmp_path / "a.gguf", tmp_path / "cache")


def test_a_folder_means_its_only_file(tmp_path: Path) -> None:
    assert gguf_in(tmp_path) is None
    first = tmp_path / "a.gguf"
    first.touch()
    assert gguf_in(tmp_path) == gguf_in(first) == first
    (tmp_path / "b.gguf").touch()
    with pytest.raises(WeightsError, match=r"several GGUF files: a\.gguf, b\.gguf. Type one: .*a\.gguf"):
        gguf_in(tmp_path)
    (tmp_path / "model.safetensors").touch()
    assert gguf_in(tmp_path) is None, "safetensors win"


def test_other_files_and_parts_are_refused(tmp_path: Path) -> None:
    for name, said in (("a.bin", "is a file"), ("m-00001-of-00003.gguf", "one part of several: join them")):
        (tmp_path / name).touch()
        with pytest.raises(WeightsError, match=said):
            gguf_in(tmp_path / name)


def test_half_a_model_is_refused(tmp_path: Path) -> None:
    tensors = tensors_of_a_llama()
    more = {name.replace("layers.1.", "layers.2."): own for name, own in tensors.items() if ".layers.1." in name}
    with pytest.raises(WeightsError, match=r"its header says 2 blocks, and it holds 3"):
        stored_types(write_gguf(tmp_path / "more.gguf", {**tensors, **more}))


@pytest.mark.parametrize(
    ("frequencies", "fields", "said"),
    [
        ([1.0, 32.0], lambda writer: None, r"rope_freqs\.weight"),
        ([1.0, 1.0], lambda writer: writer.add_rope_scaling_type(gguf.RopeScalingType.YARN), "rope.scaling: yarn"),
        ([1.0, 1.0], lambda writer: writer.add_rope_scaling_factor(8.0), "rope.scaling: none by 8.0"),
    ],
    ids=["factors", "type", "linear"],
)
def test_positions_that_would_not_be_scaled_are_refused(
    frequencies: list[float], fields: Callable[[gguf.GGUFWriter], object], said: str, tmp_path: Path
) -> None:
    """Llama 3.1 and later say by a tensor how positions are scaled, Gemma 3 by fields; transformers reads neither."""
    further = {"rope_freqs.weight": torch.tensor(frequencies)}
    file = write_gguf(tmp_path / "a.gguf", tensors_of_a_llama(), further, fields)
    with pytest.raises(WeightsError, match=rf"scales its positions \({said}\), which transformers does not read"):
        gguf_weights(file, tmp_path / "cache")


def test_positions_that_are_said_not_to_be_scaled_are_read(tmp_path: Path) -> None:
    def plain(writer: gguf.GGUFWriter) -> None:
        writer.add_rope_scaling_type(gguf.RopeScalingType.NONE)
        writer.add_rope_scaling_factor(1.0)

    further = {"rope_freqs.weight": torch.ones(2)}
    file = write_gguf(tmp_path / "a.gguf", tensors_of_a_llama(), further, plain)
    assert stored_types(file) == {"F32": 1.0}
