"""Safetensors: the header is checked against the file before a number is read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import safetensors.torch
import torch

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, VECTORS, holds_vectors, keyed, read

SAID = {"emotions": json.dumps(LABELS), "layers": json.dumps(BLOCKS), "model": "org/m", "pooling": "last"}


def test_a_stacked_array_and_one_a_name(tmp_path: Path) -> None:
    safetensors.numpy.save_file({"vectors": VECTORS}, tmp_path / "a.safetensors", SAID)
    safetensors.numpy.save_file(keyed("layer_{b}.{l}"), tmp_path / "b.safetensors", {"config": json.dumps(SAID)})
    stacked, named = read(tmp_path / "a.safetensors"), read(tmp_path / "b.safetensors")
    assert holds_vectors(stacked) and holds_vectors(named)
    assert stacked.said == {"model": "org/m", "pooling": "last"} and named.said["config.model"] == "org/m"


def test_bfloat16_becomes_float32_and_float16_stays(tmp_path: Path) -> None:
    given = torch.tensor(VECTORS)
    safetensors.torch.save_file({"vectors": given.bfloat16()}, tmp_path / "b.safetensors", SAID)
    safetensors.torch.save_file({"vectors": given.half()}, tmp_path / "h.safetensors", SAID)
    wide = read(tmp_path / "b.safetensors")
    assert np.array_equal(wide.at(1), given.bfloat16().float().numpy()[:, 1]) and wide.at(1).dtype == np.float32
    assert holds_vectors(read(tmp_path / "h.safetensors"), np.float16, 2e-3)


def file_of(path: Path, header: Any, size: int) -> Path:
    content = json.dumps(header).encode()
    path.write_bytes(len(content).to_bytes(8, "little") + content + bytes(size))
    return path


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"dtype": "F32", "shape": [6, 2, 10**12], "data_offsets": [0, 48 * 10**12]}, "not in the file"),
        ({"dtype": "F32", "shape": [6, 2, 16], "data_offsets": [0, 700]}, "does not fit"),
        ({"dtype": "F32", "shape": [-6, -2, 16], "data_offsets": [0, 768]}, "does not fit"),
        ({"dtype": "F32", "shape": [6, 2, 16], "data_offsets": [-768, 0]}, "does not fit"),
        ({"dtype": "F8_E4M3", "shape": [6, 2, 16], "data_offsets": [0, 192]}, "F8_E4M3, which is not read"),
        ({"dtype": "F32", "shape": "x", "data_offsets": [0]}, "has no type, shape and place"),
        ([], "has no type, shape and place"),
    ],
)
def test_a_header_that_lies_is_refused(tmp_path: Path, own: Any, said: str) -> None:
    with pytest.raises(ImportedError, match=said):
        read(file_of(tmp_path / "x.safetensors", {"vectors": own}, 768))


def test_a_header_that_is_longer_than_the_file(tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_bytes((2**40).to_bytes(8, "little") + b"{}")
    with pytest.raises(ImportedError, match="a header of 1,099,511,627,776 bytes"):
        read(tmp_path / "x.safetensors")
