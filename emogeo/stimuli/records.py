"""What a file holds, as records: fields with their values, before it is known which of them are texts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emogeo.errors import StimuliError
from emogeo.stimuli.files import safe, shown
from emogeo.stimuli.json_tables import alike, length_of_texts, rows_of_table

ABSENT = object()
"""What a field has that a record lacks."""


@dataclass(frozen=True)
class Record:
    """Fields with their values, as a file has them."""

    where: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Broken:
    """A row that cannot be read."""

    where: str
    why: str


@dataclass(frozen=True)
class Parsed:
    """What one file holds."""

    records: tuple[Record, ...]
    broken: tuple[Broken, ...] = ()
    notes: tuple[str, ...] = ()
    """Things to say aloud, without the file's name."""
    unnamed: bool = False
    """Whether it is a table whose first row looks like no header."""


def field_of(values: object, name: str) -> Any:
    """Gives the value of a field, `ABSENT` where there is none.

    Args:
        name: the field; dotted, a field within a field; through a list, the list of its values.
    """
    if values is ABSENT:
        return ABSENT
    if isinstance(values, list):
        inner = [field_of(value, name) for value in values]
        return ABSENT if not inner or any(value is ABSENT for value in inner) else inner
    if not isinstance(values, Mapping):
        return ABSENT
    if name in values:
        return values[name]
    first, dot, rest = name.partition(".")
    return field_of(values[first], rest) if dot and rest and first in values else ABSENT


def parse_json(text: str, name: str, text_field: str) -> Parsed:
    """Reads an array of objects or texts, a table, an object, one with a list of objects, or a line each, as JSONL has.

    Args:
        name: the file, for messages.
        text_field: the field with the text; an object that has it is one record.

    Raises:
        StimuliError: no JSON, or other values than objects.
    """
    try:
        value = _loads(text)
    except ValueError as error:
        if _is_object(next(_lines(text), (0, ""))[1]):
            lines = parse_jsonl(text, name, text_field)
            return Parsed(lines.records, lines.broken, ("an object in each line: read as JSON lines",))
        several = _one_after_another(text)
        if several:
            records = tuple(Record(f"{name} item {at}", own) for at, own in enumerate(several, start=1))
            return Parsed(records, (), ("objects one after another: each read as a row",))
        raise StimuliError(f"{name} is not JSON: {_why(error)}.") from error
    table = rows_of_table(value, text_field)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        table = [{text_field: one} for one in value]
    items, outer = _items(value if table is None else table, text_field)
    if items is None:
        return Parsed((Record(name, _object(value, name)),))
    return Parsed(
        tuple(Record(f"{name} item {at}", {**outer, **_object(item, f"{name} item {at}")}) for at, item in items)
    )


def parse_jsonl(text: str, name: str, text_field: str) -> Parsed:
    """Reads an object a line; a file that is one JSON value all the same is read as that.

    Raises:
        StimuliError: as `parse_json`.
    """
    first = next(_lines(text), (0, "{}"))[1]
    if not _is_object(first) and _is_json(text):
        whole = parse_json(text, name, text_field)
        return Parsed(whole.records, whole.broken, ("one JSON value, not a line each: read as JSON",))
    records: list[Record] = []
    broken: list[Broken] = []
    for number, line in _lines(text):
        where = f"{name} line {number}"
        try:
            value = _loads(line)
        except ValueError as error:
            broken.append(Broken(where, f"not JSON: {_why(error)}"))
            continue
        if isinstance(value, dict):
            records.append(Record(where, value))
        else:
            broken.append(Broken(where, f"{shown(line)} is no object with fields"))
    return Parsed(tuple(records), tuple(broken))


def parse_lines(text: str, name: str, text_field: str, whole: bool) -> Parsed:
    """Reads plain text: a text a line, or one text.

    Args:
        text_field: what the field with the text is called.
        whole: whether the file is one text.
    """
    if whole:
        return Parsed((Record(name, {text_field: text}),))
    return Parsed(tuple(Record(f"{name} line {number}", {text_field: line}) for number, line in _lines(text)))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("too many lists within lists") from error


def _one_after_another(text: str) -> list[dict[str, Any]]:
    """Gives the objects of which a text is made; none where it is made of anything else."""
    found, at, decoder = [], 0, json.JSONDecoder()
    try:
        while at < len(text):
            value, end = decoder.raw_decode(text, at)
            found.append(value)
            at = end + len(text[end:]) - len(text[end:].lstrip())
    except (ValueError, RecursionError):
        return []
    return found if all(isinstance(value, dict) for value in found) else []


def _why(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno} column {error.colno}"
    return safe(str(error)[:120])


def _is_json(text: str) -> bool:
    try:
        _loads(text)
    except ValueError:
        return False
    return True


def _is_object(line: str) -> bool:
    return line.lstrip().startswith("{") and _is_json(line)


def _items(value: Any, text_field: str) -> tuple[list[tuple[int, Any]] | None, dict[str, Any]]:
    if isinstance(value, list):
        return list(enumerate(value, start=1)), {}
    if not isinstance(value, dict) or field_of(value, text_field) is not ABSENT:
        return None, {}
    lists = [key for key, inner in value.items() if isinstance(inner, list) and any(isinstance(i, dict) for i in inner)]
    named = [key for key in lists if field_of(value[key], text_field) is not ABSENT]
    chosen = named or _longest(value, lists)
    if len(chosen) != 1:
        return None, {}
    outer = {key: inner for key, inner in value.items() if not isinstance(inner, (list, dict))}
    return list(enumerate(value[chosen[0]], start=1)), outer


def _longest(value: Mapping[str, Any], lists: Sequence[str]) -> Sequence[str]:
    """Gives the list with much longer texts than any other, where there is one; else all."""
    lengths = {key: length_of_texts(value[key]) for key in lists}
    best = sorted(lists, key=lengths.__getitem__)[-2:]
    if len(best) < 2 or lengths[best[1]] == 0 or alike([lengths[key] for key in best]):
        return lists
    return best[1:]


def _object(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise StimuliError(f"{where}: {shown(json.dumps(value))} is no object with fields.")
    return value
