"""Floors of planted rereads, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from emogeo.analysis.comparing.floors import floors
from emogeo.geometry.rdm import upper
from emogeo.record.files import RDM
from emogeo.record.run import Run
from emogeo.store.tensors import pack
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered

DISTANCES = np.random.default_rng(0).uniform(size=(3, 210))


def run(reread_of: str | None = None, by_layer: list[int] | None = None, layer: int = 0, **changes: object) -> Run:
    """A run whose blocks have these of the planted distances; its own RDM is that of the selected block."""
    rows = DISTANCES[by_layer or [0]]
    rdm = np.zeros((21, 21))
    rdm[np.triu_indices(21, 1)] = rows[min(layer, len(rows) - 1)]
    planted = altered(draw(Design(0.5, 0.1, 0.5), 0)[0].run, layer_index=layer, layer_layers=tuple(range(len(rows))))
    own = {"key": f"again {by_layer}" if reread_of else "usual", "reread_of": reread_of, **changes}
    return altered(planted, {RDM: pack({"rdm": rdm + rdm.T, "rdm_by_layer": rows})}, **own)


def apart(a: int, b: int) -> float:
    return float(1 - spearmanr(DISTANCES[a], DISTANCES[b]).statistic)


def test_a_floor_is_how_far_a_reread_lies_from_its_run() -> None:
    usual = run()
    assert floors([usual, run("usual", [1])]) == {usual.weights_at_precision: pytest.approx(apart(0, 1))}
    assert floors([usual, run("usual", [0])])[usual.weights_at_precision] == pytest.approx(0, abs=1e-12)


def test_a_floor_is_measured_at_the_block_of_the_run() -> None:
    """The reread would select its last block; the run has selected its first."""
    usual = run(by_layer=[0, 2])
    again = run("usual", [1, 0], layer=1)
    assert upper(again.rdm) == pytest.approx(DISTANCES[0]), "its own is the run's"
    assert floors([usual, again])[usual.weights_at_precision] == pytest.approx(apart(0, 1))


def test_the_largest_of_several_floors_counts_whatever_their_order() -> None:
    usual, near, far = run(), run("usual", [0]), run("usual", [2])
    for order in ([usual, near, far], [far, near, usual]):
        assert floors(order)[usual.weights_at_precision] == pytest.approx(apart(0, 2))


def test_a_reread_without_its_run_or_without_its_block_gives_none() -> None:
    assert floors([run(), run("another", [1])]) == {}
    assert floors([run(by_layer=[0, 1], layer=1), run("usual", [1])]) == {}


def test_every_precision_has_a_floor_of_its_own() -> None:
    planted = [ready.run for ready in draw(Design(0.5, 0.1, 0.5), 0)]
    found = floors(planted)
    assert {reader[2] for reader in found} == {"bf16", "int8"}
    by_name = {run.key: run for run in planted}
    wanted = 1 - spearmanr(upper(by_name["A8"].rdm), upper(by_name["A8_reread"].rdm)).statistic
    assert found[by_name["A8"].weights_at_precision] == pytest.approx(wanted)
