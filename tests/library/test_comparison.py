"""The record of a comparison as it is shown, and what it computes when asked."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np

import emogeo
from emogeo.geometry.inference import Estimate
from emogeo.library.comparison import Comparison
from tests.planted import Planted, halves


def test_what_it_was_compared_from_is_no_number_of_it() -> None:
    found = Comparison(
        a="a", b="b", n_conditions=21, rho=Estimate(0.5, np.nan, np.nan), _compared=halves(Planted(8, 0.3), 0)
    )
    assert not any(name.startswith("_") for name in found.to_dict())
    assert found == replace(found, _compared=None)
    assert set(found.measures) >= {"pearson", "cka", "procrustes"}
    assert replace(found, _compared=None).measures == {}
    assert emogeo.Comparison is Comparison


def test_it_can_be_sent_to_another_process_with_what_it_computes_when_asked() -> None:
    compared = halves(Planted(8, 0.3), 0)
    compared[0].opposite_deleted(compared[1])
    found = Comparison(a="a", b="b", n_conditions=21, rho=Estimate(0.5, 0.4, 0.6), _compared=compared)
    sent = pickle.loads(pickle.dumps(found))
    assert sent == found
    assert sent.measures["cka"].value == found.measures["cka"].value
