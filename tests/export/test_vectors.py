"""Vectors as the record has them, or of unit length."""

from __future__ import annotations

import json

import numpy as np
import pytest

from emogeo.errors import GeometryError, StoreError
from emogeo.export.vectors import vectors_of
from emogeo.record.files import VECTORS
from emogeo.record.run import Run
from emogeo.store.tensors import pack
from tests.planted_records import altered


def test_vectors_are_those_of_the_record(run: Run) -> None:
    vectors = vectors_of(run, "all")
    assert vectors.values.tobytes() == run.vectors.tobytes()
    assert vectors.labels == tuple(run.conditions)
    assert json.loads(vectors.metadata["labels"]) == run.conditions
    assert "ça va" in vectors.metadata["labels"]


def test_unit_length_keeps_directions_and_says_so(run: Run) -> None:
    plain, unit = vectors_of(run, "all"), vectors_of(run, "all", unit=True)
    for row in range(len(plain.labels)):
        for column in range(len(plain.blocks)):
            own = plain.values[row, column].astype(np.float64)
            wanted = own / np.sqrt(sum(value * value for value in own))
            np.testing.assert_allclose(unit.values[row, column], wanted, atol=1e-7)
    assert (plain.metadata["units"], unit.metadata["units"]) == ("residual stream", "unit length")


def test_no_direction_and_no_vectors_are_named(run: Run) -> None:
    flat = run.vectors.copy()
    flat[1, 1] = 0
    with pytest.raises(GeometryError, match="at ease at block 1 has length zero"):
        vectors_of(altered(run, {VECTORS: pack({"vectors": flat})}), "all", unit=True)
    with pytest.raises(StoreError, match="has no vectors: export its RDMs, by --to rdms"):
        vectors_of(altered(run, {VECTORS: pack({"passages": run.passages})}), "all")
