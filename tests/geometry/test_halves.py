"""Random halves of the units, and the ranks of their RDMs with and without each unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.halves import common_units, split_units
from emogeo.geometry.inference import compare
from emogeo.geometry.measuring import measure_all
from emogeo.geometry.overlap import ChosenHalves
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.relations import relations
from emogeo.geometry.units import crossvalidated_rdms, plain_rdms
from tests.planted import Planted, halves


def test_the_jackknife_deletes_a_unit_from_the_halves_that_hold_it() -> None:
    a, _ = halves(Planted(n_units=7, signal=0.3), seed=2)
    for unit in (0, 6):
        members = a.members.copy()
        members[:, :, unit] = 0
        rdms, _ = crossvalidated_rdms(a.products.values, members.reshape(-1, 7))
        np.testing.assert_allclose(a.jackknife()[unit].reshape(200, -1), standard_ranks(rdms), atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), n=st.integers(4, 25))
def test_splits_are_disjoint_halves_that_number_and_seed_decide(seed: int, n: int) -> None:
    members = split_units(n, seed)
    assert (members.sum(axis=2) == n // 2).all()
    assert members.sum(axis=1).max() <= 1
    np.testing.assert_array_equal(members, split_units(n, seed))
    assert (members != split_units(n, seed + 1)).any()


def test_runs_over_the_same_units_share_their_splits() -> None:
    a, b = halves(Planted(n_units=8, signal=0.3), seed=2)
    assert a.members is b.members and common_units(a, b)
    with pytest.raises(ValueError, match="read-only"):
        a.members[0, 0, 0] = 1


def test_the_same_units_split_otherwise_are_refused() -> None:
    a, b = halves(Planted(n_units=8, signal=0.3), seed=2)
    others = ChosenHalves(b.products, b.seed, split_units(8, b.seed + 1))
    for refused in (compare, measure_all, lambda *runs: relations(list(runs))):
        with pytest.raises(GeometryError, match="other splits"):
            refused(a, others)
    again = ChosenHalves(b.products, b.seed, a.members.copy())
    assert compare(a, again) == compare(a, b)


def test_clipped_is_a_share_of_all_norms() -> None:
    strong, weak = (halves(Planted(n_units=8, signal=signal), seed=3)[0] for signal in (2.0, 0.0))
    assert strong.clipped == 0
    n = weak.n_units
    rdms, clips = crossvalidated_rdms(weak.products.values, weak.members.reshape(-1, n))
    assert weak.clipped == clips / (len(rdms) * 21) > 0.1


def test_the_whole_is_the_plain_rdm_of_all_units_and_without_each() -> None:
    run, _ = halves(Planted(n_units=5, signal=0.3), seed=6)
    values = run.products.values
    wanted = [plain_rdms(values, np.full((1, 5), 1 / 5))]
    for unit in range(5):
        rest = [u for u in range(5) if u != unit]
        wanted.append(plain_rdms(values[np.ix_(rest, rest)], np.full((1, 4), 1 / 4)))
    np.testing.assert_allclose(run.whole, standard_ranks(np.concatenate(wanted)), atol=1e-12)


@pytest.mark.parametrize(
    ("n_units", "kept"), [(3, {"whole"}), (5, {"whole", "_packed_and_clips"}), (6, {"whole", "deletions"})]
)
def test_what_every_comparison_takes_is_kept(n_units: int, kept: set[str]) -> None:
    run, _ = halves(Planted(n_units=n_units, signal=0.3), seed=8)
    run.prepare()
    cached = set(vars(run))
    assert kept <= cached
    assert ("deletions" in cached) == (n_units >= 6)


@pytest.mark.parametrize("n_units", [6, 9])
def test_many_ranks_give_the_same_numbers_in_parts(n_units: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few fit into memory, no part has one unit alone."""
    at_once, few_at_once = (halves(Planted(n_units=n_units, signal=0.3), seed=8)[0] for _ in range(2))
    expected, wanted, parts = at_once.jackknife(), at_once.reliability_deleted, list[slice]()
    monkeypatch.setattr("emogeo.geometry.halves._KEPT", 1)

    def part(units: slice) -> Array:
        parts.append(units)
        return few_at_once.jackknife(units)

    assert np.array_equal(few_at_once.over_units(part), expected)
    assert min(units.stop - units.start for units in parts) >= 2 and len(parts) == n_units // 2
    np.testing.assert_allclose(few_at_once.reliability_deleted, wanted, rtol=1e-13)


def test_states_without_a_vector_give_no_halves() -> None:
    run, _ = halves(Planted(n_units=5, signal=0.3), seed=9)
    nothing = replace(run, products=replace(run.products, values=np.zeros_like(run.products.values)))
    with pytest.raises(GeometryError, match="length zero"):
        nothing.prepare()


def test_fewer_units_are_split_as_a_run_of_so_many_is() -> None:
    run, _ = halves(Planted(n_units=9, signal=0.3), seed=7)
    fewer = run.restricted(run.products.units[2:8], run.products.conditions[:6])
    assert (fewer.n_units, fewer.half_size, fewer.ranks.shape) == (6, 3, (100, 2, 15))
    np.testing.assert_array_equal(fewer.members, split_units(6, run.seed))


def test_what_follows_from_a_run_alone_is_computed_once() -> None:
    run, other = halves(Planted(n_units=6, signal=0.3), seed=8)
    made = list[int]()
    for own in (run, run, other):
        own.once("name", lambda: made.append(1))
    assert len(made) == 2 and "_kept" not in run.__getstate__()
