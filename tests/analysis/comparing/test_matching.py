"""Minimal pairs, as configurations tell them."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import pytest

from emogeo.analysis.comparing.factor import Contrast, EffectKind
from emogeo.analysis.comparing.matching import minimal_pairs, n_without_conditions, partner, without_echoes
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.config.mode import Mode
from emogeo.config.texts import Context
from emogeo.record.files import TEXTS
from emogeo.record.run import Run
from tests.analysis.planted_effects import as_recipe
from tests.planted_catalogue import MATCHED, READ_ALIKE, Design, draw, lines_of
from tests.planted_records import altered, usual_config

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
        ("method", "comparable, loose", "A", "B"),
        ("method", "comparable, matched", "A", "C"),
        ("method", "comparable, matched (int8)", "A8", "D"),
        ("sub_parameter", "all of the writing", "B", "C"),
        ("precision", "in comprehension, bf16–int8", "A", "A8"),
        ("precision", "in replay, bf16–int8", "C", "C_replay"),
        ("precision", "of the writer alone, read at int8", "D", "C_replay"),
        ("precision", "regenerated, bf16–int8", "C", "D"),
        ("precision", NULL, "C", "C_again"),
        ("cross_experiment", "comparable, matched, bf16–int8", "A", "D"),
    }
    runs = {ready.run.key: ready.run for ready in planted}
    assert partner(list(runs.values()), runs["A"], runs["D"]) is runs["C"]
    assert partner([runs["A"], runs["D"], runs["C_again"]], runs["A"], runs["D"]) is None
    generation = runs["C"].record.generation
    assert generation is not None
    by_other = dataclasses.replace(generation, written=dataclasses.replace(generation.written, model="other"))
    elsewhere = altered(runs["C"], model_name="other", model_id="other", generation=by_other)
    assert partner([runs["A"], runs["D"], elsewhere], runs["A"], runs["D"]) is None


def test_what_another_model_wrote_is_no_effect_of_this_one(planted: list[PreparedRun]) -> None:
    d, replayed = (next(r for r in planted if r.name == name) for name in ("D", "C_replay"))
    generation = replayed.run.record.generation
    assert generation is not None
    foreign = dataclasses.replace(generation, written=dataclasses.replace(generation.written, model="another"))
    read = dataclasses.replace(replayed, run=altered(replayed.run, generation=foreign))
    assert [pair.factor.label for pair in minimal_pairs([d.run, replayed.run])] == ["of the writer alone, read at int8"]
    assert minimal_pairs([d.run, read.run]) == []


def runs_of(planted: list[PreparedRun], *names: str) -> list[Run]:
    by_name = {ready.name: ready.run for ready in planted}
    return [by_name[name] for name in names]


def test_the_order_of_runs_does_not_matter(planted: list[PreparedRun]) -> None:
    runs = [ready.run for ready in planted]
    for own in (runs, runs[::-1]):
        assert [(p.factor.label, p.a.key, p.b.key) for p in minimal_pairs(own)] == [
            (p.factor.label, p.a.key, p.b.key) for p in minimal_pairs(runs)
        ]


def test_runs_of_two_models_make_no_pair(planted: list[PreparedRun]) -> None:
    a, c = runs_of(planted, "A", "C")
    assert len(minimal_pairs([a, c])) == 1
    assert minimal_pairs([a, altered(c, model_revision="another")]) == []


def test_what_was_written_again_holds_more_than_its_factor(planted: list[PreparedRun]) -> None:
    found = {pair.factor.label: pair.is_rewritten for pair in minimal_pairs([ready.run for ready in planted])}
    assert {label for label, rewritten in found.items() if rewritten} == {
        "all of the writing",
        "of the writer alone, read at int8",
        "regenerated, bf16–int8",
    }


def test_one_parameter_of_reading_is_a_pair_and_two_are_none(planted: list[PreparedRun]) -> None:
    (a,) = runs_of(planted, "A")

    def read(*words: str) -> Run:
        return altered(a, key=" ".join(words), config=usual_config(*READ_ALIKE, *words))

    (pair,) = minimal_pairs([a, read("pooling.position=last")])
    assert (pair.factor.label, pair.aliased) == ("position (comprehension)", ())
    assert minimal_pairs([a, read("pooling.position=last", "norm=unit")]) == []


def test_all_of_the_reading_is_one_factor_with_its_parameters_named(planted: list[PreparedRun]) -> None:
    (c,) = runs_of(planted, "C")
    words = ("pooling.position=last", "layer_selection.depth=0.5", "centring=neutral", "norm=unit")
    other = altered(c, key="other", config=usual_config(*MATCHED, *words))
    (pair,) = minimal_pairs([c, other])
    assert (pair.factor.label, pair.aliased) == ("all of the reading", ("position", "layer", "centring"))


def test_some_of_the_same_passages_are_no_pair(planted: list[PreparedRun]) -> None:
    (a,) = runs_of(planted, "A")
    lines = lines_of("other", 24)
    (pair,) = minimal_pairs([a, altered(a, {TEXTS: lines}, key="other")])
    assert (pair.factor.kind, pair.factor.label) == (EffectKind.text, "corpus"), "two corpora of one name"
    partly = b"\n".join([a.files[TEXTS].split(b"\n")[0], *lines.split(b"\n")[1:]])
    assert minimal_pairs([a, altered(a, {TEXTS: partly}, key="partly")]) == []


def test_topics_told_in_two_languages_are_a_pair_of_the_language(planted: list[PreparedRun]) -> None:
    a, c = runs_of(planted, "A", "C")

    def told(key: str, *words: str, topics: str = "topic") -> Run:
        config = usual_config(*READ_ALIKE, "stimuli=passages_de", *words)
        return altered(a, {TEXTS: lines_of(key, 24, topics)}, key=key, config=config)

    german = told("auf Deutsch")
    (pair,) = minimal_pairs([german, a])
    assert (pair.factor.label, pair.aliased) == ("language de–en", ())
    assert pair.factor.kind is EffectKind.text
    assert minimal_pairs([a, told("anders gelesen", "pooling.position=last")]) == []
    assert minimal_pairs([a, told("anderswo", topics="place")]) == [], "another language and other topics"
    diary = usual_config(*READ_ALIKE, "stimuli=diaries")
    diaries = altered(a, {TEXTS: lines_of("diaries", 24)}, key="diaries", stimuli="diaries", config=diary)
    assert minimal_pairs([german, diaries]) == [], "another language and another voice"
    (method,) = minimal_pairs([german, c])
    assert method.aliased == ("text", "template", "prompt", "language")


def test_two_corpora_are_an_effect_of_whose_texts_they_are(planted: list[PreparedRun]) -> None:
    (a,) = runs_of(planted, "A")
    other = altered(a, {TEXTS: lines_of("told by others", 24)}, key="other", stimuli="diaries")
    (pair,) = minimal_pairs([a, other])
    assert (pair.factor.kind, pair.factor.label, pair.aliased) == (EffectKind.text, "corpus diaries–passages", ())
    assert minimal_pairs([a, altered(other, config=usual_config(*READ_ALIKE, "pooling.position=last"))]) == []


def test_corpora_of_other_conditions_are_no_pair(planted: list[PreparedRun]) -> None:
    (a,) = runs_of(planted, "A")
    for n, pairs in ((3, 0), (4, 1)):
        shared = (*a.record.emotions[:n], *(f"other{i}" for i in range(8)))
        lines = {TEXTS: lines_of("told by others", 24)}
        other = altered(a, lines, key="other", stimuli="diaries", emotions=shared)
        assert (len(minimal_pairs([a, other])), n_without_conditions([a, other])) == (pairs, 1 - pairs)


def test_texts_of_two_writers_are_an_effect_where_one_model_reads_them_alike(planted: list[PreparedRun]) -> None:
    (c,) = runs_of(planted, "C")
    generation = c.record.generation
    assert generation is not None
    alone = replace(c.config, generation=replace(c.config.generation, context=Context.none))
    own = altered(c, key="own", config=alone)
    foreign = {
        name: altered(
            c,
            {TEXTS: lines_of(name, 24)},
            key=name,
            generation=replace(generation, key=name, written=replace(generation.written, model=name)),
        )
        for name in ("another", "a third")
    }
    labels = {(pair.factor.kind, pair.factor.label) for pair in minimal_pairs([c, own, *foreign.values()])}
    assert labels == {
        (EffectKind.sub_parameter, "context"),
        (EffectKind.text, f"writer another–{c.model}, without the prompt"),
        (EffectKind.text, f"writer a third–{c.model}, without the prompt"),
        (EffectKind.text, "writer a third–another, without the prompt"),
    }, "own stories after their prompts are not read as those of others are"


def test_designs_with_and_without_enough_units_are_not_mixed(planted: list[PreparedRun]) -> None:
    a, c = runs_of(planted, "A", "C")
    generation = c.record.generation
    assert generation is not None
    few = replace(generation, written=replace(generation.written, topics=("one", "two")))
    assert minimal_pairs([a, altered(c, generation=few)]) == []


def test_rereads_and_replays_that_repeat_a_reading_are_echoes(planted: list[PreparedRun]) -> None:
    c, replayed, reread = runs_of(planted, "C", "C_replay", "A_reread")
    repeats = altered(c, key="again", mode=Mode.replay)
    assert without_echoes([c, repeats, replayed, reread]) == [c, replayed]
    (pair,) = minimal_pairs([repeats, c])
    assert (pair.factor.label, pair.a, pair.b) == ("replay at its own precision", c, repeats)
    assert without_echoes([repeats]) == [repeats], "what it repeats is not there"


def test_the_published_sets_of_a_pair(planted: list[PreparedRun]) -> None:
    by_name = {ready.name: ready for ready in planted}
    a = as_recipe(by_name["A"], "m", "recipe=jeong_comprehension").run
    d = as_recipe(by_name["D"], "m", "recipe=jeong_matched", "precision=int8").run
    (pair,) = minimal_pairs([d, a])
    assert (pair.published_sets, pair.factor.label) == ("A-D", "as published, matched, bf16–int8")
    assert [own.published_sets for own in minimal_pairs(runs_of(planted, "A", "D"))] == [None]


def test_what_is_compared_is_the_same_in_two_models_but_for_seeds(planted: list[PreparedRun]) -> None:
    runs = {ready.name: ready.run for ready in planted}
    (across,) = (p for p in minimal_pairs([runs["A"], runs["D"]]))
    generation = runs["D"].record.generation
    assert generation is not None
    other = dataclasses.replace(generation, written=dataclasses.replace(generation.written, seed=7, model="other"))
    named = {"model_name": "other", "model_id": "other"}
    same = replace(across, a=altered(runs["A"], **named), b=altered(runs["D"], **named, generation=other))
    assert same.compared == across.compared
    read = usual_config("pooling.position=last", "layer_selection=depth", "layer_selection.depth=0.85")
    elsewhere = replace(across, a=altered(runs["A"], config=read))
    assert elsewhere.factor == across.factor
    assert elsewhere.compared != across.compared


def in_context(run: Run, context: str) -> Run:
    """The same texts, read again after something else."""
    config = usual_config(*MATCHED, "centring=grand_mean", "norm=none", "mode=replay", f"generation.context={context}")
    return altered(run, key=f"{run.key} {context}", mode=Mode.replay, config=config)


def test_contexts_are_one_sub_parameter(planted: list[PreparedRun]) -> None:
    b, c = runs_of(planted, "B", "C")
    alone, after = in_context(c, "none"), in_context(c, "neutral")
    found = {(pair.factor.label, pair.a.key, pair.b.key): pair for pair in minimal_pairs([b, c, alone, after])}
    assert set(found) == {
        ("all of the writing", "B", "C"),
        ("context", "C", "C none"),
        ("context (prompt–neutral)", "C", "C neutral"),
        ("context (none–neutral)", "C neutral", "C none"),
    }, "another context and another writing are no pair"
    own = found["context", "C", "C none"]
    assert (own.factor.kind.value, own.aliased, own.is_rewritten) == ("sub_parameter", (), False)


def test_passages_and_own_texts_say_whether_the_prompt_is_in_the_context(planted: list[PreparedRun]) -> None:
    a, c, d = runs_of(planted, "A", "C", "D")
    runs = [a, c, in_context(c, "none"), in_context(c, "neutral"), d]
    found = {pair.factor.label: pair.aliased for pair in minimal_pairs(runs) if pair.a is a}
    assert found == {
        "comparable, matched": ("text", "template", "prompt"),
        "comparable, matched, without the prompt": ("text", "template"),
        "comparable, matched, after the neutral prompt": ("text", "template", "neutral prompt"),
        "comparable, matched, bf16–int8": ("text", "template", "prompt", "precision"),
    }


def test_two_runs_without_their_prompt_are_told_from_two_with_it(planted: list[PreparedRun]) -> None:
    c, again = runs_of(planted, "C", "C_again")
    generation = again.record.generation
    (pair,) = minimal_pairs([in_context(c, "none"), altered(in_context(again, "none"), generation=generation)])
    assert pair.factor.label == "regeneration (null), without the prompt"
