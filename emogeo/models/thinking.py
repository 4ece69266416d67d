"""Thoughts: by which markers a model thinks, how its chat template turns that off, and where a thought ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from emogeo.config.texts import Thinking
from emogeo.errors import ConfigError
from emogeo.stimuli.templates import Thought

_MARKERS = (
    Thought("<think>", "</think>"),  # Qwen3, SmolLM3, DeepSeek, GLM, Granite 3.3, MiniMax, Nemotron
    Thought("[THINK]", "[/THINK]"),  # Magistral
    Thought("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),  # gpt-oss
    Thought("<|channel>thought", "<channel|>"),  # Gemma 4
    Thought("<|START_THINKING|>", "<|END_THINKING|>"),  # Command A
    Thought("<seed:think>", "</seed:think>"),  # Seed-OSS
    Thought("◁think▷", "◁/think▷"),  # Kimi
)
_OFF: dict[str, Any] = {"enable_thinking": False, "thinking": False, "reasoning_effort": "none"}
"""Variables of chat templates that turn thinking off, with the value that does."""
_GENERATION = re.compile(r"\{%[-+]?\s*(?:end)?generation\s*[-+]?%\}")
"""The tag around an assistant's turn, which transformers adds to jinja."""


THOUGHT = "thought"
"""Why a text is empty: its thought did not end."""


@dataclass(frozen=True)
class Policy:
    """What is done about a model's thoughts."""

    markers: Thought | None
    """The markers of its thoughts; None for a model that is not known to think."""
    mode: Thinking | None
    """What was chosen; None for such a model."""
    options: dict[str, Any]
    """What the template is given."""

    @property
    def stripped(self) -> Thought | None:
        """The markers of thoughts that are stripped."""
        return None if self.mode is Thinking.keep else self.markers


def policy_of(template: str, added: Iterable[str], asked: Thinking | None, name: str) -> Policy:
    """Chooses what is done about thoughts: they are turned off where the template can, else stripped.

    Args:
        added: the names of the tokenizer's added tokens.
        asked: what is to be done; None to choose.
        name: what the model is called, for the message.

    Raises:
        ConfigError: a template that cannot turn them off, where that is asked for; thoughts that are to be kept or
            stripped of a model that is not known to think.
    """
    markers, switch = _markers(template, set(added)), switches(template)
    if markers is None:
        _refuse_without_markers(asked, name)
        return Policy(None, None, switch)
    if asked is Thinking.off and not switch:
        raise ConfigError(
            f"prompt_template.thinking=off: the chat template of {name} cannot turn thinking off. Type "
            "prompt_template.thinking=strip (its thoughts are taken out) or prompt_template.thinking=keep."
        )
    mode = asked or (Thinking.off if switch else Thinking.strip)
    return Policy(markers, mode, switch if mode is Thinking.off else {})


def _refuse_without_markers(asked: Thinking | None, name: str) -> None:
    if asked in (Thinking.keep, Thinking.strip):
        known = ", ".join(own.opens for own in _MARKERS)
        raise ConfigError(
            f"prompt_template.thinking={asked.value} does nothing for {name}: neither its chat template nor its "
            f"tokenizer has markers of thoughts that are known here ({known}). Leave prompt_template.thinking out."
        )


def _markers(template: str, added: set[str]) -> Thought | None:
    """Finds the first pair of which the template writes the end, or both of which are tokens, or else the beginning."""
    for own in _MARKERS:
        if own.closes in template or {own.opens, own.closes} <= added:
            return own
    return next((own for own in _MARKERS if own.opens in template), None)


def switches(template: str) -> dict[str, Any]:
    """Gives the variables of a template that turn thinking off."""
    read = variables(template)
    known = {name: value for name, value in _OFF.items() if name in read}
    if not re.search(r"""["']none["']""", template):
        known.pop("reasoning_effort", None)
    return known


def variables(template: str) -> set[str]:
    """Gives the names that a template reads and does not set itself; none of a template that is malformed."""
    from jinja2 import Environment, TemplateSyntaxError, meta

    environment = Environment(extensions=["jinja2.ext.loopcontrols"])
    try:
        return set(meta.find_undeclared_variables(environment.parse(_GENERATION.sub("", template))))
    except (TemplateSyntaxError, RecursionError):  # which rendering names
        return set()


def is_open(markers: Thought, prompt: str) -> bool:
    """Says whether a prompt ends within a thought."""
    return prompt.rfind(markers.opens) > prompt.rfind(markers.closes)


def closed(markers: Thought, prompt: str) -> str:
    """Ends the thought within which a prompt ends, if it does, so that an answer can follow."""
    if not is_open(markers, prompt):
        return prompt
    return f"{prompt.rstrip()}\n\n{markers.closes}\n\n"


def thought_length(
    decode: Callable[[Sequence[int]], str], markers: Thought, prompt: str, ids: Sequence[int]
) -> int | None:
    """Counts the tokens of a thought at the beginning of what a model wrote, with the blanks after it.

    Args:
        decode: gives the text of tokens, control tokens included.
        prompt: what it was written after.

    Returns:
        0 where there is no thought, None where it does not end.
    """
    text = decode(ids)
    if markers.closes not in text:
        begun = is_open(markers, prompt) or text.lstrip().startswith(markers.opens)
        return None if begun else 0
    low, high = 0, len(ids)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if markers.closes in decode(ids[:middle]) else (middle + 1, high)
    while low < len(ids) and not decode(ids[low : low + 1]).strip():
        low += 1
    return low
