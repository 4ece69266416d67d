"""As which set of the published design runs count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.analysis.comparing.levels import levels
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.recipes import Writing, published_set, writing_of
from tests.analysis.planted_effects import as_recipe
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered

MODEL = "llama-3.1-8b-instruct"
WORDS = {
    "A": ("recipe=jeong_comprehension",),
    "B": ("recipe=jeong_loose", "layer_selection=min_mean_cosine"),
    "C": ("recipe=jeong_matched",),
    "D": ("recipe=jeong_matched", "precision=int8"),
}


@pytest.fixture(scope="module")
def planted() -> dict[str, PreparedRun]:
    return {ready.name: ready for ready in draw(Design(0.5, 0.1, 0.5), 0)}


def set_of(planted: dict[str, PreparedRun], name: str, *changes: str) -> str | None:
    return published_set(as_recipe(planted[name], MODEL, *WORDS[name], *changes).run)


@pytest.mark.parametrize("name", "ABCD")
def test_each_recipe_makes_its_set(planted: dict[str, PreparedRun], name: str) -> None:
    assert set_of(planted, name) == name


@pytest.mark.parametrize("name", "BC")
def test_length_samples_and_topics_are_free(planted: dict[str, PreparedRun], name: str) -> None:
    assert set_of(planted, name, "generation.samples=3", "generation.max_new_tokens=77") == name


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("A", "norm=unit"),
        ("A", "denoising.method=neutral_pcs"),
        ("A", "prompt_template=feeling"),
        ("A", "precision=int8"),
        ("A", "pooling.position=mean"),
        ("A", "layer_selection=middle"),
        ("B", "generation.temperature=0.8"),
        ("B", "layer_selection=middle"),
        ("B", "precision=int8"),
        ("B", "centring=neutral"),
        ("C", "generation.temperature=0.7"),
        ("C", "prompt_template.chat=false"),
        ("C", "pooling.position=last"),
        ("C", "norm=none"),
        ("B", "generation.ban_emotion_words=true"),
        ("C", "precision=nf4"),
        ("B", "generation.context=none"),
        ("C", "generation.context=neutral"),
    ],
)
def test_one_change_makes_it_no_published_set(planted: dict[str, PreparedRun], name: str, change: str) -> None:
    assert set_of(planted, name, change) is None


def test_texts_of_another_precision_or_model_are_no_published_set(planted: dict[str, PreparedRun]) -> None:
    run = as_recipe(planted["C"], MODEL, *WORDS["C"]).run
    generation = run.record.generation
    assert generation is not None
    for change in ({"precision": "int8"}, {"model": "another"}):
        foreign = replace(generation, written=replace(generation.written, **change))
        assert published_set(altered(run, generation=foreign)) is None


def test_how_texts_were_written(planted: dict[str, PreparedRun]) -> None:
    def written(name: str, *changes: str) -> Writing:
        return writing_of(levels(as_recipe(planted[name], MODEL, *WORDS[name], *changes).run))

    assert (written("B"), written("C")) == (Writing.loose, Writing.matched)
    assert written("B", "generation.ban_emotion_words=true") is Writing.other
    assert written("B", "prompt_template.chat=true") is Writing.other
    assert written("C", "prompt_template.chat=false") is Writing.other
