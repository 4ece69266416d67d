"""Other measures of every pair of planted runs, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.comparing.paired import pairs_of, trained_pairs
from emogeo.analysis.comparing.prepared import PreparedRun, View
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.measures import (
    ANSWER_COLUMNS,
    MEASURE_COLUMNS,
    ORDER_COLUMNS,
    measures_tables,
    orders_table,
)
from emogeo.analysis.tables.notes import NoteKind
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.config.model import Init
from emogeo.geometry.measure_verdict import answer_of
from emogeo.geometry.measures import MEASURES
from emogeo.geometry.measuring import measure_all
from emogeo.geometry.sharing import over_shared
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered

NAMES = [measure.name for measure in MEASURES]


@cache
def planted() -> list[PreparedRun]:
    return [ready for ready in draw(Design(0.5, 0.1, 0.5), 0) if ready.name in ("A", "A_reread", "B", "C", "D")]


@cache
def tables() -> dict[str, Table]:
    return measures_tables(planted())


def test_every_pair_has_a_row_for_every_measure() -> None:
    frame = tables()["measures"].frame
    assert list(frame.columns) == MEASURE_COLUMNS
    wanted = [(a.name, b.name, name) for a, b in pairs_of(planted()) for name in NAMES]
    assert list(zip(frame["key_a"], frame["key_b"], frame["measure"], strict=True)) == wanted
    assert frame["chance"].notna().all()


def test_the_row_of_spearman_is_the_pairs_own() -> None:
    pairs, frame = pairs_table(planted(), 10, 0).frame, tables()["measures"].frame
    own = frame[frame["measure"] == "spearman"].reset_index(drop=True)
    same = {"rho": "value", "rho_disjoint_half": "disjoint", "rho_star": "disattenuated", "rho_star_ci_low": "ci_low"}
    same |= {"rho_star_ci_high": "ci_high", "reliability_a": "reliability_a", "reliability_b": "reliability_b"}
    for ours, theirs in same.items():
        np.testing.assert_allclose(pairs[ours], own[theirs], atol=1e-12)


def test_numbers_and_answers_are_those_of_the_two_runs() -> None:
    frame, answers = tables()["measures"].frame, tables()["measure_verdicts"].frame
    assert list(answers.columns) == ANSWER_COLUMNS
    for (a, b), answer in zip(pairs_of(planted()), answers.to_dict("records"), strict=True):
        found = measure_all(*over_shared(a, b).halves)
        rows = frame[(frame["key_a"] == a.name) & (frame["key_b"] == b.name)]
        np.testing.assert_array_equal(rows["value"], [own.value for own in found])
        np.testing.assert_array_equal(rows["disjoint"], [own.disjoint for own in found])
        assert answer["answer"] == answer_of(found).text
        assert answer["verdict"] == answer_of(found).verdict.value


def test_what_has_no_disattenuated_form_says_why() -> None:
    frame = tables()["measures"].frame
    without = frame[frame["measure"].isin(["kendall", "procrustes", "mutual_knn", "cka_biased"])]
    assert without["disattenuated"].isna().all()
    assert without["note"].str.startswith("disattenuated: ").all()
    assert (without["reading"] == "").all()
    given = frame[frame["disattenuated"].notna()]
    assert (given["note"] == "").all() and (given["reading"] != "").all()


def test_a_pair_that_cannot_be_compared_keeps_its_rows() -> None:
    first = next(ready for ready in planted() if ready.name == "A")
    other = replace(first, run=altered(first.run, key="other"), view=View(CONDITIONS[:10]))
    found = measures_tables([replace(first, view=View(CONDITIONS[10:])), other])
    assert found["measures"].frame["note"].str.startswith("left out: 0 conditions in common").all()
    assert len(found["measures"].frame) == len(MEASURES)
    assert all(note.kind is NoteKind.left_out for (note,) in found["measures"].notes["note"])
    assert found["measure_verdicts"].frame["verdict"].tolist() == ["not identifiable"]


def test_no_pairs_are_tables_all_the_same() -> None:
    found = measures_tables(planted()[:1])
    assert list(found["measures"].frame.columns) == MEASURE_COLUMNS
    assert list(found["measure_orders"].frame.columns) == ORDER_COLUMNS
    assert found["measure_orders"].frame["n_pairs"].tolist() == [0] * (len(MEASURES) - 1)


def twin(of: PreparedRun, key: str, model: str) -> PreparedRun:
    changes = {"model_name": model, "model_id": model, "model_init": Init.random, "model_init_seed": 1}
    return replace(of, name=key, run=altered(of.run, key=key, **changes))


def test_measures_are_of_trained_pairs_and_of_twins_where_there_are_no_others() -> None:
    runs = [ready for ready in planted() if ready.name in "AB"]
    twins = [twin(runs[0], "a1", "one"), twin(runs[0], "b1", "other")]
    for own in ([*runs, *twins], twins):
        (wanted,) = [(a.name, b.name) for a, b in trained_pairs(own)]
        found = measures_tables(own)
        for name in ("measures", "measure_verdicts"):
            keys = found[name].frame[["key_a", "key_b"]].drop_duplicates()
            assert [tuple(row) for row in keys.to_numpy()] == [wanted]
        assert set(found["measure_orders"].frame["n_pairs"]) == {1}


def test_the_order_of_pairs_is_compared_with_that_of_rho() -> None:
    values = {"spearman": [1, 2, 3, 4, 5, 6], "cka": [2, 1, 3, 4, 5, 6], "pearson": [6, 5, 4, 3, 2, 1]}
    rows = [
        {"key_a": "a", "key_b": str(pair), "measure": name, "disjoint": value, "disattenuated": None if pair else 1.0}
        for name, own in values.items()
        for pair, value in enumerate(own)
    ]
    found = orders_table(pd.DataFrame(rows)).frame.set_index("measure")
    assert found.loc["cka", "order_disjoint"] == pytest.approx(1 - 6 * 2 / (6 * 35))
    assert found.loc["pearson", "order_disjoint"] == pytest.approx(-1)
    assert found.loc["cka", "n_pairs_disattenuated"] == 1
    assert pd.isna(found.loc["cka", "order_disattenuated"]) and pd.isna(found.loc["kendall", "order_disjoint"])
    fewer = orders_table(pd.DataFrame([row for row in rows if row["key_b"] != "0"])).frame
    assert fewer["order_disjoint"].isna().all()
