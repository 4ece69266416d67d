"""What to type for a file whose fields are not found: guessed from what its fields look like, never used unasked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from statistics import mean

from emogeo.config.texts import FieldsConfig
from emogeo.stimuli.files import safe, shown
from emogeo.stimuli.records import ABSENT, ITSELF, Parsed, Record, field_of

_LOOKED_AT = 500
"""How many records are looked at."""
_EMOTION = "emotion emotions emotion_label label labels condition concept category class feeling mood sentiment affect"
_TOPIC = "topic topics setting scenario situation subject context event theme topic_id scenario_id"
_TEXT = "text texts story stories passage passages sentence sentences phrase content body utterance"
_NO_TOPIC = re.compile(r"(?i)^(lang|language|locale|split|source|model|index|id|idx|.*_(index|idx)|seed)$")


def help_for(parsed: Parsed, fields: FieldsConfig) -> str:
    """Gives the first records as understood, and the option that would read them.

    Args:
        fields: the names that were looked for.
    """
    records = parsed.records[:_LOOKED_AT]
    lines = [f"  {safe(record.where)}: {_shown(record.values)}" for record in records[: 3 if len(records) > 2 else 2]]
    return "\n".join(["As understood, it begins with:", *lines, _typed(records, fields, parsed.unnamed)])


def names_an_emotion(records: Sequence[Record]) -> bool:
    """Says whether records have a field that by its name could hold labels."""
    return _by_name(list(_columns(records[:_LOOKED_AT])), _EMOTION) is not None


def guessed(records: Sequence[Record], fields: FieldsConfig, unnamed: bool = False) -> dict[str, str]:
    """Guesses which field holds what, for emotion, topic and text, as far as one looks like it.

    Args:
        fields: names that are there are taken as they are.
        unnamed: whether the fields are columns without names.
    """
    columns = _columns(records)
    text = fields.text if fields.text in columns else _text(columns)
    if text is None:
        return {}
    own = {name: values for name, values in columns.items() if _single(values) and name != text}
    own = {name: values for name, values in own.items() if text != ITSELF and not name.startswith(f"{text}.")}
    if any(isinstance(value, Mapping) for value in columns.get(text, [])) or text == ITSELF:
        emotion = None
    else:
        emotion = fields.emotion if fields.emotion in own else _emotion(own)
    rest = {name: values for name, values in own.items() if name != emotion}
    topic = fields.topic if fields.topic in rest else _topic(rest, unnamed)
    named = {"emotion": emotion, "topic": topic, "text": text}
    return {role: name for role, name in named.items() if name is not None}


def _typed(records: Sequence[Record], fields: FieldsConfig, unnamed: bool) -> str:
    guess = guessed(records, fields, unnamed)
    if unnamed:
        role_of = {name: role for role, name in guess.items()}
        columns = [role_of.get(name, f"other{at}") for at, name in enumerate(records[0].values, start=1)]
        return f"It seems to have no header. Name its columns: type 'stimuli.fields=[{','.join(columns)}]', say."
    if not guess:
        return (
            "No field looks like a text. Name them: type 'stimuli.fields={emotion: FIELD, topic: FIELD, text: FIELD}'."
        )
    listed = ", ".join(f"{role}: {_quoted(name)}" for role, name in guess.items() if role != name)
    if not listed:
        return "Name its fields: type 'stimuli.fields={emotion: FIELD, topic: FIELD, text: FIELD}'."
    return f"Name its fields: type 'stimuli.fields={{{listed}}}', if that is what they are."


def _quoted(name: str) -> str:
    """Gives a name as Hydra reads it within braces."""
    if re.fullmatch(r"[A-Za-z_][\w.]*", name, re.ASCII) and name.lower() not in {"null", "true", "false", "nan", "inf"}:
        return name
    return '"' + safe(name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shown(values: Mapping[str, object]) -> str:
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


def _columns(records: Sequence[Record]) -> dict[str, list[object]]:
    """Gives the values of each field, fields within fields by dotted names; absent ones are left out."""
    names: dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(_names(record.values)))
    columns = {name: [field_of(record.values, name) for record in records] for name in names}
    there = {name: [value for value in values if value is not ABSENT] for name, values in columns.items()}
    if records and all(_lists_of_texts(record.values) for record in records):
        there[ITSELF] = [record.values for record in records]
    return there


def _names(values: Mapping[str, object]) -> Iterator[str]:
    for name, value in values.items():
        yield name
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in value)
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield from (f"{name}.{inner}" for inner in value[0])


def _lists_of_texts(values: Mapping[str, object]) -> bool:
    return len(values) > 1 and all(isinstance(value, list) and _length([value]) > 0 for value in values.values())


def _text(columns: Mapping[str, list[object]]) -> str | None:
    """Gives the field with the longest texts; a known name, or the one that holds the others, is preferred to none."""
    lengths = {name: _length(values) for name, values in columns.items()}
    known = [name for name in columns if name.lower() in _TEXT.split() and lengths[name] > 0]
    if known:
        return max(known, key=lambda name: lengths[name])
    best = ITSELF if ITSELF in columns else max(lengths, key=lambda name: lengths[name], default=None)
    if best is None or not _prose(lengths[best], columns[best]):
        return None
    outer = best.rpartition(".")[0]
    return outer if outer and lengths.get(outer, 0) > 0 else best


def _prose(length: float, values: Sequence[object]) -> bool:
    """Says whether values are long enough, or have blanks or other characters than names of files and models have."""
    listed = str(list(values[:20])) if length >= 10 else ""
    return length > 40 or (length >= 10 and (not listed.isascii() or mean(map(_blanks, values)) >= 1))


def _blanks(value: object) -> int:
    return str(value).count(" ")


def _length(values: Sequence[object]) -> float:
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
        return mean(inner) if len(inner) > 1 and min(inner) * 3 > max(inner) else 0.0
    return 0.0


def _emotion(columns: Mapping[str, list[object]]) -> str | None:
    known = _by_name(list(columns), _EMOTION)
    if known is not None:
        return known
    few = [name for name, values in columns.items() if _few(values) and _words(values)]
    return min(few, key=lambda name: mean(len(str(value).split()) for value in columns[name]), default=None)


def _topic(columns: Mapping[str, list[object]], unnamed: bool) -> str | None:
    known = _by_name(list(columns), _TOPIC)
    if known is not None:
        return known
    few = [name for name, values in columns.items() if _few(values) and not _NO_TOPIC.match(name)]
    return next((name for name in few if unnamed or _words(columns[name])), None)


def _by_name(columns: Sequence[str], known: str) -> str | None:
    lower = {column.rpartition(".")[2].lower(): column for column in reversed(columns)}
    return next((lower[name] for name in known.split() if name in lower), None)


def _single(values: Sequence[object]) -> bool:
    return not any(isinstance(value, list | Mapping) for value in values)


def _few(values: Sequence[object]) -> bool:
    """Says whether values are short and return."""
    if not values or not all(isinstance(value, str | int) for value in values):
        return False
    distinct = len(set(values))
    return 2 <= distinct <= max(2, len(values) / 2) and mean(len(str(value)) for value in values) <= 60


def _words(values: Sequence[object]) -> bool:
    return all(isinstance(value, str) and not value.strip().isdigit() for value in values)
