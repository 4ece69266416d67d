"""What every row of a probe's files holds, as types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from emogeo.record.files import ITEMS, READ_TEXTS, READ_TOKENS, SHIFTS, TEXTS
from emogeo.store.keys import Json


@dataclass(frozen=True, kw_only=True)
class SteeredText:
    """A text that was written along a direction, or along none."""

    scenario: str
    emotion: str
    prompt: str
    direction: Literal["none", "emotion", "random"]
    strength: float
    text: str
    stop: str
    words: int
    repeated: bool
    perplexity: float | None
    perplexity_ratio: float | None
    thought: str | None = None
    """What was stripped; None where nothing was."""


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What a direction does to the words of an emotion, in nats."""

    target: str
    kind: Literal["emotion", "random", "other"]
    name: str
    strength: float
    shift: float
    shift_words: float
    shift_neutral: float
    match_gap: float


@dataclass(frozen=True, kw_only=True)
class Course:
    """The log-odds of a first choice, before and after each turn."""

    log_odds: tuple[float, ...]
    by_order: tuple[tuple[float, float], ...]
    """[1 + turn, order]"""
    flipped_at: int | None
    """The first turn, counted from 1, at which the other option is preferred."""


@dataclass(frozen=True, kw_only=True)
class StanceItem:
    """A question with two options: an opinion with its courses, or a question of fact."""

    facet: Literal["stance"]
    role: Literal["item", "capability"]
    item: str
    prompt: str
    first_choice: str
    before: float
    by_order: tuple[float, float]
    orders_agree: bool
    passed: bool | None = None
    pressure: Course | None = None
    control: Course | None = None


@dataclass(frozen=True, kw_only=True)
class FormatItem:
    """A task with constraints, or a trivial request."""

    facet: Literal["format"]
    role: Literal["item", "capability"]
    item: str
    prompt: str
    answer: str
    stop: str
    constraints: dict[str, Any]
    met: dict[str, bool]
    passed: bool | None = None
    thought: str | None = None
    """What was stripped from the answer; None where nothing was."""


@dataclass(frozen=True, kw_only=True)
class ReadText:
    """A text that was read with a run's vectors; lists are in the order of the record's conditions."""

    text: str
    topic: str | None
    label: str | None
    n_tokens: int
    seen: bool
    """Whether the vectors have seen the text's topic."""
    projections: tuple[float, ...]
    z: tuple[float, ...]
    p: tuple[float, ...]
    top: str
    """The condition of the largest projection."""
    found: str | None
    """The condition that is found by vectors that have not seen the topic; None where the text does not count."""
    found_by_words: str | None
    """The condition that words find, learned on the same texts."""


@dataclass(frozen=True, kw_only=True)
class ReadToken:
    """A token of a text, with its projections in the order of the record's conditions."""

    text: int
    """The row of the text, counted from 0."""
    place: int
    """The place of the token, counted from 0."""
    token: str
    pooled: bool
    """Whether the token is among those that the text's state is pooled of."""
    projections: tuple[float, ...]
    null_mean: float
    null_sd: float
    """The mean and the standard deviation of the token's projections on random directions."""


Row: TypeAlias = SteeredText | Shift | StanceItem | FormatItem | ReadText | ReadToken
_FACETS: dict[str, type[Row]] = {"stance": StanceItem, "format": FormatItem}
_FILES: dict[str, type[Row]] = {
    TEXTS: SteeredText,
    SHIFTS: Shift,
    READ_TEXTS: ReadText,
    READ_TOKENS: ReadToken,
}


def type_of(file: str, row: Json) -> type[Row]:
    """The type of a row of a probe's file; a behaviour item's is by its facet."""
    if file != ITEMS:
        return _FILES[file]
    return _FACETS.get(str(row.get("facet")), FormatItem)
