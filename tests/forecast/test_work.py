"""Sizes of what is read and written."""

from __future__ import annotations

import numpy as np

from emogeo.store.tensors import pack
from tests.forecast.planted import MODEL, reads, writes


def test_bytes_of_a_pass_are_those_of_its_file() -> None:
    tensors = {
        "states": np.zeros((50, 10, 100), np.float32),
        "embeddings": np.zeros((50, 100), np.float32),
        "nonfinite": np.zeros((50, 10), np.int32),
    }
    assert abs(len(pack(tensors)) - reads().bytes) < 1000


def test_a_model_is_told_apart_by_title_precision_and_device() -> None:
    assert MODEL.load == ("small", "bf16", "cpu")


def test_the_longest_text_has_its_prompt_before_it() -> None:
    assert writes().longest == 100
