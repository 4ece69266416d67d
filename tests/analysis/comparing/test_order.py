"""The order of conditions of an analysis is that of the runs that have learned something."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from emogeo.analysis.comparing import order
from emogeo.analysis.comparing.order import shared_order
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.config.model import Init
from emogeo.geometry.ordering import NamedRdm, consensus_order
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.planted_records import altered


def test_untrained_twins_count_where_there_is_nothing_else() -> None:
    first, second = catalogue([PlantedModel("a", "x", "base", 1.0), PlantedModel("b", "y", "base", 1.0, own=1.0)])
    twin = replace(second, run=altered(second.run, model=replace(second.run.record.model, init=Init.random)))
    assert shared_order([first, twin]) == shared_order([first]) == _of(first)
    assert shared_order([twin]) == _of(second) != _of(first)


def test_of_many_runs_one_more_changes_no_order_unless_it_has_other_conditions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(order, "MANY", 1)
    first, second = catalogue([PlantedModel("a", "x", "base", 1.0), PlantedModel("b", "y", "base", 1.0, own=1.0)])
    assert shared_order([first, second]) == _of(first) != _of(second)
    named = tuple(f"{name} too" for name in second.run.conditions)
    assert first.run.key < second.run.key
    other = replace(
        second, run=SimpleNamespace(key="z", reread_of=None, untrained=False, conditions=named, rdm=second.run.rdm)
    )
    assert set(shared_order([first, other])) == {*first.run.conditions, *named}


def _of(each: PreparedRun) -> list[str]:
    return consensus_order([NamedRdm(each.run.conditions, each.run.rdm)])


def test_those_decide_whose_keys_come_first_wherever_they_stand() -> None:
    keys = [f"{number:02x}" for number in range(40)]
    assert order.deciding(reversed(keys)) == set(keys[: order.MANY])
    assert order.deciding(keys[:3]) == set(keys[:3])
