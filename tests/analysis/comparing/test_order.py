"""The order of conditions of an analysis is that of the runs that have learned something."""

from __future__ import annotations

from dataclasses import replace

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


def _of(each: PreparedRun) -> list[str]:
    return consensus_order([NamedRdm(each.run.conditions, each.run.rdm)])
