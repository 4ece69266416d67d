"""Corpora that runs have read: grouped by texts, conditions and units, each checked once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.analysis.comparing.corpora import blocked_texts, family_field, read_corpora
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.geometry.corpus_flags import FlagKind
from emogeo.geometry.dependence import dependence
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.conftest import compose_train
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered


@pytest.fixture(scope="module")
def models() -> list[PreparedRun]:
    return catalogue([PlantedModel(name, name, "base", 1.0) for name in "mno"])


def with_families(each: PreparedRun, size: int = 3) -> PreparedRun:
    """The same run with families of topics as units."""
    config = compose_train("stimuli.path=mine.csv", "stimuli.fields.family=kind")
    order = list(dict.fromkeys(each.labels.topics))
    units = tuple(f"f{order.index(topic) // size}:0" for topic in each.labels.topics)
    n_units = len(set(units))
    return replace(each, run=altered(each.run, config=config, units=units, n_units=n_units))


def test_runs_of_the_same_texts_are_one_corpus_and_rereads_none() -> None:
    runs = draw(Design(0.5, 0.1, 0.5), 0)
    found = read_corpora(runs)
    assert [[each.name for each in corpus.runs] for corpus in found] == [
        *(["A", "A8"], ["B"], ["C", "C_replay"], ["C_again"], ["D"]),
    ]


def test_what_models_make_of_the_units_stands_with_the_texts(models: list[PreparedRun]) -> None:
    (corpus,) = read_corpora(models)
    assert corpus.checks.reliabilities == {each.name: each.halves.reliability for each in models}
    for each in models:
        assert corpus.checks.dependences[each.name] == dependence(each.halves.products, each.seed)
    assert corpus.families is None
    first, *others = corpus.checks.flags
    assert (first.kind, first.blocks) == (FlagKind.cue_words, True), "planted texts name their condition"
    kinds = ", ".join(flag.kind.value for flag in (first, *others) if flag.blocks)
    assert blocked_texts([corpus]) == {models[0].run.text_digest: f"the texts bar a verdict: {kinds}"}


def test_the_same_texts_in_other_units_are_another_corpus(models: list[PreparedRun]) -> None:
    families = with_families(models[0])
    found = read_corpora([*models, families])
    assert [len(corpus.runs) for corpus in found] == [3, 1]
    assert (family_field(families), family_field(models[0])) == ("kind", None)
    assert found[1].families is not None
    assert found[1].families.value == pytest.approx(0, abs=0.05), "planted topics are independent"
    assert found[1].families.n_effective == pytest.approx(12, abs=1.2)
