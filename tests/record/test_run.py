"""A recorded run: its arrays at the selected block, its texts, and the geometry that it gives back."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.errors import RecordError
from emogeo.geometry.inference import Estimate
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.record.files import RDM, VECTORS
from emogeo.record.reading import read_run
from emogeo.record.run import Run
from emogeo.store.store import RUNS, Store
from emogeo.store.tensors import unpack
from tests.unchanged.computed import DATA

STORE = Store(DATA / "store")
ALL = {key: read_run(STORE, key) for key in STORE.keys(RUNS)}
GEOMETRIES = [run for run in ALL.values() if isinstance(run, Run) and run.finished]


@pytest.mark.parametrize("run", GEOMETRIES, ids=lambda run: run.key[:6])
def test_arrays_at_the_selected_block_are_rows_of_those_at_all(run: Run) -> None:
    layer = run.result.layer
    assert layer.index is not None
    row = layer.layers.index(layer.index)
    vectors, rdms = unpack(run.files[VECTORS]), unpack(run.files[RDM])
    assert run.layer_vectors is not None
    np.testing.assert_array_equal(run.layer_vectors, vectors["vectors"][:, row])
    np.testing.assert_array_equal(run.rdm_at(layer.index), rdms["rdm_by_layer"][row])
    np.testing.assert_array_equal(run.rdm_at(None), upper(run.rdm))
    assert run.rdm_at(99) is None
    np.testing.assert_allclose(cosine_rdm(run.layer_vectors, run.conditions), run.rdm, atol=1e-5)


@pytest.mark.parametrize("run", GEOMETRIES, ids=lambda run: run.key[:6])
def test_the_geometry_is_what_was_measured(run: Run) -> None:
    geometry = run.geometry
    np.testing.assert_array_equal(geometry.rdm, run.rdm)
    assert geometry.layer == run.layer
    assert geometry.at_layer("rdm_std") == pytest.approx(run.result.metrics.rdm_std)
    assert geometry.n_units == run.record.n_units == 8
    held_out = run.result.layer.held_out
    assert held_out is not None
    assert isinstance(geometry.choice.held_out, Estimate)
    assert geometry.choice.held_out.value == held_out[0]
    labels = geometry.labels
    assert {len(part) for part in (labels.emotions, labels.topics, labels.units, labels.texts)} == {run.record.n_texts}
    assert labels.known
    assert all(":" not in unit for unit in geometry.labels.units), "names, without digests"


def test_runs_over_the_same_texts_have_one_digest() -> None:
    digests = {(run.record.mode.value, run.text_digest) for run in GEOMETRIES}
    assert len({digest for mode, digest in digests if mode == "comprehension"}) == 1
    assert len({digest for mode, digest in digests if mode != "comprehension"}) == 1, "a replay reads what was written"


def test_a_refused_run_has_no_result_and_says_so() -> None:
    (refused,) = (run for run in ALL.values() if not run.finished)
    assert refused.record.status == "refused"
    with pytest.raises(RecordError, match="was refused: it has no result"):
        _ = refused.result
    assert "refused" in repr(refused)


def test_a_reread_names_the_run_that_it_repeats() -> None:
    rereads = [run for run in GEOMETRIES if run.reread_of is not None]
    assert len(rereads) == 2
    for run in rereads:
        original = ALL[str(run.reread_of)]
        assert isinstance(original, Run)
        assert original.weights_at_precision == run.weights_at_precision
