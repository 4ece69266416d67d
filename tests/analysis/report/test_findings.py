"""Findings are the tables' figures, or nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from emogeo.analysis.report.findings import findings
from tests.analysis.report.planted import (
    HOSTILE,
    MODEL,
    changed,
    first_rows,
    found,
    material,
    tables,
)


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
    silent = {"runs", "universality", "descriptors_by_layer", "steering_texts", "behaviour_items", "readout_texts"}
    silent |= {"behaviour_geometry", "measures", "measure_verdicts", "measure_orders", "depth_grid", "depth_choices"}
    silent |= {"about", "lens", "map", "map_shifts", "decoding", "decoding_confusion", "rdm_differences"}
    assert bool(found({name: tables()[name]})) == (name not in silent)


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


def test_flags_and_effects(tmp_path: Path) -> None:
    told = {finding.topic: finding for finding in findings(material(tmp_path))}
    assert told["Descriptors"].said.startswith("2 of 3 geometries with a flag. Anisotropy: 0.91 to 0.97")
    assert told["Descriptors"].unsure
    assert "1 beyond floor and null, 0 not, 1 not identifiable" in told["Effect of precision"].said
    assert "1 − ρ* = 0.20 [0.10, 0.30]" in told["Effect of precision"].said
    assert "raw ρ is 0.30" in told["Effect of precision"].caveats[0]


def test_a_claim_is_reproduced_on_the_studys_models_and_holds_here_on_others() -> None:
    (told,) = found({"claims": tables()["claims"]})
    judged = "Of 2 published claims, judged on the study's own models alone: 1 reproduced and 1 not testable."
    assert told.said == judged
    assert told.caveats == [
        f"Reproduced: {HOSTILE}, measured 0.83 [0.70, 0.90], published 0.80.",
        f"Does not hold here: {HOSTILE}; {MODEL}.",
        "Holds here (3 models, 3 families): method dissociation, measured 0.30, published 0.20; a, b, c.",
    ]


def test_claims_that_nothing_tells_are_not_printed_as_findings() -> None:
    claims = changed(tables()["claims"], verdict="not testable", here="cannot tell (2 families, 3 needed)")
    (told,) = found({"claims": claims})
    assert (told.caveats, told.unsure) == ([], True)


def test_a_relation_without_p_says_nothing_of_p() -> None:
    relations = changed(first_rows(tables()["relations"], 1), r=0.5, n_models=4, n_families=3, p=float("nan"))
    (relation, *_) = found({"relations": relations})
    assert "r = " in relation.said
    assert "p =" not in relation.said
