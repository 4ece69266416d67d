"""Texts of a corpus, texts to be written, texts that were written: their labels, and what names them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emogeo.config.model import Init, Source
from emogeo.config.precision import Dtype, Quantization
from emogeo.config.states import PoolingConfig, Position
from emogeo.config.texts import Context, GenerationConfig, Thinking
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, StimuliError
from emogeo.extraction.replay import Replayed
from emogeo.extraction.sources import TextSource, comprehension, generation, replay, units_of
from emogeo.extraction.stories import Story
from emogeo.geometry.options import Centring
from emogeo.models.chat import chat_of
from emogeo.models.precision import Precision
from emogeo.models.weights.resolve import Weights
from emogeo.record.origin import PromptSet, Written
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import Corpus, Passage
from emogeo.stimuli.templates import Decoding, Text
from tests.chat_templates import ALWAYS, SWITCHED, WITH_BOS, with_template
from tests.planted_records import usual_config

FP32 = Precision(Dtype.fp32, Quantization.none, None)
WRITING = ("mode=generation", "prompt_template=loose", "generation.temperature=0.7", "generation.replicates=2")


def corpus(topics: tuple[str, ...] = ("x", "y")) -> Corpus:
    passages = [Passage(emotion, topic, f"{topic} {emotion}") for topic in topics for emotion in CONDITIONS]
    return Corpus("mine", tuple(passages))


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    (tmp_path / "config.json").write_text('{"num_hidden_layers": 4}')
    return Weights("mine", "llama", "instruct", 1.0, Source.hub, "Org/Mine", "c0ffee", tmp_path)


def test_passages_keep_their_labels_and_go_through_the_template(weights: Weights) -> None:
    config = usual_config("prompt_template.text='So: {passage}'")
    found = comprehension(config, corpus(), weights, None)
    assert found.texts[1] == Text("So: x angry", special_tokens=True)
    assert found.labelled.texts[1] == "x angry", "without the template"
    assert (found.labelled.emotions[1], found.labelled.topics[1], found.labelled.units[1]) == ("angry", "x", "x")
    assert found.content == {"texts": [[text.content, True] for text in found.texts]}
    assert (found.name, found.writing, found.generation) == (config.stimuli.name, None, None)
    chat = chat_of(with_template(weights.folder, WITH_BOS), "mine")
    asked = comprehension(config, corpus(), weights, chat)
    assert asked.texts[1] == Text("<bos><user>So: x angry<assistant>", special_tokens=False)


def test_names_of_control_tokens_in_a_passage_stay_text_and_are_in_the_key(weights: Weights) -> None:
    with_template(weights.folder, WITH_BOS)
    passages = [Passage(emotion, topic, f"{topic} <eos>") for topic in ("x", "y") for emotion in CONDITIONS]
    found = comprehension(
        usual_config("prompt_template.text='<bos> {passage}'"), Corpus("m", tuple(passages)), weights, None
    )
    assert found.texts[0] == Text("<bos> x <eos>", special_tokens=True, as_text=((8, 13),))
    assert found.content["texts"][0] == ["<bos> x <eos>", True, [[8, 13]]]


def test_a_topic_that_names_a_control_token_is_refused_in_a_plain_prompt(weights: Weights) -> None:
    chat = chat_of(with_template(weights.folder, WITH_BOS), "mine")
    named, config = corpus(("x", "<eos>")), usual_config(*WRITING, "prompt_template=topic_loose")
    with pytest.raises(StimuliError, match="'<eos>' names a control token of this tokenizer"):
        generation(config, named, weights, FP32, "cpu", None)
    assert generation(config, named, weights, FP32, "cpu", chat).writing.prompts[-1].as_text


def test_what_is_done_about_thoughts_is_in_the_key_where_it_changes_texts(weights: Weights) -> None:
    config = usual_config(*WRITING)

    def key(template: str, thinking: Thinking | None) -> str | None:
        chat = chat_of(with_template(weights.folder, template), "mine", thinking)
        return generation(config, corpus(), weights, FP32, "cpu", chat).generation

    assert key(WITH_BOS, None) == key(WITH_BOS, Thinking.off)
    assert key(SWITCHED, None) == key(SWITCHED, Thinking.off)
    assert len({key(SWITCHED, thinking) for thinking in Thinking}) == 3
    assert key(ALWAYS, None) == key(ALWAYS, Thinking.strip) != key(ALWAYS, Thinking.keep)


def test_groups_of_texts_with_a_topic_in_common_are_one_unit_where_its_mean_is_taken() -> None:
    """Three texts of each condition, two of which are on one of three topics, and none on another."""
    told = [
        ("xyz"[(place + shift) % 3], emotion, number)
        for place, emotion in enumerate(CONDITIONS)
        for shift, times in ((0, 2), (1, 1))
        for number in range(times)
    ]
    rows = tuple(Passage(emotion, topic, f"{topic} {emotion} {number}") for topic, emotion, number in told)
    uncrossed, config = Corpus("mine", rows), usual_config()
    assert set(units_of(config, uncrossed)) == {"group-0", "group-1", "group-2"}
    tied = units_of(replace(config, centring=Centring.topic_mean), uncrossed)
    for topic in "xyz":
        assert len({unit for unit, row in zip(tied, rows, strict=True) if row.topic == topic}) == 1


def asked(weights: Weights, *overrides: str, device: str = "cpu") -> TextSource:
    return generation(usual_config(*WRITING, *overrides), corpus(), weights, FP32, device, None)


def test_what_is_asked_has_labels_and_no_texts_yet(weights: Weights) -> None:
    found = asked(weights, "generation.max_new_tokens=9")
    assert found.texts == ()
    assert set(found.labelled.texts) == {""}
    assert found.labelled.emotions == tuple(emotion for emotion in CONDITIONS for _ in range(2))
    assert set(found.labelled.units) == {"replicate-0", "replicate-1"}
    assert found.writing is not None
    assert found.writing.decoding == Decoding(9, 0, 0.7, 1.0)
    assert found.content == {"generation": found.generation} == {"generation": found.writing.key}
    assert found.written is not None
    assert (found.written.model, found.written.precision, found.written.topics) == ("mine", "fp32", None)


def test_topics_are_recorded_where_every_prompt_has_one(weights: Weights) -> None:
    found = asked(weights, "prompt_template=topic_loose")
    assert found.written is not None
    assert found.written.topics == ("x", "y")
    assert set(found.labelled.units) == {"x", "y"}


@pytest.mark.parametrize(("device", "size"), [("cpu", 20), ("cuda", 256), ("cuda:1", 256)])
def test_batches_are_as_large_as_the_device_allows(weights: Weights, device: str, size: int) -> None:
    words = ("generation.samples=10",)
    own = asked(weights, *words, device=device).writing
    given = asked(weights, *words, "generation.batch_size=3", device=device).writing
    assert own is not None and given is not None
    assert (own.batch_size, given.batch_size) == (size, 3)


def test_repetitions_have_seeds_of_their_own_and_greedy_texts_none(weights: Weights) -> None:
    seeds = {
        (seed, repetition): asked(weights, f"seed={seed}", f"generation.repetition={repetition}").writing
        for seed in (0, 1)
        for repetition in (0, 1)
    }
    assert len({writing.seed for writing in seeds.values() if writing is not None}) == 4
    greedy = [
        asked(weights, "generation.temperature=null", "generation.replicates=1", f"seed={seed}").generation
        for seed in (0, 1)
    ]
    assert greedy[0] == greedy[1]


def test_a_ban_is_named_by_the_words_it_bans(weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, banned = asked(weights).generation, asked(weights, "generation.ban_emotion_words=true").generation
    monkeypatch.setattr("emogeo.extraction.sources.families_of", lambda _: {"sad": ["sad"]})
    assert asked(weights).generation == plain
    assert asked(weights, "generation.ban_emotion_words=true").generation not in {plain, banned}


WRITTEN = Written(
    model="mine",
    precision="fp32",
    recipe=None,
    prompt_template=PromptSet("stories", True, ("{emotion}",)),
    topics=None,
    generation=GenerationConfig(),
    seed=0,
)


def told(weights: Weights, emptied: int | None = None, length: int = 4) -> Replayed:
    stories = [
        Story(
            emotion,
            unit,
            unit,
            "Write.",
            "" if row == emptied else f"{unit} {emotion}",
            (7, 8),
            (1,) * length,
            "stopped",
            1,
        )
        for row, (unit, emotion) in enumerate((unit, emotion) for unit in ("u", "v") for emotion in CONDITIONS)
    ]
    return Replayed("ab" * 32, weights.identity, WRITTEN, stories)


def test_the_same_weights_read_tokens_and_others_the_text_alone(weights: Weights) -> None:
    config, source = usual_config(), told(weights)
    same = replay(config, weights, source)
    assert same.texts[0] == Text("u afraid", False, (7, 8, 1, 1, 1, 1), 2)
    assert same.content == {"tokens": [[[7, 8, 1, 1, 1, 1], 2]] * 42}
    other = replay(config, replace(weights, revision="other"), source)
    assert other.texts[0] == Text("u afraid", special_tokens=True)
    assert other.content == {"texts": [[text.content, True] for text in other.texts]}
    for found in (same, other):
        assert (found.name, found.generation, found.written) == ("stories", source.key, source.written)
        assert found.counts is not None
        assert (found.counts.texts, found.counts.stopped) == (42, 42)


def test_a_text_too_short_for_what_is_skipped_is_refused_where_its_tokens_are_read(weights: Weights) -> None:
    config = replace(usual_config(), pooling=PoolingConfig(Position.mean, skip=4))
    with pytest.raises(StimuliError) as error:
        replay(config, weights, told(weights))
    assert str(error.value) == "pooling.skip=4: the shortest text of mode=replay of abababababab has 4 tokens."
    replay(config, weights, told(weights, length=5))
    replay(config, replace(weights, revision="other"), told(weights))


def test_a_condition_without_a_text_is_named(weights: Weights) -> None:
    with pytest.raises(StimuliError, match=r"^mode=replay of abababababab has no text for 1 .*: angry in u\. "):
        replay(usual_config(), weights, told(weights, emptied=1))


def test_what_is_written_does_not_depend_on_what_it_is_read_after(weights: Weights) -> None:
    found = {context: asked(weights, f"generation.context={context.value}") for context in Context}
    assert len({source.generation for source in found.values()}) == 1
    assert all(source.written == found[Context.prompt].written for source in found.values())
    key = found[Context.prompt].generation
    assert found[Context.prompt].content == {"generation": key}
    assert found[Context.none].content == {"generation": key, "context": "none"}
    assert found[Context.neutral].content == {"generation": key, "context": "neutral"}


def read_after(context: str) -> TrainConfig:
    return usual_config("mode=replay", f"mode.source={'ab' * 32}", f"generation.context={context}")


def test_written_texts_are_read_in_their_context(weights: Weights) -> None:
    def read(context: str, source: Replayed | None = None, own: Weights = weights) -> TextSource:
        return replay(read_after(context), own, source or told(weights))

    usual, alone, after = (read(context) for context in ("prompt", "none", "neutral"))
    assert usual == replay(usual_config(), weights, told(weights))
    assert set(usual.content) == {"tokens"}
    assert {text.ids for text in usual.texts} == {(7, 8, 1, 1, 1, 1)} == {text.ids for text in after.texts}
    assert {(text.ids, text.start, text.special_tokens) for text in alone.texts} == {((1, 1, 1, 1), 0, True)}
    assert (alone.content["context"], after.content["context"]) == ("none", "neutral")
    assert usual.counts == alone.counts == after.counts
    assert usual.labelled == alone.labelled == after.labelled


@pytest.mark.parametrize("context", ["none", "neutral"])
def test_texts_of_other_weights_are_read_alone_and_in_no_context(context: str, weights: Weights) -> None:
    other = replace(weights, name="other", revision="other")
    usual = replay(usual_config(), other, told(weights))
    assert all(text.special_tokens and text.ids is None for text in usual.texts)
    with pytest.raises(ConfigError, match=rf"^generation.context={context}: other reads texts of mine alone"):
        replay(read_after(context), other, told(weights))


@pytest.mark.parametrize("context", ["prompt", "none", "neutral"])
def test_a_twin_reads_its_own_models_texts_in_their_context(context: str, weights: Weights) -> None:
    config, twin = read_after(context), replace(weights, init=Init.random, init_seed=1)
    own, found = (replay(config, reader, told(weights)) for reader in (weights, twin))
    assert found == own
