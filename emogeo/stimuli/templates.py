"""Turns passages into the texts that a model reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

SLOT = "{passage}"


@dataclass(frozen=True)
class Text:
    """A text for the tokenizer; `special_tokens` says whether the tokenizer still adds its own (BOS).

    Where the tokens are given, those that begin a text (BOS) are added before them and are not pooled.
    """

    content: str
    special_tokens: bool
    ids: tuple[int, ...] | None = None
    """Tokens as they were written, which need not be those that the text would be cut into."""
    start: int = 0
    """The first token that is pooled: what a model wrote begins here, after its prompt."""


@dataclass(frozen=True)
class Decoding:
    """How a model chooses the next token of what it writes."""

    max_new_tokens: int
    min_new_tokens: int = 0
    temperature: float | None = None
    """The temperature of sampling; None for greedy decoding."""
    top_p: float = 1.0


def render(passages: Iterable[str], template: str, chat: Callable[[str], str] | None) -> list[Text]:
    """Puts each passage into the template's slot, then, with `chat`, through the model's chat template.

    A chat template writes the special tokens itself, so the tokenizer must not add them again.
    """
    filled = [template.replace(SLOT, passage) for passage in passages]
    if chat is None:
        return [Text(content, special_tokens=True) for content in filled]
    return [Text(chat(content), special_tokens=False) for content in filled]
