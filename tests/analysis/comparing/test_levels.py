"""What a run was made with, as its record tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.analysis.comparing.levels import Parameter, levels
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.config.texts import Context, Thinking
from emogeo.record.files import TEXTS
from emogeo.record.run import Run
from tests.analysis.planted_effects import as_recipe
from tests.planted_catalogue import LOOSE, READ_ALIKE, Design, draw, lines_of
from tests.planted_records import altered, usual_config

DESIGN = Design(a_c=0.495, b_c=0.8, c_d=1.0)


@pytest.fixture(scope="module")
def planted() -> list[PreparedRun]:
    return draw(DESIGN, 0)


def test_factors_without_a_meaning_have_no_level(planted: list[PreparedRun]) -> None:
    a, c = (levels(next(r.run for r in planted if r.name == name)) for name in "AC")
    own = {name for name, label in a.labels().items() if label == ""}
    assert own >= {"template", "chat", "decoding", "writer", "seed"}
    assert c.passage_template is c.passages is None
    assert a.position == c.position
    assert (a.context, c.context) == (None, Context.prompt)
    assert c.labels()["context"] == "prompt"


def run_of(planted: list[PreparedRun], name: str) -> Run:
    return next(ready.run for ready in planted if ready.name == name)


@pytest.mark.parametrize(
    ("first", "second", "differ"),
    [
        ("A", "A_reread", []),
        ("A", "A8", ["precision"]),
        ("C", "C_again", ["repetition"]),
        ("C", "C_replay", ["precision"]),
        ("D", "C_replay", ["writer"]),
        ("C", "D", ["precision", "writer"]),
        ("B", "C", ["template", "chat", "samples", "decoding", "length", "topics"]),
    ],
)
def test_planted_sets_differ_in_what_was_planted(
    planted: list[PreparedRun], first: str, second: str, differ: list[str]
) -> None:
    one, two = (levels(run_of(planted, name)) for name in (first, second))
    assert one.differing(two) == two.differing(one) == differ


@pytest.mark.parametrize(
    ("name", "word", "parameter"),
    [
        ("A", "pooling.skip=2", Parameter.position),
        ("A", "layer_selection.depth=0.5", Parameter.layer),
        ("A", "max_depth=0.9", Parameter.layer),
        ("A", "norm=unit", Parameter.centring),
        ("A", "denoising.method=neutral_pcs", Parameter.denoising),
        ("A", "prompt_template=feeling", Parameter.passage_template),
        ("B", "generation.top_p=0.5", Parameter.decoding),
        ("C", "generation.samples=3", Parameter.samples),
        ("C", "generation.min_new_tokens=1", Parameter.length),
        ("B", "generation.ban_emotion_words=true", Parameter.banned_words),
        ("C", "prompt_template.chat=false", Parameter.chat),
        ("C", "generation.context=none", Parameter.context),
        ("B", "generation.context=neutral", Parameter.context),
    ],
)
def test_one_word_moves_one_parameter(planted: list[PreparedRun], name: str, word: str, parameter: Parameter) -> None:
    ready = next(ready for ready in planted if ready.name == name)
    usual = {"A": READ_ALIKE, "B": LOOSE, "C": ("recipe=jeong_matched",)}[name]
    first, second = (levels(as_recipe(ready, "m", *usual, *words).run) for words in ((), (word,)))
    assert first.differing(second) == [parameter]


def test_labels_are_the_same_for_equal_levels_alone(planted: list[PreparedRun]) -> None:
    a, a8, again = (levels(run_of(planted, name)).labels() for name in ("A", "A8", "A_reread"))
    assert list(a) == [parameter.value for parameter in Parameter]
    assert a == again
    assert {name for name in a if a[name] != a8[name]} == {"precision"}
    assert (a["precision"], a8["precision"]) == ("bf16", "int8")


def test_english_is_no_level_and_another_language_is(planted: list[PreparedRun]) -> None:
    run = run_of(planted, "A")
    german = altered(run, {TEXTS: lines_of("deutsch", 24)}, config=usual_config(*READ_ALIKE, "stimuli=passages_de"))
    assert levels(run).language is None
    assert levels(run).differing(levels(german)) == [Parameter.language, Parameter.passages]


def test_passages_are_known_by_what_they_say(planted: list[PreparedRun]) -> None:
    run = run_of(planted, "A")
    other = altered(run, {TEXTS: lines_of("other", 24)})
    assert levels(run).differing(levels(other)) == [Parameter.passages]


def test_a_context_of_passages_means_nothing_and_texts_of_another_model_are_read_alone(
    planted: list[PreparedRun],
) -> None:
    a, c = run_of(planted, "A"), run_of(planted, "C")
    config = usual_config(*READ_ALIKE)
    config.generation.context = Context.none
    assert levels(altered(a, config=config)) == levels(a)
    assert levels(altered(c, model_name="another")).context is Context.none


def test_what_became_of_thoughts_is_a_level_where_the_model_has_any(planted: list[PreparedRun]) -> None:
    ready = next(ready for ready in planted if ready.name == "C")
    generation = ready.run.record.generation
    assert generation is not None
    template = replace(generation.written.prompt_template, thinking=Thinking.keep)
    written = replace(generation.written, prompt_template=template)
    other = levels(altered(ready.run, generation=replace(generation, written=written)))
    assert levels(ready.run).thinking is None
    assert levels(ready.run).differing(other) == [Parameter.thinking]
    run = run_of(planted, "A")
    asked = [
        altered(run, config=usual_config("prompt_template=chat", *words))
        for words in ((), ("prompt_template.thinking=keep",))
    ]
    assert levels(asked[0]).differing(levels(asked[1])) == [Parameter.thinking]
