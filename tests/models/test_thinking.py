"""Thoughts: found by their markers in every kind of template, and where each ends."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from emogeo.config.texts import Thinking
from emogeo.errors import ConfigError
from emogeo.models.thinking import closed, is_open, policy_of, switches, thought_length, variables
from emogeo.stimuli.templates import Thought
from tests import chat_templates as shapes

THINK = Thought("<think>", "</think>")


@pytest.mark.parametrize(
    ("template", "added", "opens", "mode"),
    [
        (shapes.SWITCHED, (), "<think>", Thinking.off),
        (shapes.SWITCHED_ONLY_WHERE_ASKED, (), "<think>", Thinking.off),
        (shapes.ALWAYS, (), "<think>", Thinking.strip),
        (shapes.CHANNELS, (), "<|channel|>analysis<|message|>", Thinking.strip),
        (shapes.EFFORT, (), "[THINK]", Thinking.off),
        (shapes.WITH_BOS, ("<think>", "</think>"), "<think>", Thinking.strip),
        (shapes.WITH_BOS, ("<|START_THINKING|>", "<|END_THINKING|>"), "<|START_THINKING|>", Thinking.strip),
        (shapes.WITH_BOS, ("<think>",), None, None),
        (shapes.OPENS_ALONE, (), "<think>", Thinking.strip),
        (shapes.OPENS_ALONE, ("[THINK]", "[/THINK]"), "[THINK]", Thinking.strip),
        (shapes.WITH_BOS, (), None, None),
    ],
)
def test_what_is_done_about_thoughts(template: str, added: Sequence[str], opens: str | None, mode: object) -> None:
    policy = policy_of(template, added, None, "x")
    assert (policy.markers and policy.markers.opens, policy.mode) == (opens, mode)
    assert policy.stripped == policy.markers
    if policy.markers:
        kept = policy_of(template, added, Thinking.keep, "x")
        assert (kept.stripped, kept.options) == (None, {})


def test_a_model_that_does_not_think_has_it_off() -> None:
    assert policy_of(shapes.WITH_BOS, (), Thinking.off, "x").mode is None


@pytest.mark.parametrize("asked", [Thinking.keep, Thinking.strip])
def test_what_does_nothing_is_refused(asked: Thinking) -> None:
    with pytest.raises(ConfigError, match=rf"thinking={asked.value} does nothing for x: .*<think>.* Leave"):
        policy_of(shapes.WITH_BOS, (), asked, "x")


def test_off_where_the_template_cannot() -> None:
    with pytest.raises(ConfigError, match="of x cannot turn thinking off. Type prompt_template.thinking=strip"):
        policy_of(shapes.CHANNELS, (), Thinking.off, "x")


def test_variables_that_a_template_reads() -> None:
    marked = "{% generation %}{{ a }}{% endgeneration %}{%- generation -%}{{ m.thinking }}{%- endgeneration -%}thinking"
    assert variables(marked) == {"a", "m"}
    assert switches(marked) == {}
    assert variables("{% for") == set()
    assert switches("{{ reasoning_effort }} in low, medium, high, not none") == {}
    assert switches("{% if thinking %}{% endif %}") == {"thinking": False}


def test_a_prompt_that_ends_within_a_thought() -> None:
    assert not is_open(THINK, "<user>hi<assistant>")
    assert not is_open(THINK, "<assistant><think>\n\n</think>\n\n")
    assert is_open(THINK, "<assistant><think>\n\n</think>x<user>y<assistant><think>\n")
    assert closed(THINK, "a<think>\n") == "a<think>\n\n</think>\n\n"
    assert closed(THINK, "a") == "a"


def letters(ids: Sequence[int]) -> str:
    return "".join(map(chr, ids))


@pytest.mark.parametrize(
    ("prompt", "written", "wanted"),
    [
        ("<assistant>", "A story.", 0),
        ("<assistant>", "<think>Hm.</think>\n\nA story.", len("<think>Hm.</think>\n\n")),
        ("<assistant>", "\n<think>\n\n</think> A", len("\n<think>\n\n</think> ")),
        ("<assistant><think>\n", "Hm.</think>A </think> B", len("Hm.</think>")),
        ("<assistant><think>\n", "Hm, and so on", None),
        ("<assistant>", "<think>Hm, and so on", None),
        ("<assistant>", "Hm.</think>A", len("Hm.</think>")),
        ("<assistant>", "<think>Hm.</think>\n\n", len("<think>Hm.</think>\n\n")),
        ("<assistant>", "", 0),
    ],
)
def test_where_a_thought_ends(prompt: str, written: str, wanted: int | None) -> None:
    assert thought_length(letters, THINK, prompt, [ord(letter) for letter in written]) == wanted
