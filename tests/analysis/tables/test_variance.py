"""Shares of variance and their permutations, against least squares and plain loops."""

from __future__ import annotations

import dataclasses
from itertools import combinations, permutations, product

import numpy as np
import pytest
from scipy.stats import chisquare

from emogeo.analysis.comparing.levels import Banned, Denoising, Parameter, levels
from emogeo.analysis.tables.variance import (
    VARIANCE_COLUMNS,
    RunDistances,
    _drawn,
    _every,
    _numbered,
    _others,
    _shares,
    aliases,
    distances_of,
    relabellings,
    share,
    variance_table,
)
from emogeo.config.mode import Mode
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered


def apart_by(rows: list[dict[str, str]], weights: dict[str, float], noise: float = 0.01, seed: int = 0) -> RunDistances:
    """Runs that lie apart by the sum of the weights of the factors in which they differ."""
    full = [{"model": "m", **dict.fromkeys(map(str, Parameter), ""), **row} for row in rows]
    pairs = np.array(list(combinations(range(len(full)), 2)))
    generator = np.random.default_rng(seed)
    apart = [
        sum(w * (full[a][name] != full[b][name]) for name, w in weights.items()) + noise * generator.normal()
        for a, b in pairs
    ]
    return RunDistances(full, pairs, np.array(apart))


def crossed(*names: str, levels: int = 2) -> list[dict[str, str]]:
    return [dict(zip(names, own, strict=True)) for own in product(map(str, range(levels)), repeat=len(names))]


def r_squared(design: list[np.ndarray], outcome: np.ndarray) -> float:  # type: ignore[type-arg]
    x = np.stack([np.ones(len(outcome)), *design], axis=1)
    residual = outcome - x @ np.linalg.lstsq(x, outcome, rcond=None)[0]
    return float(1 - residual @ residual / ((outcome - outcome.mean()) @ (outcome - outcome.mean())))


def test_a_share_is_the_drop_in_r_squared() -> None:
    found = apart_by(crossed("method", "precision", "position"), {"method": 0.5, "precision": 0.1}, noise=0.1)
    groups = aliases(found)
    assert groups == [["method"], ["precision"], ["position"]]
    columns = [found.differ([own[group[0]] for own in found.levels]) for group in groups]
    whole = r_squared(columns, found.apart)
    for number, group in enumerate(groups):
        wanted = whole - r_squared([c for i, c in enumerate(columns) if i != number], found.apart)
        assert share(found, groups, group) == pytest.approx(wanted)


def test_p_counts_every_relabelling_among_runs_equal_in_the_rest() -> None:
    found = apart_by(crossed("method", "precision", levels=3), {"method": 0.3}, noise=0.2, seed=3)
    table = variance_table(found, 10_000, 0).frame.set_index("factor")
    groups = [["method"], ["precision"]]
    assert relabellings(found, groups, ["method"])[0] == 6**3 == table.loc["method", "n_relabellings"]
    shares = []
    for orders in product(permutations(range(3)), repeat=3):
        moved = [dict(own) for own in found.levels]
        for stratum, order in enumerate(orders):
            rows = [row for row, own in enumerate(found.levels) if own["precision"] == str(stratum)]
            for row, source in zip(rows, order, strict=True):
                moved[row]["method"] = found.levels[rows[source]]["method"]
        shares.append(share(RunDistances(moved, found.pairs, found.apart), groups, ["method"]))
    observed = share(found, groups, ["method"])
    reached = [(np.array(shares) >= wanted - 1e-12).mean() for wanted in (observed, max(shares))]
    assert table.loc["method", "p"] == pytest.approx(reached[0])
    assert table.loc["method", "p_min"] == pytest.approx(reached[1])
    drawn = variance_table(found, 215, 0).frame.set_index("factor")
    assert drawn.loc["method", "p"] == pytest.approx(reached[0], abs=0.03)
    labels, strata = np.array([int(own["method"]) for own in found.levels]), [[0, 3, 6], [1, 4, 7], [2, 5, 8]]
    moved = _drawn(labels, strata, 6_000, 0)
    for rows in strata:
        orders, counts = np.unique(moved[:, rows], axis=0, return_counts=True)
        assert orders.tolist() == [list(own) for own in permutations(sorted(labels[rows].tolist()))]
        assert chisquare(counts).pvalue > 0.01
    _, counts = np.unique(moved, axis=0, return_counts=True)
    assert len(counts) == 6**3 and chisquare(counts).pvalue > 0.01


def test_factors_that_move_together_are_one_and_named() -> None:
    rows = [{**row, "layer": row["position"]} for row in crossed("position", "precision")]
    table = variance_table(apart_by(rows, {"position": 0.3}), 1000, 0).frame.set_index("factor")
    assert list(table.index) == ["precision", "position"]
    assert table.loc["position", "aliased_with"] == "layer"


def test_a_factor_in_the_span_of_the_others_is_not_identifiable() -> None:
    rows = [{"method": "x"}, {"method": "x", "precision": "1"}, {"method": "y", "precision": "2"}]
    found = apart_by([*rows, {"method": "y", "precision": "3"}], {"method": 0.3})
    table = variance_table(found, 1000, 0).frame.set_index("factor")
    assert list(table.columns) == [name for name in VARIANCE_COLUMNS if name != "factor"]
    assert table.loc["method", "p"] != table.loc["method", "p"], "no two runs differ in method alone"
    assert "no two runs differ in this factor alone" in table.loc["method", "note"]
    sets = [
        {"method": "x", "chat": "0", "seed": "0", "template": "1"},
        {"method": "y", "chat": "0", "seed": "1", "template": "2"},
        {"method": "y", "chat": "1", "seed": "0", "template": "3"},
    ]
    spanned = variance_table(apart_by([*sets, *sets], {"method": 0.3}), 100, 0).frame
    assert len(spanned) == 4
    assert spanned["note"].str.startswith("not identifiable: the other factors together change").all()
    assert spanned[["share", "p"]].isna().all().all()


def test_shares_have_an_interval_from_six_models_on() -> None:
    rows = [{"model": str(m), **row} for m in range(6) for row in crossed("method", "precision")]
    few = variance_table(apart_by(rows[:20], {"method": 0.3}), 100, 0).frame
    assert few["note"].str.contains("no interval").all()
    table = variance_table(apart_by(rows, {"method": 0.3, "precision": 0.1}, noise=0.05), 100, 0).frame.set_index(
        "factor"
    )
    assert table.loc["method", "ci_low"] < table.loc["method", "share"] < table.loc["method", "ci_high"]
    assert table.loc["method", "p"] <= 0.05


def test_more_relabellings_than_a_machine_word_counts() -> None:
    rows = [{"model": str(m), "precision": p} for m in range(16) for p in "01"]
    table = variance_table(apart_by(rows, {"precision": 0.3}), 50, 0).frame.set_index("factor")
    assert table.loc["model", "n_relabellings"] > 1e26


def test_more_relabellings_than_a_number_can_say() -> None:
    rows = [{"model": str(m), "precision": p} for m in range(16) for p in map(str, range(25))]
    table = variance_table(apart_by(rows, {"precision": 0.3}), 20, 0).frame.set_index("factor")
    assert table.loc["model", "n_relabellings"] == 1e300
    assert "n_relabellings: more than 10³⁰⁰" in str(table.loc["model", "note"])
    assert 0 < table.loc["model", "p"] <= 1


def test_a_factor_that_is_off_in_some_runs_is_a_factor() -> None:
    """No denoising is a level; a passage's decoding is none."""
    table = variance_table(
        apart_by(
            [{"denoising": d, "precision": p} for d in ("none", "neutral_pcs") for p in "01"] * 2, {"denoising": 0.5}
        ),
        1000,
        0,
    ).frame.set_index("factor")
    assert table["share"].idxmax() == "denoising"
    runs = {each.name: each.run for each in draw(Design(0.3, 1.0, 1.0), 0)}
    assert levels(runs["A"]).denoising == levels(runs["C"]).denoising == Denoising("none")
    assert (levels(runs["A"]).banned_words, levels(runs["C"]).banned_words) == (None, Banned(None))


def test_a_replay_that_repeats_its_source_is_no_run_of_its_own() -> None:
    found = draw(Design(0.3, 1.0, 1.0), 0)
    source = next(each for each in found if each.name == "C")
    echo = dataclasses.replace(source, run=altered(source.run, mode=Mode.replay, key="echo"), name="echo")
    assert len(distances_of([*found, echo]).levels) == len(distances_of(found).levels)


def test_of_a_planted_catalogue_method_has_the_largest_share() -> None:
    table = variance_table(distances_of(draw(Design(0.3, 1.0, 1.0), 0)), 1000, 0).frame.set_index("factor")
    assert table["share"].idxmax() == "method"
    assert "text" in table.loc["method", "aliased_with"]
    assert table.loc["method", "n_relabellings"] == 1


def test_a_relabelling_has_the_same_share_alone_and_among_others_where_factors_are_nearly_aliased() -> None:
    """Otherwise the observed one would not count as reaching itself, and p could be 0."""
    generator = np.random.default_rng(0)
    method, layer = generator.integers(0, 3, 100), generator.integers(0, 4, 100)
    precision = method.copy()
    precision[0] = (precision[0] + 1) % 3
    rows = [
        {"method": str(a), "precision": str(b), "layer": str(c)}
        for a, b, c in zip(method, precision, layer, strict=True)
    ]
    found = apart_by(rows, {"method": 0.3}, noise=0.1)
    groups, group = [["method"], ["precision"], ["layer"]], ["method"]
    ways, strata = relabellings(found, groups, group)
    every = np.array(list(_every(_numbered([own["method"] for own in found.levels]), strata)))
    assert len(every) == ways == 5
    others = _others(found, groups, group)
    together = _shares(found.differing(every), *others)
    alone = [_shares(found.differing(own)[None], *others)[0] for own in every]
    np.testing.assert_allclose(together, alone, rtol=2e-13)
    assert share(found, groups, group) == pytest.approx(together[0], rel=2e-13)
