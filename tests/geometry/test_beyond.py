"""Agreement beyond nulls: against formulas, on planted worlds, and with nulls that say nothing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from emogeo.errors import GeometryError
from emogeo.geometry import beyond as module
from emogeo.geometry.beyond import (
    Beyond,
    Null,
    _unreliable,
    _verdict,
    beyond_nulls,
    floored_inverse,
    most_explained,
    null_reliability,
    partial_rho_star,
)
from emogeo.geometry.inference import Estimate, reliability
from emogeo.geometry.relations import disattenuated, relations
from tests.planted import Planted, halves, run_of, unrelated_codes
from tests.planted_words import WordWorld, draw, true_rho


def test_partial_with_one_null_is_the_textbook_formula() -> None:
    rho = np.array([[1, 0.8, 0.6], [0.8, 1, 0.5], [0.6, 0.5, 1]])
    wanted = (0.8 - 0.6 * 0.5) / np.sqrt((1 - 0.36) * (1 - 0.25))
    assert partial_rho_star(rho) == pytest.approx(wanted)


def test_partial_of_several_nulls_is_the_correlation_of_residuals() -> None:
    generator = np.random.default_rng(1)
    values = generator.normal(size=(5, 400)) + 0.8 * generator.normal(size=400)
    values -= values.mean(axis=1, keepdims=True)
    rest = values[:2] - (values[2:].T @ np.linalg.lstsq(values[2:].T, values[:2].T, rcond=None)[0]).T
    assert partial_rho_star(np.corrcoef(values)) == pytest.approx(np.corrcoef(rest)[0, 1])


def test_a_geometry_that_two_runs_share_beside_words_is_found() -> None:
    world = WordWorld(24, 0.5, 0.85, 0.15, 0.3)
    found = beyond_nulls(*draw(world, 0))
    assert found.verdict is Beyond.yes
    assert found.partial is not None
    assert found.partial.low <= partial_rho_star(true_rho(world)) <= found.partial.high


def test_two_runs_that_share_words_alone_agree_no_more_than_words() -> None:
    assert beyond_nulls(*draw(WordWorld(24, 0.5, 0, 0.15, 0.3), 0)).verdict is Beyond.no


@pytest.mark.parametrize("width", [8, 60, 400])
def test_untrained_networks_of_any_width_do_not_agree_beyond_words(width: int) -> None:
    verdicts = [beyond_nulls(*draw(WordWorld(24, 1, 0, 0.3, 0.3, width, seed), seed)).verdict for seed in range(3)]
    assert verdicts.count(Beyond.yes) <= 1


def test_a_noisy_null_takes_out_as_much_as_a_clean_one() -> None:
    partials = []
    for signal in (0.05, 1.0):
        found = beyond_nulls(*draw(WordWorld(24, 0.5, 0.3, 0.5, signal), 2))
        assert found.partial is not None
        partials.append(found.partial.value)
    assert partials[0] == pytest.approx(partials[1], abs=0.12)


def test_nulls_that_say_nothing_are_left_out_by_name() -> None:
    a, b, nulls = draw(WordWorld(24, 0.5, 0.5, 0.15, 0.3), 0)
    noise = draw(WordWorld(24, 0.5, 0.5, 0.15, 1e-9), 0)[2][3]
    found = beyond_nulls(a, b, [nulls[0], noise])
    assert found.given == (nulls[0].name,)
    assert found.left_out[0].startswith("twins of b: reliability")
    nothing = beyond_nulls(a, b, [noise])
    assert nothing.verdict is Beyond.unknown
    assert nothing.partial is None
    assert "no null is reliable" in nothing.reason


def test_what_a_null_explains_at_most_is_the_ratio_of_reliabilities_and_no_more_than_all() -> None:
    a, _, nulls = draw(WordWorld(24, 0.5, 0.5, 0.15, 0.02), 0)
    weak, strong = nulls[0], Null("itself", (a,))
    assert 0 < null_reliability(weak).high < a.reliability
    assert most_explained(weak, a) == pytest.approx(null_reliability(weak).high / a.reliability)
    assert most_explained(strong, a) == 1


def test_without_what_a_yes_requires_it_cannot_be_told() -> None:
    a, b, nulls = draw(WordWorld(24, 0.5, 0.85, 0.15, 0.3), 0)
    noise = draw(WordWorld(24, 0.5, 0.85, 0.15, 1e-9), 0)[2][3]
    lacking = beyond_nulls(a, b, nulls, lacking="no twins")
    assert (lacking.verdict, lacking.reason.rpartition("; ")[2]) == (Beyond.unknown, "no twins")
    assert lacking.partial == beyond_nulls(a, b, nulls).partial, "the numbers stand"
    assert beyond_nulls(a, b, [*nulls, noise]).verdict is Beyond.yes
    silent = beyond_nulls(a, b, [*nulls, replace(noise, required=True)])
    assert silent.verdict is Beyond.unknown
    assert "; twins of b: reliability" in silent.reason


def test_runs_without_a_rho_star_have_no_verdict() -> None:
    a, b, nulls = draw(WordWorld(6, 0.5, 0.5, 0.15, 0.3), 0)
    assert beyond_nulls(a, b, nulls) == beyond_nulls(b, a, nulls)
    assert beyond_nulls(a, b, nulls).reason == "ρ* is not identifiable"


def test_a_null_that_is_the_run_itself_leaves_nothing() -> None:
    a, b, nulls = draw(WordWorld(24, 0.5, 0.85, 0.3, 0.3), 0)
    found = beyond_nulls(a, b, [*nulls, Null("itself", (a,))])
    assert found.verdict is not Beyond.yes
    assert found.partial is None
    assert found.p is None


def test_runs_over_other_texts_are_held_against_nulls_of_both() -> None:
    generator = np.random.default_rng(4)
    shared, other = unrelated_codes(generator)
    a, null_a = (run_of(code, 0.3, generator, 16, "u") for code in (shared, other))
    b, null_b = (run_of(code, 0.3, generator, 16, "v") for code in (shared, other))
    found = beyond_nulls(a, b, [Null("words of a", (null_a,)), Null("words of b", (null_b,))])
    assert found.verdict is Beyond.yes


def test_no_nulls_and_other_conditions_are_refused() -> None:
    a, b = halves(Planted(12, 0.3), 0)
    with pytest.raises(GeometryError, match="at least one null"):
        beyond_nulls(a, b, [])
    fewer = b.restricted(b.products.units, b.products.conditions[:-1])
    with pytest.raises(GeometryError, match="same conditions"):
        beyond_nulls(a, b, [Null("fewer", (fewer,))])


def test_the_reliability_of_a_single_member_is_that_of_the_run() -> None:
    a, _ = halves(Planted(12, 0.3), 0)
    found, own = null_reliability(Null("a", (a,))), reliability(a)
    assert (found.value, found.low, found.high) == pytest.approx((own.value, own.low, own.high))
    pooled = null_reliability(Null("a", (a, a)))
    assert pooled.value == pytest.approx(reliability(a).value)
    assert disattenuated(relations([a, a]).whole)[0, 1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("partial", "p", "margin", "verdict", "why"),
    [
        ((0.3, 0.01, 0.6), 0.05, (-0.1, 0.1), Beyond.yes, "is left"),
        ((0.3, -0.01, 0.6), 0.01, (-0.1, 0.1), Beyond.unknown, "both possible"),
        ((0.3, 0.0, 0.6), 0.01, (-0.1, 0.1), Beyond.unknown, "both possible"),
        ((0.3, 0.01, 0.6), 0.06, (-0.1, 0.1), Beyond.unknown, "both possible"),
        ((0.3, 0.01, 0.6), 0.01, (-0.2, -0.01), Beyond.unknown, "but twins agrees better"),
        ((0.3, -0.01, 0.6), 0.01, (-0.2, -0.01), Beyond.no, "twins agrees better"),
        ((0.0, -0.1, 0.09), 0.5, (-0.1, 0.1), Beyond.no, "is left"),
        ((0.0, -0.1, 0.1), 0.5, (-0.1, 0.1), Beyond.unknown, "both possible"),
        ((0.0, -0.1, 0.15), 0.5, (-0.1, 0.1), Beyond.unknown, "both possible"),
        ((0.3, 0.01, 0.6), None, (-0.1, 0.1), Beyond.unknown, "nearly all"),
        ((0.3, 0.01, 0.6), None, (-0.1, 0.0), Beyond.unknown, "nearly all"),
        ((0.3, 0.01, 0.6), None, (-0.2, -0.01), Beyond.no, "twins agrees better"),
    ],
)
def test_the_rule_is_that_of_the_docs(
    partial: tuple[float, float, float], p: float | None, margin: tuple[float, float], verdict: Beyond, why: str
) -> None:
    shares = [Estimate(0.5, 0.4, 0.6), Estimate(0.5, 0.4, 0.6)]
    found, reason = _verdict(Estimate(*partial), p, shares, Estimate(-0.05, *margin), "twins")
    assert (found, why in reason) == (verdict, True), reason


def test_one_geometry_that_nulls_explain_is_enough_to_leave_nothing() -> None:
    """The null is one of the runs, of which it explains all, and a twentieth of the other."""
    a, b = halves(Planted(n_units=12, signal=0.6, mix=0.3), seed=3)
    found = beyond_nulls(a, b, [Null("itself", (a,))], permutations=100)
    assert found.explained_a is not None and found.explained_b is not None
    assert found.explained_a.high >= 0.95 > found.explained_b.high
    assert (found.partial, found.p) == (None, None)


def test_a_twentieth_of_a_geometry_is_left_at_least() -> None:
    """The partial correlation would be divided by almost nothing where nulls explain almost all of a run."""
    rho = np.array([[1, 0.5, 0.99], [0.5, 1, 0.5], [0.99, 0.5, 1]])
    assert partial_rho_star(rho) == pytest.approx((0.5 - 0.99 * 0.5) / np.sqrt(0.05 * 0.75))


def test_nulls_that_are_nearly_one_are_held_apart_by_a_tenth() -> None:
    """Two nulls at .97 have the eigenvalues 1.97 and .03; the smaller one counts as .1."""
    half = np.array([[1, 1], [1, 1]]) / 2
    wanted = half / 1.97 + (np.eye(2) - half) / 0.1
    np.testing.assert_allclose(floored_inverse(np.array([[1, 0.97], [0.97, 1]])), wanted)


def test_a_null_is_reliable_where_it_is_above_zero_with_ninety_nine_percent() -> None:
    run, _ = halves(Planted(n_units=8, signal=0.1), seed=32)
    assert reliability(run).low > 0 > reliability(run, 0.99).low
    assert _unreliable(Null("words", (run,)), *halves(Planted(n_units=8, signal=0.5), seed=1)) is not None


def test_of_nulls_that_agree_alike_the_first_is_named() -> None:
    """Those of the same texts differ by what a processor rounds."""
    nulls = [SimpleNamespace(name=name) for name in "abc"]
    for agreements, best in (((0.5, 0.5004, 0.1), "a"), ((0.1, 0.5, 0.4996), "b"), ((0.1, 0.5, 0.502), "c")):
        assert module._best(nulls, np.array(agreements)) == best  # type: ignore[arg-type]
