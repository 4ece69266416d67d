"""Checkpoints of one model are found by architecture, whatever they are called; the base comes first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from emogeo.analysis.comparing.checkpoints import checkpoints_of, floors_by_block, states_by_block
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.record.types import GeometryRecord
from emogeo.store.store import Store
from tests.analysis.planted_models import PlantedModel, catalogue

BASE = PlantedModel("zeta-base", "zeta", "base", 1.0)


BASE_BLOCKS = catalogue([BASE])[0].run.record.model.n_layers


def of_blocks(each: PreparedRun, n_layers: int) -> PreparedRun:
    record = each.run.record
    assert isinstance(record, GeometryRecord)
    card = replace(record.model, n_layers=n_layers)
    return replace(each, run=replace(each.run, record=replace(record, model=card)))


def pairs(models: list[PlantedModel]) -> list[tuple[str, str]]:
    return [(own.first.run.model, own.second.run.model) for own in checkpoints_of(distinct(models))]


def distinct(models: list[PlantedModel]) -> list[PreparedRun]:
    """Runs whose weights are told apart by their revision."""
    found = []
    for each in catalogue(models):
        record = each.run.record
        assert isinstance(record, GeometryRecord)
        card = replace(record.model, revision=f"sha256:{record.model.name}")
        found.append(replace(each, run=replace(each.run, record=replace(record, model=card))))
    return found


def test_the_base_is_compared_with_every_other() -> None:
    models = [PlantedModel("a-chat", "zeta", "instruct", 1.0), BASE, PlantedModel("b-chat", "zeta", "instruct", 1.05)]
    assert pairs(models) == [("zeta-base", "a-chat"), ("zeta-base", "b-chat")]


def test_other_families_sizes_and_precisions_are_no_checkpoints() -> None:
    others = [
        PlantedModel("eta", "eta", "instruct", 1.0),
        PlantedModel("larger", "zeta", "instruct", 3.0),
        PlantedModel("rough", "zeta", "instruct", 1.0, precision="fp16"),
    ]
    assert pairs([BASE, *others]) == []


def test_those_of_another_number_of_blocks_are_paired_by_their_firsts() -> None:
    made = distinct([BASE, *(PlantedModel(name, "zeta", "instruct", None) for name in ("a", "b", "c", "d"))])
    found = [of_blocks(each, 3) if each.run.model in ("b", "c") else each for each in made]
    pairs = checkpoints_of(found)
    named = {(own.first.run.model, own.second.run.model): own.depths for own in pairs}
    usual = BASE_BLOCKS
    assert named == {
        ("zeta-base", "a"): (usual, usual),
        ("zeta-base", "d"): (usual, usual),
        ("b", "c"): (3, 3),
        ("zeta-base", "b"): (usual, 3),
    }


def test_without_a_base_the_first_is_first() -> None:
    models = [PlantedModel(name, "zeta", "instruct", 1.0) for name in ("one", "two")]
    assert pairs(models) == [("one", "two")]


def test_a_run_without_its_pass_says_so(tmp_path: Path) -> None:
    (each,) = catalogue([BASE])
    said = states_by_block(each.run, Store(tmp_path))
    assert isinstance(said, str) and "read again with force=true" in said
    assert floors_by_block(each.run, [each.run], [0]) == [None]
