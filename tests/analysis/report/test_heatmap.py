"""Heat maps."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.comparing.order import shared_order
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.report.heatmap import (
    COLOURS,
    DIFFERENCES,
    MOST,
    STEPS,
    TREE,
    HeatMaps,
    difference_maps,
    heat_maps,
    orders_of,
    palette,
)
from emogeo.analysis.report.parts import Text
from emogeo.analysis.tables.map_ratings import rating_rows, rating_table
from emogeo.analysis.tables.rdm_differences import DIFFERENCE_COLUMNS
from emogeo.stimuli.conditions import Noun
from emogeo.stimuli.norms import Norm, Ratings
from tests.analysis.report.planted import material
from tests.planted_labels import MANY, conditions_run


def ratings(conditions: list[str], *norms: Norm) -> pd.DataFrame:
    return rating_table(rating_rows(sorted(conditions), norms)).frame


def whole(prepared: list[PreparedRun]) -> HeatMaps:
    (found,) = heat_maps(prepared, (), ratings(shared_order(prepared)))
    assert isinstance(found, HeatMaps)
    return found


def test_one_per_run_with_its_values_in_one_scale_and_one_order(tmp_path: Path) -> None:
    prepared = list(material(tmp_path).prepared)
    shown, order = whole(prepared), shared_order(prepared)
    assert [own.title.split()[0] for own in shown.maps] == ["A", "C"], "no reread"
    top = max(1.0, *(float(each.run.rdm.max()) for each in prepared))
    assert shown.ends == ("0", f"{top:.2f}")
    for own, each in zip(shown.maps, (prepared[0], prepared[-1]), strict=True):
        assert own.conditions == order
        places = [each.run.conditions.index(name) for name in order]
        for place, row in zip(places, own.rows, strict=True):
            rdm = each.run.rdm[place, places]
            assert [float(value) for _, value in row] == pytest.approx(abs(rdm), abs=5e-4)
            assert [int(colour[1:]) for colour, _ in row] == pytest.approx(rdm / top * (COLOURS - 1), abs=0.5)


def test_orders_are_those_of_the_tree_the_alphabet_and_ratings(tmp_path: Path) -> None:
    orders = whole(list(material(tmp_path).prepared)).orders
    assert list(orders)[:2] == [TREE, "the alphabet"]
    assert list(orders["the alphabet"]) == sorted(orders[TREE])
    (rated,) = (order for name, order in orders.items() if name.startswith("valence"))
    assert list(rated).index("sad") < list(rated).index("calm") < list(rated).index("happy")
    assert rated[-1] == "exasperated", "which nobody has rated"
    conditions = [f"c{n}" for n in range(5)]
    unrated = orders_of([PreparedRun(conditions_run(conditions), "run", 0)], ratings(conditions))
    assert list(unrated) == [TREE, "the alphabet"]


def test_a_norm_of_the_users_own_is_an_order(tmp_path: Path) -> None:
    prepared = list(material(tmp_path).prepared)
    names = shared_order(prepared)
    own = Ratings("weight", ("weight",), tuple(names), np.arange(len(names), 0, -1.0)[:, None])
    few = Ratings("few", ("few",), tuple(names[:5]), np.arange(5.0)[:, None])
    orders = orders_of(prepared, ratings(names, own, few))
    assert orders["weight"] == names[::-1], "all are rated"
    assert not any(name.startswith("few") for name in orders), "most are not"


def test_orders_are_read_by_the_script(tmp_path: Path) -> None:
    shown = whole(list(material(tmp_path).prepared))
    assert {name: json.loads(order) for name, order in shown.choices.items()} == {
        name: list(order) for name, order in shown.orders.items()
    }


def test_every_colour_has_a_rule() -> None:
    for letter, n in (("k", COLOURS), ("d", STEPS)):
        rules = re.findall(rf"^\.{letter}(\d+)\{{background:(#[0-9a-f]{{6}})\}}", palette(), re.M)
        assert [int(number) for number, _ in rules] == list(range(n))
        assert len({colour for _, colour in rules}) == n


def test_many_conditions_have_small_cells_and_very_many_a_sentence() -> None:
    runs = [conditions_run(MANY[:n], signal=1.0) for n in (12, 60)] + [
        conditions_run([f"c{n}" for n in range(MOST + 1)])
    ]
    shown, most = heat_maps(
        [PreparedRun(run, f"run {number}", 0) for number, run in enumerate(runs)], (), pd.DataFrame()
    )
    assert isinstance(shown, HeatMaps) and isinstance(most, Text)
    few, many = shown.maps
    assert (few.small, many.small) == (False, True)
    assert (few.noun, len(many.rows)) == (Noun.condition, 60)
    assert most.said.startswith(f"run 2: an RDM of {MOST + 1} conditions is too large for this page; figures/rdm_")


def differences(keys: tuple[str, str], marked: int, size: float) -> pd.DataFrame:
    pairs = [("calm", "glad"), ("calm", "sad"), ("glad", "sad")]
    rows = [
        {
            **{"key_a": keys[0], "key_b": keys[1], "condition_a": a, "condition_b": b, "p_largest": 0.01},
            **{"difference": size if number else -size, "beyond_noise": "yes" if number < marked else "no"},
        }
        for number, (a, b) in enumerate(pairs)
    ]
    return pd.DataFrame(rows, columns=DIFFERENCE_COLUMNS)


def test_differences_are_in_one_diverging_scale_with_their_marks() -> None:
    table = pd.concat([differences(("a", "b"), 1, 0.25), differences(("a", "c"), 2, 0.5)], ignore_index=True)
    (shown,) = difference_maps(table, {"a": "one", "b": "two"}, ["sad", "calm", "glad", "absent"])
    assert [own.title for own in shown.maps] == ["c − one: 2 of 3 cells framed", "two − one: 1 of 3 cells framed"]
    assert shown.ends == ("−0.50", "0.50") and shown.maps[1].conditions == ["sad", "calm", "glad"]
    sad, calm, glad = shown.maps[0].rows
    assert calm[2] == glad[1] == ("d0 sure", "−0.500 (p 0.010, beyond text noise)")
    assert sad[2] == (f"d{STEPS - 1}", "+0.500 (p 0.010)") and sad[0] == (f"d{STEPS // 2}", "0")
    assert shown.maps[1].rows[1][2][0] == "d8 sure", "of half the size"
    (shown,) = difference_maps(table, {}, ["calm"], ("b", "a"))
    assert shown.maps[0].title.startswith("b − a"), "the pair that the answer is about"


def test_few_of_many_pairs_are_on_the_page_and_none_where_nothing_was_compared() -> None:
    many = pd.concat([differences(("a", str(n)), 0, 0.1) for n in range(DIFFERENCES + 2)], ignore_index=True)
    (shown,) = difference_maps(many, {}, ["calm", "glad", "sad"])
    assert len(shown.maps) == DIFFERENCES
    assert difference_maps(many.assign(difference=float("nan")), {}, []) == []
