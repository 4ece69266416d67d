"""Accuracies over unseen topics: against plain loops, with intervals that cover and p that are uniform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta, binomtest, t

from emogeo.errors import GeometryError
from emogeo.geometry.options import Centring
from emogeo.geometry.readout import Labelled
from emogeo.geometry.readout_accuracy import (
    Tried,
    can_permute,
    chance_of,
    found_by_words,
    found_by_words_without_group,
    gain,
    nearest_without_group,
    p_of_fixed,
    p_of_own,
    share_found,
)
from tests.geometry.test_readout import CONDITIONS, planted


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def loop(source: Labelled, groups: Sequence[str]) -> list[str]:
    """The nearest vector by cosine of each text, in plain loops."""
    found = []
    for text, group in zip(source.states, groups, strict=True):
        means = {}
        for condition in source.conditions:
            of_groups = []
            for other in sorted(set(groups) - {group}):
                rows = [
                    row
                    for row, labels in enumerate(zip(source.emotions, groups, strict=True))
                    if labels == (condition, other)
                ]
                if rows:
                    of_groups.append(np.mean([source.states[row] for row in rows], axis=0))
            means[condition] = np.mean(of_groups, axis=0)
        grand = np.mean(list(means.values()), axis=0)
        origin = {Centring.grand_mean: grand, Centring.neutral: means["neutral"], Centring.none: 0 * grand}
        at = origin[source.centring]
        kept = [c for c in source.conditions if not (source.centring is Centring.neutral and c == "neutral")]
        found.append(max(kept, key=lambda condition: cosine(text - at, means[condition] - at)))
    return found


@pytest.mark.parametrize("centring", [Centring.grand_mean, Centring.neutral, Centring.none])
@pytest.mark.parametrize("extra", [False, True])
def test_the_nearest_vector_without_a_topic_is_that_of_a_loop(centring: Centring, extra: bool) -> None:
    source = planted(7, centring, signal=1.0, extra=extra)
    assert nearest_without_group(source, source.units) == loop(source, source.units)


def test_a_condition_of_one_topic_alone_is_named() -> None:
    source = planted(8)
    emotions = ["angry" if e == "sad" and u != "u3" else e for e, u in zip(source.emotions, source.units, strict=True)]
    with pytest.raises(GeometryError, match="only u3 has texts of sad"):
        nearest_without_group(replace(source, emotions=emotions), source.units)


def fixed(labels: Sequence[str], groups: Sequence[str], found: Sequence[str]) -> Tried:
    return Tried(labels, groups, lambda rows: [found[row] for row in rows])


def test_without_dependence_the_interval_is_about_that_of_independent_texts() -> None:
    generator = np.random.default_rng(0)
    groups = [f"g{row % 40}" for row in range(400)]
    found = ["a" if hit else "b" for hit in generator.random(400) < 0.3]
    own = share_found(fixed(["a"] * 400, groups, found))
    usual = binomtest(sum(f == "a" for f in found), 400).proportion_ci(0.95, method="exact")
    assert own.low == pytest.approx(usual.low, abs=0.03)
    assert own.high == pytest.approx(usual.high, abs=0.03)


def test_topics_that_go_together_widen_the_interval_and_it_covers() -> None:
    generator, covered = np.random.default_rng(1), 0
    for _ in range(200):
        shares = generator.beta(1.5, 3.5, size=12)
        groups = [f"g{group}" for group in range(12) for _ in range(20)]
        hits = [generator.random() < shares[group] for group in range(12) for _ in range(20)]
        own = share_found(fixed(["a"] * 240, groups, ["a" if hit else "b" for hit in hits]))
        covered += own.low <= 0.3 <= own.high
    assert 0.9 <= covered / 200 <= 1.0


def test_the_interval_is_that_of_korn_and_graubard() -> None:
    """For topics of one size the jackknife's variance is that of a mean over topics."""
    hits = np.random.default_rng(3).random((8, 20)) < np.linspace(0.1, 0.9, 8)[:, None]
    groups = [f"g{group}" for group in range(8) for _ in range(20)]
    own = share_found(fixed(["a"] * 160, groups, ["a" if hit else "b" for hit in hits.ravel()]))
    share, variance = hits.mean(), hits.mean(axis=1).var(ddof=1) / 8
    n = share * (1 - share) / variance * (t.ppf(0.975, 159) / t.ppf(0.975, 7)) ** 2
    assert own.value == pytest.approx(share)
    assert own.low == pytest.approx(beta.ppf(0.025, n * share, n * (1 - share) + 1))
    assert own.high == pytest.approx(beta.ppf(0.975, n * share + 1, n * (1 - share)))


def test_where_all_are_found_each_topic_counts_as_one_text() -> None:
    groups = [f"g{row % 8}" for row in range(800)]
    own = share_found(fixed(["a"] * 800, groups, ["a"] * 800))
    assert (own.value, own.high) == (1.0, 1.0)
    assert own.low == pytest.approx(binomtest(8, 8).proportion_ci(0.95, method="exact").low)
    none = share_found(fixed(["a"] * 800, groups, ["b"] * 800))
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high < 0.5


def test_a_gain_is_paired_and_covers() -> None:
    generator, covered, widths = np.random.default_rng(2), 0, []
    for _ in range(200):
        hard = generator.beta(1.5, 1.5, size=12)
        groups = [f"g{group}" for group in range(12) for _ in range(20)]
        drawn = generator.random((240, 2))
        shares = np.repeat(hard, 20)
        one, other = drawn[:, 0] < shares, drawn[:, 1] < 0.8 * shares
        first, second = (fixed(["a"] * 240, groups, ["a" if hit else "b" for hit in own]) for own in (one, other))
        found = gain(first, second)
        assert found.value == pytest.approx(one.mean() - other.mean())
        covered += found.low <= 0.1 <= found.high
        widths.append((found.high - found.low) / (share_found(first).high - share_found(first).low))
    assert 0.9 <= covered / 200 <= 0.99
    assert np.mean(widths) < 0.7
    few = fixed(["a"] * 5, list("12345"), ["a"] * 5)
    assert np.isnan([gain(few, few).low, gain(few, few).high]).all()


def test_below_six_topics_there_is_no_interval() -> None:
    own = share_found(fixed(["a"] * 10, [f"g{row % 5}" for row in range(10)], ["a"] * 10))
    assert own.value == 1
    assert np.isnan([own.low, own.high]).all()


def test_texts_that_do_not_count_are_no_misses() -> None:
    tried = replace(fixed(["a", "b"] * 6, [f"g{row // 2}" for row in range(12)], ["a"] * 12), counts=[True, False] * 6)
    assert share_found(tried).value == 1


def test_p_is_uniform_where_labels_say_nothing() -> None:
    fixed_p, own_p = [], []
    for seed in range(100):
        source = planted(200 + seed)
        found = list(np.random.default_rng(seed).choice(CONDITIONS, size=len(source.emotions)))
        fixed_p.append(p_of_fixed(source.emotions, source.units, found, 39, seed))
        own_p.append(p_of_own(source, source.units, 39, seed))
    for p in (fixed_p, own_p):  # hits are whole numbers, so p is above uniform rather than below
        below = np.array(p) <= 0.1
        assert below.mean() <= 0.1 + 3 * np.sqrt(0.09 / 100)
        assert below.any()


def test_p_is_small_where_they_say_much() -> None:
    source = planted(9, signal=2.0)
    assert p_of_own(source, source.units, 99, 0) == 0.01
    assert p_of_fixed(source.emotions, source.units, source.emotions, 99, 0) == 0.01


def test_labels_that_cannot_be_permuted_have_no_p() -> None:
    assert not can_permute(["a", "b"], ["1", "2"])
    assert p_of_fixed(["a", "b"], ["1", "2"], ["a", "b"], 20, 0) is None
    assert chance_of(["a", "b", "a"]) == pytest.approx(2 / 3)


def test_words_find_what_they_have_learned() -> None:
    learned, labels = ["a red apple", "a red cherry", "a blue sky", "the blue sea"], ["r", "r", "b", "b"]
    assert found_by_words(learned, labels, ["red car", "blue car"]) == ["r", "b"]
    assert found_by_words_without_group(learned, labels, ["1", "2", "1", "2"]) == labels
    with pytest.raises(GeometryError, match="Only the unit"):
        found_by_words_without_group(learned, labels, ["1", "1", "2", "2"])
