"""Minimal pairs, as configurations tell them."""

from __future__ import annotations

import dataclasses

import pytest

from emogeo.analysis.comparing.factor import Contrast
from emogeo.analysis.comparing.matching import minimal_pairs, partner
from emogeo.analysis.comparing.prepared import PreparedRun
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered

DESIGN = Design(a_c=0.495, b_c=0.8, c_d=1.0)


NULL = Contrast.null.value


@pytest.fixture(scope="module")
def planted() -> list[PreparedRun]:
    return draw(DESIGN, 0)


def test_comparisons_are_found_from_configurations(planted: list[PreparedRun]) -> None:
    found = {
        (pair.factor.kind.value, pair.factor.label, pair.a.key, pair.b.key)
        for pair in minimal_pairs([ready.run for ready in planted])
    }
    assert found == {
        ("method", "read alike, loose", "A", "B"),
        ("method", "read alike, matched", "A", "C"),
        ("method", "read alike, matched (int8)", "A8", "D"),
        ("sub_parameter", "all of the writing", "B", "C"),
        ("precision", "in comprehension, bf16–int8", "A", "A8"),
        ("precision", "in replay, bf16–int8", "C", "C_replay"),
        ("precision", "of the writer alone, read at int8", "D", "C_replay"),
        ("precision", "regenerated, bf16–int8", "C", "D"),
        ("precision", NULL, "C", "C_again"),
        ("cross_experiment", "read alike, matched, bf16–int8", "A", "D"),
    }
    runs = {ready.run.key: ready.run for ready in planted}
    assert partner(list(runs.values()), runs["A"], runs["D"]) is runs["C"]
    assert partner([runs["A"], runs["D"], runs["C_again"]], runs["A"], runs["D"]) is None


def test_what_another_model_wrote_is_no_effect_of_this_one(planted: list[PreparedRun]) -> None:
    d, replayed = (next(r for r in planted if r.name == name) for name in ("D", "C_replay"))
    generation = replayed.run.record.generation
    assert generation is not None
    foreign = dataclasses.replace(generation, written=dataclasses.replace(generation.written, model="another"))
    read = dataclasses.replace(replayed, run=altered(replayed.run, generation=foreign))
    assert [pair.factor.label for pair in minimal_pairs([d.run, replayed.run])] == ["of the writer alone, read at int8"]
    assert minimal_pairs([d.run, read.run]) == []
