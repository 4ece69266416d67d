"""Conversations in a field: of their messages, what the model said is the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from emogeo.stimuli.records import ABSENT, Parsed, field_of

_ROLES = ("role", "from")
_ANSWERING = {"assistant", "gpt", "model", "bot", "chatbot"}
"""Who answers, as chat templates and ShareGPT name it."""


def with_answers(parsed: Parsed, text_field: str) -> Parsed:
    """Gives the records with only the answers among messages that the field with the text is in, and says so.

    Args:
        text_field: the field with the text; of `messages.content`, `messages` is a list of objects that have a role.
    """
    values, asked = answers_only([record.values for record in parsed.records], text_field)
    if not asked:
        return parsed
    records = tuple(replace(record, values=own) for record, own in zip(parsed.records, values, strict=True))
    return replace(parsed, records=records, notes=(*parsed.notes, *asked))


def answers_only(
    records: Sequence[Mapping[str, object]], text_field: str
) -> tuple[Sequence[Mapping[str, object]], tuple[str, ...]]:
    """Gives records without the messages that are no answers, and a note where there are such.

    Records stay where no message is an answer.
    """
    outer, _, inner = text_field.rpartition(".")
    roles = [_roles(record, outer) for record in records] if inner and outer else []
    others = sorted({role for own in roles for role in own if role not in _ANSWERING})
    if not others or not any(role in _ANSWERING for own in roles for role in own):
        return records, ()
    said = f"of the messages in {outer}, those of the assistant are read, and not those of {', '.join(others[:3])}"
    return [_answered(record, outer) for record in records], (said,)


def _roles(record: Mapping[str, object], name: str) -> list[str]:
    messages = field_of(record, name)
    return [_role(one) for one in messages] if isinstance(messages, list) and all(map(_role, messages)) else []


def _role(message: object) -> str:
    if not isinstance(message, Mapping):
        return ""
    return next((str(message[name]).lower() for name in _ROLES if isinstance(message.get(name), str)), "")


def _answered(record: Mapping[str, object], name: str) -> Mapping[str, object]:
    messages = field_of(record, name)
    if messages is ABSENT or not isinstance(messages, list):
        return record
    return _put(record, name, [one for one in messages if _role(one) in _ANSWERING])


def _put(values: Mapping[str, object], name: str, new: object) -> Mapping[str, object]:
    """Gives values with another one under a name, which may lead into inner ones by dots."""
    first, _, rest = name.partition(".")
    inner = values.get(first)
    if name in values or not isinstance(inner, Mapping):
        return {**values, name: new}
    return {**values, first: _put(inner, rest, new)}
