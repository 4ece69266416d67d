"""Findings are the tables' figures, or nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.finding import Finding
from emogeo.analysis.report.findings import findings
from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.notes import Note, NoteKind
from tests.analysis.report.planted import HOSTILE, PAIR_COLUMNS, changed, compared, first_rows, frame, material, tables


def found(tables: dict[str, Table]) -> list[Finding]:
    return findings(Material(tables, [], Catalogue(), Path("none")))


def of_pairs(*rows: dict[str, object]) -> list[Finding]:
    names = {"key_a": "a", "key_b": "b", "model_a": "m", "model_b": "n"}
    return found({"pairs": frame(PAIR_COLUMNS, *({**names, **row} for row in rows))})


def test_no_table_no_finding() -> None:
    assert found({}) == []
    empty = {name: first_rows(table, 0) for name, table in tables().items()}
    assert found(empty) == []


def test_every_sentence_has_a_figure(tmp_path: Path) -> None:
    told = findings(material(tmp_path))
    assert len({finding.topic for finding in told}) >= 12
    for finding in told:
        assert re.search(r"\d", finding.said.replace(HOSTILE, "")), finding.said


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_table_is_spoken_of_alone(name: str) -> None:
    """A table that the others do not accompany gives its findings all the same."""
    silent = {"runs", "partials", "universality", "descriptors_by_layer", "steering_texts", "behaviour_items"}
    silent |= {"behaviour_geometry"}
    assert bool(found({name: tables()[name]})) == (name not in silent)


def test_identifiable_pairs_are_counted_apart_from_others() -> None:
    known = {**compared(0.8, 0.9), "floor": 0.01, "p_holm": 0.001}
    unsure = {**compared(0.7, 0.96), "p_holm": 0.2}
    reason = Note("rho_star and p: not identifiable (6 units)", NoteKind.not_identifiable)
    raw = {"rho": 0.31, "note": [reason, Note("floor: not measured")]}
    agreement, unknown, halves = of_pairs(known, unsure, raw)
    assert "For 2 of 3 pairs" in agreement.said
    assert "ρ* is 0.90 to 0.96 (median 0.93)" in agreement.said
    assert "Raw ρ of these is 0.70 to 0.80 (median 0.75)" in agreement.said
    assert agreement.caveats[0] == "On disjoint text 1 of 2 have p (Holm) ≤ 0.05."
    assert agreement.caveats[1].startswith("1 of the 1 with a measured floor lie below 1")
    assert agreement.caveats[2].startswith("For 1 of 2 no floor was measured")
    assert unknown.unsure
    assert "For 1 of 3 pairs" in unknown.said
    assert "0.31" in unknown.said
    assert unknown.caveats == ["1 of them: rho_star and p: not identifiable (6 units)."]
    assert halves.said.endswith("0.20 comes with the text.")


def test_one_pair_is_told_with_its_interval() -> None:
    (agreement, *_) = of_pairs({**compared(0.8, 0.9), "floor": 0.2, "p_holm": 0.001})
    assert "ρ* is 0.90 [0.85, 0.95]" in agreement.said
    assert agreement.caveats[1].startswith("0 of the 1"), "the interval ends above 1 minus the floor"


def test_runs_of_one_model_and_other_half_sizes_are_told_apart() -> None:
    same_model = {"model_b": "m", **compared(0.99, 1.0)}
    told = of_pairs(compared(0.8, 0.9), same_model, {**compared(0.5, 0.6), "half_size": 3, "rho_star": None})
    agreements = [finding for finding in told if finding.topic.startswith("Agreement")]
    assert [finding.topic for finding in agreements] == [
        "Agreement of runs of different models",
        "Agreement of runs of one model",
    ]
    assert "For 1 of 2 pairs" in agreements[0].said
    assert "ρ* is 0.90" in agreements[0].said
    assert "For 1 of 1 pair" in agreements[1].said
    halves = [finding.said for finding in told if finding.topic == "Stimulus control"]
    assert [said.partition(" with")[0] for said in halves] == [
        "Over 1 pair of runs of different models, halves of 3 units",
        "Over 1 pair of runs of different models, halves of 12 units",
        "Over 1 pair of runs of one model, halves of 12 units",
    ]


def test_no_p_can_be_small_with_few_relabellings() -> None:
    variance = tables()["variance"]
    (sure,), (unsure,) = (found({"variance": changed(variance, p_min=p_min)}) for p_min in (0.01, 0.5))
    assert (sure.unsure, unsure.unsure) == (False, True)
    assert unsure.caveats[-1] == "1 of 1 have too few relabellings for a p of 0.05."


def test_an_effect_without_a_floor_is_unsure() -> None:
    effects = changed(tables()["effects"], counts="not identifiable")
    (finding,) = found({"effects": effects})
    assert finding.unsure
    assert "0 beyond floor and null, 0 not, 2 not identifiable" in finding.said


def test_a_model_that_fails_the_capability_check_has_no_value() -> None:
    stance, format = found({"behaviour": tables()["behaviour"]})
    assert "stance: 0.35 [0.15, 0.55] over 20 items" in stance.said
    assert "format: capability 0.20, so no value is given" in format.said
    assert format.unsure
    assert not stance.unsure


def test_too_few_random_directions_decide_nothing() -> None:
    shifts = changed(tables()["steering_shifts"], beats_random="not identifiable", note="3 random directions")
    (finding,) = found({"steering_shifts": shifts})
    assert "0 beyond" in finding.said
    assert "1 not identifiable" in finding.said
    assert "+1.25 nats, random +0.10 (-0.50 to +0.60)" in finding.said
    assert finding.unsure
    assert "3 random directions." in finding.caveats


def test_flags_and_effects(tmp_path: Path) -> None:
    told = {finding.topic: finding for finding in findings(material(tmp_path))}
    assert told["Descriptors"].said.startswith("2 of 3 geometries with a flag. Anisotropy: 0.91 to 0.97")
    assert told["Descriptors"].unsure
    assert "1 beyond floor and null, 0 not, 1 not identifiable" in told["Effect of precision"].said
    assert "1 − ρ* = 0.20 [0.10, 0.30]" in told["Effect of precision"].said
    assert "raw ρ is 0.30" in told["Effect of precision"].caveats[0]
    assert told["Claims"].said == "Of 2 published claims: 1 reproduced and 1 not testable."
