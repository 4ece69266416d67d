"""Who wrote what a run reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emogeo.analysis.comparing.writers import (
    has_written_texts,
    is_by_itself,
    is_first,
    is_own,
    is_written_and_read,
    mode_of,
    planned_units,
    precision_of,
    same_model,
    same_texts,
)
from emogeo.config.mode import Mode
from emogeo.record.files import TEXTS
from emogeo.record.run import Run
from tests.planted_catalogue import Design, draw, lines_of
from tests.planted_records import altered


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return {ready.name: ready.run for ready in draw(Design(0.5, 0.1, 0.5), 0)}


def written(run: Run, **changes: Any) -> Run:
    """A run whose texts were written otherwise."""
    generation = run.record.generation
    assert generation is not None
    return altered(run, generation=replace(generation, written=replace(generation.written, **changes)))


@pytest.mark.parametrize(
    ("name", "own", "itself", "texts", "first", "mode"),
    [
        ("A", True, True, False, True, Mode.comprehension),
        ("C", True, True, True, True, Mode.generation),
        ("C_again", True, True, True, False, Mode.generation),
        ("C_replay", False, True, True, True, Mode.replay),
        ("D", True, True, True, True, Mode.generation),
    ],
)
def test_planted_sets(
    runs: dict[str, Run], name: str, own: bool, itself: bool, texts: bool, first: bool, mode: Mode
) -> None:
    run = runs[name]
    assert (is_own(run), is_by_itself(run), has_written_texts(run), is_first(run)) == (own, itself, texts, first)
    assert mode_of(run) is mode
    assert is_written_and_read(run) is (own and texts)


def test_what_another_model_wrote_is_neither_its_own_nor_by_itself(runs: dict[str, Run]) -> None:
    foreign = written(runs["C"], model="another")
    assert not (is_by_itself(foreign) or is_own(foreign) or is_written_and_read(foreign))
    assert has_written_texts(foreign)


def test_units_are_planned_as_topics_then_prompts_then_replicates(runs: dict[str, Run]) -> None:
    assert planned_units(runs["A"]) == runs["A"].record.n_units == 24
    generation = runs["C"].record.generation
    assert generation is not None
    asked, template = generation.written.generation, generation.written.prompt_template
    many = replace(asked, replicates=5)
    assert planned_units(written(runs["C"], topics=("x", "y", "z"), generation=many)) == 3
    prompts = replace(template, prompts=("p", "q"))
    assert planned_units(written(runs["C"], topics=None, prompt_template=prompts, generation=many)) == 2
    one = replace(template, prompts=("p",))
    assert planned_units(written(runs["C"], topics=(), prompt_template=one, generation=many)) == 5


def test_texts_are_the_same_by_their_key_and_by_what_they_say(runs: dict[str, Run]) -> None:
    assert same_texts(runs["C"], runs["C_replay"])
    assert not same_texts(runs["C"], runs["C_again"])
    assert not same_texts(runs["A"], runs["A_reread"]), "passages were not written"
    again = altered(runs["C_replay"], {TEXTS: lines_of("rewritten", 24)})
    assert not same_texts(runs["C"], again), "other texts under one key"


def test_models_are_the_same_at_any_precision_and_other_weights_are_not(runs: dict[str, Run]) -> None:
    assert same_model(runs["A"], runs["D"])
    assert not same_model(runs["A"], altered(runs["A"], model_revision="another"))
    assert not same_model(runs["A"], altered(runs["A"], model_id="another"))


def test_a_precision_is_quantized_by_its_configuration_and_not_by_its_label(runs: dict[str, Run]) -> None:
    plain, int8 = precision_of(runs["A"]), precision_of(runs["A8"])
    assert (str(plain), plain.quantized, str(int8), int8.quantized) == ("bf16", False, "int8", True)
    assert not precision_of(altered(runs["A"], precision="int8")).quantized
