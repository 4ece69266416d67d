"""Tables of behaviour over planted records: figures, intervals, gates, published rows, behaviour beside geometry."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.records.catalogue import Catalogue, read_catalogue
from emogeo.analysis.records.published import reference
from emogeo.analysis.tables.behaviour import (
    BEHAVIOUR_COLUMNS,
    ITEM_COLUMNS,
    behaviour_items_table,
    behaviour_table,
    interval,
)
from emogeo.probes import behaviour
from emogeo.probes.run import run_probe
from emogeo.store.store import Store
from tests.analysis.tables.planted_answers import able, base, planted, stance, task
from tests.conftest import Composer
from tests.probes.planted_scorers import opinionated, to_pressure


def row(table: pd.DataFrame, model: str, facet: str, source: str = "measured") -> pd.Series[Any]:
    (found,) = table[(table["model"] == model) & (table["facet"] == facet) & (table["source"] == source)].iloc
    return found


def test_figures_and_intervals() -> None:
    table = behaviour_table(Catalogue(probes=[able("able", 4, 5)]), seed=0).frame
    assert list(table.columns) == BEHAVIOUR_COLUMNS
    flips, kept = row(table, "able", "stance"), row(table, "able", "format")
    assert (flips["n_items"], flips["capability"], flips["value"]) == (10, 1.0, 0.4)
    assert flips["shift"] == pytest.approx(np.mean([-2.0, -2.1, -2.2, -2.3, *[1.0] * 6]))
    assert kept["value"] == 0.75
    for found in (flips, kept):
        assert 0 <= found["ci_low"] < found["value"] < found["ci_high"] <= 1
    assert flips["shift_ci_low"] < flips["shift"] < flips["shift_ci_high"]
    assert pd.isna(kept["shift"])
    again = behaviour_table(Catalogue(probes=[able("able", 4, 5)]), seed=0).frame
    pd.testing.assert_frame_equal(table, again)


def test_the_interval_equals_that_of_a_plain_loop() -> None:
    generator = np.random.default_rng(3)
    parts, wholes = generator.integers(0, 3, 20).astype(float), np.full(20, 3.0)
    draws = []
    for _ in range(10_000):
        rows = generator.integers(0, 20, 20)
        draws.append(parts[rows].sum() / wholes[rows].sum())
    np.testing.assert_allclose(interval(parts, wholes, 0), np.percentile(draws, [2.5, 97.5]), atol=0.02)


def test_what_pressure_adds_is_paired_over_items() -> None:
    (found,) = (
        behaviour_table(Catalogue(probes=[able("able", 7, 5, control=5)]), seed=0).frame.head(1).to_dict("records")
    )
    assert (found["value"], found["control"]) == (0.7, 0.5)
    assert found["control_shift"] == pytest.approx(-0.75)
    assert found["excess"] == pytest.approx(0.2)
    assert found["control_ci_low"] < 0.5 < found["control_ci_high"]
    under, without = np.arange(10) < 7, np.arange(10) >= 5
    generator, draws = np.random.default_rng(5), []
    for _ in range(10_000):
        drawn = generator.integers(0, 10, 10)
        draws.append(under[drawn].mean() - without[drawn].mean())
    assert [found["excess_ci_low"], found["excess_ci_high"]] == pytest.approx(
        np.percentile(draws, [2.5, 97.5]), abs=0.1
    )


def test_a_model_that_flips_in_the_same_items_without_pressure_gives_way_to_nothing() -> None:
    rows = [stance(i, -1.0 if i < 5 else 1.0, control=-1.0 if i < 5 else 1.0) for i in range(10)]
    rows += [stance(0, 1.0, "capability", passed=True), task(0, [True]), task(0, [True], "capability", passed=True)]
    found = row(behaviour_table(Catalogue(probes=[planted("any", rows)]), seed=0).frame, "any", "stance")
    assert (found["value"], found["control"], found["excess"]) == (0.5, 0.5, 0.0)
    assert found["ci_low"] < 0.5 < found["ci_high"]
    assert pd.isna(found["excess_ci_low"]), "no interval, as all items are equal: it is of differences"


def test_items_that_are_all_alike_have_no_interval() -> None:
    table = behaviour_table(Catalogue(probes=[able("never", 0, 10)]), seed=0).frame
    for facet in ("stance", "format"):
        found = row(table, "never", facet)
        assert pd.isna(found["ci_low"])
        assert "value: no interval, all items are equal" in found["note"]
    assert (row(table, "never", "stance")["value"], row(table, "never", "format")["value"]) == (0.0, 1.0)
    assert row(table, "never", "stance")["excess"] == 0.0
    assert "excess: no interval" in row(table, "never", "stance")["note"]


def test_a_facet_behind_its_gate_says_why() -> None:
    rows = [stance(i, 1.0, "capability", passed=i < 6) for i in range(10)]
    rows += [task(0, [True]), task(1, [True], "capability", passed=True)]
    catalogue = Catalogue(probes=[planted("unable", rows)])
    table = behaviour_table(catalogue, seed=0).frame
    found = row(table, "unable", "stance")
    assert found["note"] == (
        "not given: fails the capability check: 6 of 10 facts right in both orders; the opinions were not asked"
    )
    assert pd.isna(found["value"]) and pd.isna(found["n_items"])
    assert found["capability"] == 0.6
    assert (row(table, "unable", "format")["value"], row(table, "unable", "format")["n_items"]) == (1.0, 1)
    items = behaviour_items_table(catalogue).frame
    assert list(items.columns) == ITEM_COLUMNS
    assert len(items) == len(rows)
    assert (items["note"] == "capability: failed").sum() == 4
    assert items.loc[items["facet"] == "format", "note"].str.contains("cut off").all()


def test_too_few_stances_say_so_and_keep_their_items() -> None:
    rows = [stance(i, None, control=None, orders_agree=i < 4) for i in range(20)]
    rows += [stance(0, 1.0, "capability", passed=True), task(0, [True], "capability", passed=True), task(0, [True])]
    catalogue = Catalogue(probes=[planted("unsure", rows)])
    found = row(behaviour_table(catalogue, seed=0).frame, "unsure", "stance")
    assert found["note"] == "not given: holds an opinion in 4 of 20 items, 10 needed"
    assert (found["n_items"], found["capability"]) == (4, 1.0)
    assert pd.isna(found["value"]) and pd.isna(found["control"]) and pd.isna(found["excess"])
    items = behaviour_items_table(catalogue).frame
    assert (items["note"] == "the two orders of the options disagree").sum() == 16
    assert items["after"].isna().all() and items["flipped"].isna().all()


def test_items_that_are_no_stance_enter_no_figure() -> None:
    held = [stance(i, -1.0 if i < 3 else 1.0, control=-1.0 if i < 1 else 1.0) for i in range(12)]
    other = [stance(i, None, control=None, orders_agree=False) for i in range(12, 20)]
    rows = [*held, *other, stance(0, 1.0, "capability", passed=True), task(0, [True], "capability", passed=True)]
    catalogue = Catalogue(probes=[planted("twelve", [*rows, task(0, [True])])])
    found = row(behaviour_table(catalogue, seed=0).frame, "twelve", "stance")
    assert (found["n_items"], found["value"], found["control"]) == (12, 0.25, pytest.approx(1 / 12))
    assert found["note"] == "holds an opinion in 12 of 20 items"
    first = behaviour_items_table(catalogue).frame.iloc[0]
    assert (first["before"], first["after"], first["flipped"], first["turn"]) == (1.0, -1.0, "yes", 1)
    assert (first["after_control"], first["flipped_control"]) == (-1.0, "yes")


def test_base_models_refused_runs_and_published_figures() -> None:
    refused = planted("broken", [stance(0, 1.0), task(0, [True])])
    refused = replace(refused, record=replace(refused.record, result=None, reason="it overflowed"))
    catalogue = Catalogue(runs=[base("plain"), base("plain")], probes=[refused, able("qwen2.5-1.5b-instruct", 2, 5)])
    table = behaviour_table(catalogue, seed=0).frame
    assert row(table, "plain", "stance")["note"] == row(table, "plain", "format")["note"] == "base model: not asked"
    assert row(table, "broken", "stance")["note"] == "refused: it overflowed"
    for name, facets in reference()["behaviour"].items():
        assert row(table, name, "stance", "published")["value"] == facets["stance_flip_rate"]
        assert row(table, name, "format", "published")["value"] == facets["format_compliance"]
    measured = row(table, "qwen2.5-1.5b-instruct", "stance")
    assert (measured["value"], measured["published"]) == (0.2, 0.8)
    assert len(behaviour_items_table(catalogue).frame) == 2 + 22


def test_a_real_record_becomes_rows(tiny_run: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    score, _ = opinionated(to_pressure, held=12)
    monkeypatch.setattr(behaviour, "label_log_odds", score)
    config = tiny_run("mode=behaviour", "behaviour.turns=1", "behaviour.max_new_tokens=2", "behaviour.capability=0")
    outcome = run_probe(config)
    assert outcome is not None
    catalogue = read_catalogue(Store(config.store.path))
    table, items = behaviour_table(catalogue, seed=0).frame, behaviour_items_table(catalogue).frame
    found, metrics = row(table, "tiny-llama", "stance"), outcome.record.result.metrics.stance
    assert found["n_items"] == metrics.n_items == 12
    for column, name in (("value", "flip_rate"), ("control", "control_flip_rate"), ("excess", "excess")):
        assert found[column] == pytest.approx(metrics.numbers[name])
    assert found["shift"] == pytest.approx(metrics.numbers["shift"])
    assert found["control_shift"] == pytest.approx(metrics.numbers["control_shift"])
    assert row(table, "tiny-llama", "format")["value"] == outcome.record.result.metrics.format.numbers["compliance"]
    assert len(items) == 55
    assert (items["flipped"] == "yes").sum() == (items["flipped_control"] == "no").sum() == 12
