"""The columns of two runs compared, on planted runs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from scipy.stats import spearmanr

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.comparison import COMPARISON_COLUMNS, compare_into, floor_into
from emogeo.analysis.tables.frame import Row
from emogeo.analysis.tables.mantel import MantelTests
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.geometry.inference import compare
from emogeo.geometry.sharing import SharedUnits, over, over_shared
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered


@cache
def planted() -> dict[str, PreparedRun]:
    return {ready.name: ready for ready in draw(Design(0.5, 0.1, 0.5), 0)}


def fewer(both: SharedUnits, n: int) -> SharedUnits:
    """Over the first units alone."""
    kept = [over(own, own.products.units[:n], own.products.conditions) for own in both.halves]
    return replace(both, halves=kept)


def compared(both: SharedUnits) -> tuple[Row, list[Note]]:
    row: Row = {}
    tests = MantelTests(50, 0)
    notes = compare_into(row, both, ("first", "second"), tests)
    tests.fill([row])
    return row, notes


def test_every_figure_stands_under_its_column() -> None:
    both = over_shared(planted()["A"], planted()["A8"])
    row, notes = compared(both)
    found = compare(*both.halves)
    assert set(row) == {*COMPARISON_COLUMNS} - {"floor", "note"}
    assert row["rho"] == pytest.approx(spearmanr(*(own.whole[0] for own in both.halves)).statistic)
    estimates = {
        "rho": found.rho,
        "reliability_a": found.reliability_a,
        "reliability_b": found.reliability_b,
        "rho_same_half": found.same_half,
        "rho_disjoint_half": found.disjoint_half,
        "rho_star": found.rho_star,
    }
    assert {name: row[name] for name in estimates} == {name: own and own.value for name, own in estimates.items()}
    assert row["stimulus_share"] == pytest.approx(row["rho_same_half"] - row["rho_disjoint_half"])
    assert (row["n_units"], row["half_size"], row["n_conditions"]) == (24, 12, 20)
    assert notes == []
    assert row["p_same_text"] == row["p"] == row["p_holm"] == 1 / 51


def test_other_texts_on_the_same_topics_have_no_p_of_the_same_text() -> None:
    row, notes = compared(over_shared(planted()["A"], planted()["C"]))
    assert "p_same_text" not in row
    assert row["rho_same_half"] is not None
    assert row["stimulus_share"] is None
    assert [str(note) for note in notes] == [
        "p_same_text and stimulus_share: other texts",
        "rho_same_half: on units of the same name (topics, say)",
    ]


def test_runs_without_a_common_unit_have_neither() -> None:
    row, notes = compared(over_shared(planted()["A"], planted()["B"]))
    assert (row["rho_same_half"], row["stimulus_share"]) == (None, None)
    assert row["rho_star"] is not None
    (note,) = notes
    assert str(note) == "p_same_text and rho_same_half: no text in common (24 and 24 units)"


@pytest.mark.parametrize(
    ("n", "given", "said"),
    [
        (3, ["rho", "n_conditions"], "all but rho: not identifiable (3 units"),
        (5, ["rho", "rho_disjoint_half", "p_same_text"], "no intervals of halves figures (5 units, 6 needed)"),
        (7, ["rho", "rho_disjoint_half", "p_same_text"], "rho_star and p: not identifiable (7 units, 8 needed"),
        (16, ["rho", "rho_star", "p", "p_holm"], None),
    ],
)
def test_few_units_give_less_and_say_so(n: int, given: list[str], said: str | None) -> None:
    row, notes = compared(fewer(over_shared(planted()["A"], planted()["A8"]), n))
    assert all(row[name] is not None for name in given)
    assert ("rho_star" in row) == (n >= 8)
    assert any(said in str(note) for note in notes) if said else notes == []
    unidentified = [note for note in notes if note.kind is NoteKind.not_identifiable]
    assert len(unidentified) == (n < 8)


def test_the_larger_floor_counts_and_what_was_not_measured_is_named_once() -> None:
    a, a8 = (planted()[name].run for name in ("A", "A8"))
    row: Row = {}
    assert floor_into(row, [a, a8], {a.weights_at_precision: 0.25, a8.weights_at_precision: 0.5}) == []
    assert row == {"floor": 0.5}
    row = {}
    notes = floor_into(row, [a, a8, altered(a8, key="other")], {a.weights_at_precision: 0.25})
    assert row == {}
    assert [str(note) for note in notes] == ["floor: not measured for planted at int8, repeat the run with reread=true"]
