"""Turns passages into the texts that a model reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

SLOT = "{passage}"
Places = tuple[tuple[int, int], ...]
"""Parts of a text, each from its first character up to the one after its last."""


@dataclass(frozen=True)
class Thought:
    """The markers between which a model thinks before it answers."""

    opens: str
    closes: str


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
    as_text: Places = ()
    """Names of control tokens in what somebody wrote, which are cut into ordinary tokens."""
    thought: Thought | None = None
    """The markers of a thought that is stripped from what a model writes after this prompt."""


@dataclass(frozen=True)
class Decoding:
    """How a model chooses the next token of what it writes."""

    max_new_tokens: int
    min_new_tokens: int = 0
    temperature: float | None = None
    """The temperature of sampling; None for greedy decoding."""
    top_p: float = 1.0


def render(
    passages: Iterable[str],
    template: str,
    chat: Callable[[str], Text] | None,
    control: Callable[[str], Places] | None = None,
) -> list[Text]:
    """Puts each passage into the template's slot, then, with `chat`, through the model's chat template.

    A chat template writes the special tokens itself, so the tokenizer must not add them again.

    Args:
        control: finds names of control tokens in a passage. Those in the template are meant as control tokens.
    """
    if chat is not None:
        return [chat(template.replace(SLOT, passage)) for passage in passages]
    return [_filled(template, passage, control(passage) if control else ()) for passage in passages]


def _filled(template: str, passage: str, named: Places) -> Text:
    """Puts a passage into every slot, with the places of what it names in each."""
    content, places = "", []
    for n, part in enumerate(template.split(SLOT)):
        if n:
            places += [(len(content) + first, len(content) + last) for first, last in named]
            content += passage
        content += part
    return Text(content, special_tokens=True, as_text=tuple(places))
