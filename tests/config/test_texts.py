"""Prompts have their places, and numbers of generation their ranges."""

from __future__ import annotations

from typing import Any

import pytest

from emogeo.config.mode import Mode
from emogeo.config.texts import PACKAGED, Context, GenerationConfig, PromptTemplateConfig, StimuliConfig, Thinking
from emogeo.errors import ConfigError
from tests.conftest import compose_train


def asking(prompts: list[str], neutral: list[str]) -> PromptTemplateConfig:
    return PromptTemplateConfig("mine", Mode.generation, prompts=prompts, neutral=neutral)


def refusal(call: Any) -> str:
    with pytest.raises(ConfigError) as error:
        call()
    return str(error.value)


def test_a_passage_needs_a_place() -> None:
    PromptTemplateConfig("mine", Mode.comprehension, text="So: {passage}").check_text()
    template = PromptTemplateConfig("mine", Mode.comprehension, text="So: passage")
    assert refusal(template.check_text) == "prompt_template.text='So: passage' has no {passage} in it."


@pytest.mark.parametrize(
    ("prompts", "neutral", "said"),
    [
        (
            [],
            [],
            "prompt_template=mine has 0 prompts and 0 for neutral; give at least one, and one of neutral for each.",
        ),
        (
            ["{emotion}"],
            ["a", "b"],
            "prompt_template=mine has 1 prompts and 2 for neutral; give at least one, and one of neutral for each.",
        ),
        (["{emotion}", "b"], ["n", "n"], "prompt_template.prompts: 'b' has no {emotion} in it."),
        (
            ["{emotion} {topic}"],
            ["n"],
            "prompt_template: either every prompt, neutral ones too, has {topic} in it, or none.",
        ),
    ],
)
def test_prompts_without_their_places_are_refused(prompts: list[str], neutral: list[str], said: str) -> None:
    assert refusal(asking(prompts, neutral).check_prompts) == said


def test_prompts_with_their_places_pass() -> None:
    asking(["{emotion}", "so {emotion}"], ["n", "m"]).check_prompts()
    asking(["{emotion} {topic}"], ["{topic}"]).check_prompts()


def test_masking_is_refused_below_zero_and_where_no_passage_is_read() -> None:
    StimuliConfig("mine", mask=0).check(Mode.generation)
    StimuliConfig("mine", mask=10).check(Mode.comprehension)
    assert refusal(lambda: StimuliConfig("mine", mask=-1).check(Mode.comprehension)) == (
        "stimuli.mask=-1: 0 for the passages as they are, or how many words of each condition are masked; "
        "type stimuli.mask=10, say."
    )
    assert refusal(lambda: StimuliConfig("mine", mask=10).check(Mode.replay)) == (
        "stimuli.mask=10 masks passages that are read, and this mode reads none: type mode=comprehension, "
        "or stimuli.mask=0."
    )


@pytest.mark.parametrize("mode", [Mode.comprehension, Mode.steering, Mode.behaviour])
@pytest.mark.parametrize("context", [Context.none, Context.neutral])
def test_a_context_is_refused_where_no_written_text_is_read(mode: Mode, context: Context) -> None:
    assert refusal(lambda: GenerationConfig(context=context).check_context(mode)) == (
        f"generation.context={context.value} is for texts that a model writes, and mode={mode.value} reads none: type "
        "mode=generation or mode=replay, or generation.context=prompt."
    )
    GenerationConfig().check_context(mode)
    for own in (Mode.generation, Mode.replay):
        GenerationConfig(context=context).check_context(own)
    with pytest.raises(ConfigError, match=f"generation.context={context.value} is for"):
        compose_train(f"mode={mode.value}", f"generation.context={context.value}")


@pytest.mark.parametrize(
    ("name", "language", "other"),
    [("passages_de", "es", "passages_es"), ("passages_es", "en", "passages")],
)
def test_an_option_of_one_language_with_another_is_refused(name: str, language: str, other: str) -> None:
    words = [f"stimuli={name}", f"stimuli.language={language}"]
    assert refusal(lambda: compose_train(*words)) == (
        f"stimuli={name} stimuli.language={language} names two languages: type stimuli={name} or stimuli={other}, "
        "and no stimuli.language."
    )
    assert compose_train(*words, "stimuli.path=mine.csv").stimuli.language == language
    assert compose_train(f"stimuli={other}").stimuli.language == language


def test_no_option_is_named_of_a_language_that_the_package_does_not_have() -> None:
    assert refusal(lambda: compose_train("stimuli=passages_de", "stimuli.language=fr")) == (
        "stimuli=passages_de stimuli.language=fr names two languages: the package has passages in en, de, es; give "
        "others with stimuli.path=FILE."
    )


def test_each_of_the_packages_texts_is_an_option() -> None:
    for voice, options in PACKAGED.items():
        for language, option in options.items():
            stimuli = compose_train(f"stimuli={option}").stimuli
            assert (stimuli.voice, stimuli.language) == (voice, language)


@pytest.mark.parametrize(
    ("name", "voice"), [("passages", "diaries"), ("passages6", "diaries"), ("diaries", "passages")]
)
def test_an_option_of_one_voice_with_another_is_refused(name: str, voice: str) -> None:
    words = [f"stimuli={name}", f"stimuli.voice={voice}"]
    first = name.removesuffix("6")
    assert refusal(lambda: compose_train(*words)) == (
        f"stimuli={name} stimuli.voice={voice} names two voices: type stimuli={first} or stimuli={voice}, "
        "and no stimuli.voice."
    )
    assert compose_train(f"stimuli={voice}").stimuli.voice.value == voice


SAMPLED = {"temperature": 0.7}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {**SAMPLED, "replicates": 8, "top_p": 0.1, "ban_emotion_words": True},
        {"min_new_tokens": 4, "max_new_tokens": 4},
        {"retries": 0, "repetition": 0, "batch_size": 1},
    ],
)
def test_numbers_in_their_ranges_pass(fields: dict[str, Any]) -> None:
    GenerationConfig(**fields).check()
    GenerationConfig(**fields).check_greedy()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"samples": 0}, "generation.samples=0: at least 1."),
        ({"replicates": 0}, "generation.replicates=0: at least 1."),
        ({"max_new_tokens": 0}, "generation.max_new_tokens=0: at least 1."),
        ({"retries": -1}, "generation.retries=-1: at least 0."),
        ({"repetition": -1}, "generation.repetition=-1: at least 0."),
        ({"batch_size": 0}, "generation.batch_size=0: at least 1, or null."),
        (
            {"min_new_tokens": 5, "max_new_tokens": 4},
            "generation.min_new_tokens=5: between 0 and max_new_tokens=4.",
        ),
        ({"min_new_tokens": -1}, "generation.min_new_tokens=-1: between 0 and max_new_tokens=256."),
        ({"temperature": 0.0}, "generation.temperature=0.0: above 0, or null for greedy."),
        ({**SAMPLED, "top_p": 1.01}, "generation.top_p=1.01: above 0 and up to 1."),
    ],
)
def test_numbers_out_of_range_are_refused(fields: dict[str, Any], said: str) -> None:
    assert refusal(GenerationConfig(**fields).check) == said


@pytest.mark.parametrize("mode", ["comprehension", "behaviour"])
def test_they_are_refused_in_a_mode_that_writes_no_story_as_well(mode: str) -> None:
    with pytest.raises(ConfigError, match="generation.batch_size=0: at least 1, or null"):
        compose_train(f"mode={mode}", "generation.batch_size=0")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"replicates": 2},
            "generation.replicates=2: greedy decoding writes the same each time; type generation.temperature=0.7, say.",
        ),
        (
            {"top_p": 0.9},
            "generation.top_p has no meaning in greedy decoding; type generation.temperature=0.7, say.",
        ),
        (
            {"ban_emotion_words": True},
            "generation.ban_emotion_words (a second try writes the same) has no meaning in greedy decoding; type "
            "generation.temperature=0.7, say.",
        ),
    ],
)
def test_what_has_no_meaning_in_greedy_decoding_is_refused(fields: dict[str, Any], said: str) -> None:
    assert refusal(GenerationConfig(**fields).check_greedy) == said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["stimuli.fields.family=kind"], r"the package's topics have no families.*stimuli\.path=FILE"),
        (
            ["stimuli.fields.family=kind", "stimuli.path=x.csv", "mode=generation", "prompt_template=stories"],
            "mode=generation has texts that a model writes",
        ),
    ],
)
def test_families_are_of_passages_in_a_file_of_the_users(words: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        compose_train(*words)
    assert compose_train("stimuli.fields.family=kind", "stimuli.path=x.csv").stimuli.fields.family == "kind"


def test_thoughts_need_a_chat_template() -> None:
    for words in (["prompt_template=chat"], ["mode=generation", "prompt_template=stories"], ["mode=steering"]):
        assert compose_train(*words, "prompt_template.thinking=off").prompt_template.thinking is Thinking.off
    assert compose_train().prompt_template.thinking is None
    with pytest.raises(ConfigError, match="thinking=keep: without a chat template .* prompt_template.chat=true"):
        compose_train("prompt_template.thinking=keep")
