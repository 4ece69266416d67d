"""GGUF control vectors, written by the package that repeng writes them with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFWriter

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, VECTORS, holds_vectors, read


def control_vector(path: Path, label: int, dtype: type = np.float32) -> None:
    writer = GGUFWriter(path, "controlvector")
    writer.add_string("controlvector.model_hint", "qwen2")
    writer.add_uint32("controlvector.layer_count", len(BLOCKS))
    for place, block in enumerate(BLOCKS):
        writer.add_tensor(f"direction.{block}", VECTORS[label, place].astype(dtype))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 0.0), (np.float16, 2e-3)])
def test_a_file_a_label_and_a_direction_a_block(tmp_path: Path, dtype: type, tolerance: float) -> None:
    for at, label in enumerate(LABELS):
        control_vector(tmp_path / f"{label}.gguf", at, dtype)
    got = read(tmp_path)
    assert holds_vectors(got, dtype, tolerance) and got.said["controlvector.model_hint"] == "qwen2"


def test_one_file_is_one_condition(tmp_path: Path) -> None:
    control_vector(tmp_path / "joy.gguf", 0)
    with pytest.raises(ImportedError, match="those of one condition.*at least 4. Give the folder"):
        read(tmp_path / "joy.gguf")


def test_a_model_and_quantised_numbers_are_no_control_vectors(tmp_path: Path) -> None:
    writer = GGUFWriter(tmp_path / "m.gguf", "llama")
    writer.add_tensor("token_embd.weight", VECTORS[0])
    quantised = GGUFWriter(tmp_path / "q.gguf", "controlvector")
    quantised.add_tensor("direction.3", np.zeros((1, 34), np.uint8), raw_dtype=GGMLQuantizationType.Q8_0)
    for one in (writer, quantised):
        one.write_header_to_file()
        one.write_kv_data_to_file()
        one.write_tensors_to_file()
        one.close()
    with pytest.raises(ImportedError, match="architecture llama without tensors called direction.N"):
        read(tmp_path / "m.gguf")
    with pytest.raises(ImportedError, match="direction.3 is Q8_0"):
        read(tmp_path / "q.gguf")
