"""What the values of a field look like: texts, labels, numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean

from emogeo.stimuli.conditions import STUDIED
from emogeo.stimuli.files import safe, shown
from emogeo.stimuli.json_tables import alike

_USUAL = "joy fear anger sadness disgust surprise love trust happiness neutral shame guilt pride anxiety calmness hope"
_ANSWERS = "0 1 true false yes no"
_PARTS = "train training test dev val valid validation eval"


def length(values: Sequence[object]) -> float:
    """Gives the mean length of texts, of lists of texts, or of objects with texts of like length; else 0."""
    lengths = [_length_of(value) for value in values if value is not None]
    return mean(lengths) if lengths and all(lengths) else 0.0


def _length_of(value: object) -> float:
    if isinstance(value, str):
        return float(len(value))
    if isinstance(value, list):
        return mean(len(one) for one in value) if value and all(isinstance(one, str) for one in value) else 0.0
    if isinstance(value, Mapping) and len(value) > 1:
        inner = [_length_of(one) for one in value.values() if one is not None and not isinstance(one, Mapping)]
        return mean(inner) if alike(inner) else 0.0
    return 0.0


def share_of_usual(values: Sequence[object]) -> float:
    """Gives the share of usual labels among values."""
    distinct = {str(value).lower() for value in values}
    return len(distinct & {*STUDIED, *_USUAL.split()}) / max(len(distinct), 1)


def alone(values: Sequence[object]) -> list[object]:
    """Gives values, and what stands alone in a list in its place."""
    return [value[0] if isinstance(value, list) and len(value) == 1 else value for value in values]


def single(values: Sequence[object]) -> bool:
    """Says whether most values are no lists and no objects."""
    return sum(isinstance(value, list | Mapping) for value in values) * 2 <= len(values)


def are_apart(values: Sequence[object]) -> bool:
    """Says whether values are answers (1 or 0, say) or parts of a data set, which are neither conditions nor topics."""
    return bool(values) and all(
        str(value).strip().lower() in {"", *_ANSWERS.split(), *_PARTS.split()} for value in values
    )


def few(values: Sequence[object]) -> bool:
    """Says whether values are short and return."""
    if not values or not all(isinstance(value, str | int) for value in values):
        return False
    distinct = len(set(values))
    return 2 <= distinct <= max(2, len(values) / 2) and mean(len(str(value)) for value in values) <= 60


def words(values: Sequence[object]) -> bool:
    return all(isinstance(value, str) and not value.strip().isdigit() for value in values)


def in_words(values: Mapping[str, object]) -> str:
    """Gives fields and their values for messages, shortened."""
    listed = [f"{safe(str(name)[:40])} → {_value(value)}" for name, value in list(values.items())[:12]]
    return ", ".join(listed) + (" …" if len(values) > 12 else "")


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{_value(value[0])}{', …' if len(value) > 1 else ''}]" if value else "[]"
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(f"{safe(str(key)[:40])}: {shown(inner, 30)}" for key, inner in list(value.items())[:4])
            + "}"
        )
    return shown(value, 40)
