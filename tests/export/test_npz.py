"""npz as numpy reads it, without pickles."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

from emogeo.export.npz import npz_of
from emogeo.export.vectors import vectors_of
from emogeo.record.run import Run
from tests.export.conftest import LABELS


@pytest.mark.parametrize("blocks", ["all", "selected", "0,3"])
def test_numpy_reads_every_vector_to_the_bit(run: Run, blocks: str) -> None:
    vectors = vectors_of(run, blocks)
    (name, content), *_ = npz_of(vectors, "stem").files.items()
    read = np.load(BytesIO(content), allow_pickle=False)
    assert name == "stem.npz"
    for row, label in enumerate(run.conditions):
        for block in vectors.blocks:
            found = read[f"layer_{block}__{label}"]
            assert found.dtype == np.float32
            assert found.tobytes() == run.vectors[row, block].tobytes()
    assert sum(key.startswith("layer_") and "__" in key for key in read) == len(LABELS) * len(vectors.blocks)
    assert str(read["run"]) == run.key
    assert str(read["model"]) == "tiny-llama"
    assert read["labels"].shape == ()
