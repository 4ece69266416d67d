"""Spellings of one meaning have one key; what differs in meaning does not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emogeo.config.mode import Mode, ModeConfig
from emogeo.config.states import LayerSelectionConfig
from emogeo.config.texts import GenerationConfig, StimuliConfig
from emogeo.config.train import TrainConfig
from emogeo.extraction import meaning
from emogeo.extraction.meaning import in_effect, n_independent, seed_of
from emogeo.geometry.grouping import GROUP
from emogeo.geometry.halves import MIN_UNITS
from emogeo.geometry.options import NEUTRAL, Selection
from emogeo.geometry.states import LabelledTexts
from emogeo.stimuli.corpus import load_corpus
from tests.conftest import Composer
from tests.planted_records import usual_config
from tests.unchanged.test_keys import BASE, compose_train, key_of, planned

__all__ = ["planned"]
LOOSE = (
    *("prompt_template=loose", "mode=generation", "generation.temperature=1.0", "generation.samples=2"),
    "layer_selection=min_mean_cosine",
)
NAMES = st.text("abcdef_ ", min_size=1, max_size=6)


def key(*words: str) -> str:
    named = {word.partition("=")[0] for word in words}
    return key_of(compose_train(*(word for word in BASE if word.partition("=")[0] not in named), *words))


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize(
    ("words", "spellings"),
    [
        ((), ["max_depth=1", "max_depth=1.0", "stimuli.neutral=neutral", "readout.draws=99", "generation.samples=3"]),
        (
            ("stimuli.conditions=[calm,sad,angry,happy]",),
            ["stimuli.neutral=null", "stimuli.conditions=[sad,calm,sad,happy,angry]"],
        ),
        (("denoising.method=none",), ["denoising.share=0.9", "denoising.texts=condition"]),
        (("precision=int8",), ["precision.threshold=6", "precision.threshold=6.0"]),
        (LOOSE, ["generation.temperature=1", "generation.batch_size=20", "generation.retries=9", "generation.top_p=1"]),
        (LOOSE, ["generation.ban_emotion_words=true generation.retries=0", "stimuli.words={happy: happy}"]),
        ((*LOOSE, "generation.batch_size=42"), ["generation.batch_size=64", "generation.batch_size=99"]),
    ],
)
def test_spellings_of_one_meaning_have_one_key(words: tuple[str, ...], spellings: list[str]) -> None:
    usual = key(*words)
    for spelling in spellings:
        given = spelling.split(" generation")
        more = [given[0], *(f"generation{word}" for word in given[1:])]
        named = {word.partition("=")[0] for word in more}
        assert key(*(word for word in words if word.partition("=")[0] not in named), *more) == usual, spelling


@pytest.mark.usefixtures("planned")
def test_other_meanings_have_other_keys() -> None:
    words = [
        (),
        *((f"seed={seed}",) for seed in (1, 2)),
        ("stimuli.neutral=null",),
        ("layer_selection=index", "layer_selection.index=-1"),
        LOOSE,
        (*LOOSE, "seed=1"),
        (*LOOSE, "generation.ban_emotion_words=true"),
        (*LOOSE, "generation.ban_emotion_words=true", "generation.retries=1"),
        (*LOOSE, "generation.batch_size=41"),
        (*LOOSE, "generation.batch_size=42"),
        (*LOOSE, "stimuli.words={happy: glad}"),
    ]
    assert len({key(*own) for own in words}) == len(words)


def test_the_seed_of_a_run_that_draws_nothing_is_no_meaning(tiny_run: Composer, tmp_path: Path) -> None:
    """Three units of an untrained twin: no halves, no random groups, and no words of vectors."""
    from emogeo.extraction.plan import plan_run

    rows = [{"emotion": p.emotion, "topic": p.topic, "text": p.text} for p in load_corpus(topics=3).passages]
    (tmp_path / "few.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    own = (f"stimuli.path='{tmp_path / 'few.jsonl'}'", "layer_selection=index", "layer_selection.index=1")
    twin = ("model.init=random", "model.init_seed=1")
    plans = [plan_run(tiny_run(*own, *twin, f"seed={seed}")) for seed in (0, 5)]
    assert plans[0].key == plans[1].key
    assert plans[1].config.seed == 0, "so that tables name no seed that has drawn nothing"
    trained = {plan_run(tiny_run(*own, f"seed={seed}")).key for seed in (0, 5)}
    assert len(trained) == 2, "the words of its vectors are held against random directions"


def test_the_language_of_own_texts_has_one_spelling_and_is_of_what_is_read(tiny_run: Composer, tmp_path: Path) -> None:
    from emogeo.extraction.plan import plan_run

    rows = [{"emotion": p.emotion, "topic": p.topic, "text": p.text} for p in load_corpus(topics=6).passages]
    (tmp_path / "own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = f"stimuli.path='{tmp_path / 'own.jsonl'}'"
    languages = {own: plan_run(tiny_run(path, f"stimuli.language='{own}'")) for own in ("en", "EN", "de", "DE", " de")}
    assert languages["en"].key == languages["EN"].key != languages["de"].key
    assert languages["de"].key == languages["DE"].key == languages[" de"].key
    assert languages["DE"].config.stimuli.language == "de"
    written = {plan_run(tiny_run(*LOOSE, path, f"stimuli.language={own}")).key for own in ("en", "de")}
    assert len(written) == 1, "what a model writes is in the language of its prompts, which are in the key"


def labelled(units: list[str], known: bool = True) -> LabelledTexts:
    n = len(units)
    return LabelledTexts(("e",) * n, tuple(units), tuple(units), tuple(f"text {row}" for row in range(n)), known=known)


@settings(deadline=None)
@given(
    seed=st.integers(0, 9),
    n=st.integers(1, 8),
    grouped=st.booleans(),
    trained=st.booleans(),
    sampled=st.booleans(),
    every=st.booleans(),
)
def test_a_seed_counts_where_something_is_drawn(
    seed: int, n: int, grouped: bool, trained: bool, sampled: bool, every: bool
) -> None:
    texts = labelled([f"{GROUP if grouped else 'topic'}-{row}" for row in range(n)], known=not sampled)
    weights: Any = SimpleNamespace(trained=trained)
    selection = LayerSelectionConfig(Selection.all) if every else LayerSelectionConfig(Selection.index, index=1)
    mode = ModeConfig(Mode.generation if sampled else Mode.comprehension)
    asked = GenerationConfig(temperature=1.0 if sampled else None)
    config = replace(usual_config(), seed=seed, mode=mode, generation=asked, layer_selection=selection)
    draws = sampled or grouped or n >= MIN_UNITS or (trained and not every)
    assert n_independent(texts) == n
    assert seed_of(config, weights, texts) == (seed if draws else 0)


@settings(deadline=None)
@given(conditions=st.sets(NAMES), neutral=NAMES | st.none() | st.just(NEUTRAL), has_usual=st.booleans())
def test_a_neutral_condition_is_meaning_where_it_is_another_than_the_usual(
    conditions: set[str], neutral: str | None, has_usual: bool
) -> None:
    conditions = {*conditions, *([NEUTRAL] if has_usual else [])}

    def part(name: str | None) -> dict[str, Any]:
        return meaning._neutral(StimuliConfig(neutral=name), conditions)

    assert part(NEUTRAL) == {}
    assert (part(None) == {}) is not has_usual
    assert neutral in (None, NEUTRAL) or part(neutral) == {"neutral": neutral}


@settings(deadline=None)
@given(ban=st.booleans(), retries=st.integers(0, 3))
def test_words_are_banned_where_a_text_may_be_written_again(ban: bool, retries: int) -> None:
    found = in_effect(GenerationConfig(temperature=1.0, ban_emotion_words=ban, retries=retries))
    assert (found.ban_emotion_words, found.retries) == (ban and retries > 0, retries)


def test_a_config_is_not_changed(tiny_run: Composer) -> None:
    config: TrainConfig = tiny_run("seed=3")
    from emogeo.extraction.plan import plan_run

    assert plan_run(config).config.seed == config.seed == 3
