"""From a record to rows: its text or texts, each with its label, topic and family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Number

import numpy as np

from emogeo.config.texts import FieldsConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.files import safe, shown
from emogeo.stimuli.guesses import help_for
from emogeo.stimuli.records import ABSENT, Broken, Parsed, Record, field_of


@dataclass(frozen=True)
class Row:
    """One text and what its file says about it."""

    emotion: str | None
    """Its label as it is written, blanks too; None: it has none."""
    topic: str | None
    """None: it has none."""
    text: str
    family: str | None
    where: str
    """The file and the line, for messages."""


class _Fault(Exception):
    """What is wrong with a record."""


def rows_of_record(record: Record, fields: FieldsConfig, label: str | None) -> list[Row] | Broken:
    """Gives a record's texts as rows, or why it has none.

    Args:
        label: the label of a record whose file's name has it; None: it is the record's own.
    """
    try:
        return list(_rows(record, fields, label))
    except _Fault as fault:
        return Broken(record.where, str(fault))


def rows_of(records: Sequence[Mapping[str, object]], name: str, fields: FieldsConfig) -> list[Row]:
    """Gives rows from records in memory.

    Args:
        name: what messages call the records.

    Raises:
        StimuliError: a record that is none, or without its text; names it and its fields.
    """
    rows: list[Row] = []
    for number, values in enumerate(records):
        where = f"{name}[{number}]"
        if not isinstance(values, Mapping):
            raise StimuliError(f"{where}: expected an object with {fields.emotion}, {fields.text}.")
        got = rows_of_record(Record(where, values), fields, None)
        if isinstance(got, Broken):
            there = ", ".join(safe(str(key)) for key in values)
            raise StimuliError(f"{where}: {got.why}. Its fields are {there}.{_help(records, name, fields)}")
        rows += got
    if rows and all(row.emotion is None for row in rows):
        _refuse_unlabelled(records, name, fields)
    return rows


def _refuse_unlabelled(records: Sequence[Mapping[str, object]], name: str, fields: FieldsConfig) -> None:
    """Refuses records of which none has the field with the label.

    Raises:
        StimuliError: names the fields that there are.
    """
    if all(field_of(record, fields.emotion) is ABSENT for record in records):
        there = ", ".join(safe(str(key)) for key in records[0])
        known = help_for(Parsed(tuple(Record(f"{name}[{n}]", own) for n, own in enumerate(records))), fields)
        raise StimuliError(
            f"{name}: expected {shown(fields.emotion)} among its fields. Its fields are {there}. {known}"
        )


def _help(records: Sequence[Mapping[str, object]], name: str, fields: FieldsConfig) -> str:
    """Says what to type where no record has the text."""
    there = tuple(Record(f"{name}[{n}]", own) for n, own in enumerate(records) if isinstance(own, Mapping))
    known = any(field_of(record.values, fields.text) is not ABSENT for record in there)
    return "" if known else f" {help_for(Parsed(there), fields)}"


def _rows(record: Record, fields: FieldsConfig, label: str | None) -> Iterator[Row]:
    emotion = label if label is not None else _word(record, fields.emotion)
    topic = None if fields.topic is None else _stripped(_word(record, fields.topic))
    family = None if fields.family is None else _stripped(_word(record, fields.family))
    if fields.family is not None and family is None:
        raise _Fault(
            f"no text in {fields.family}, which by stimuli.fields.family={fields.family} names the topic's family; "
            f"its fields are {', '.join(map(str, record.values))}; name another, or type stimuli.fields.family=null"
        )
    for condition, text in _texts(field_of(record.values, fields.text), fields.text):
        if condition is not None and emotion is not None:
            raise _Fault(
                f"conditions both in {fields.emotion} and in the names within {fields.text}; name one of the latter, "
                f"stimuli.fields.text={fields.text}.{condition}, say"
            )
        yield Row(emotion if condition is None else condition, topic, text, family, record.where)


def _texts(value: object, name: str) -> Iterator[tuple[str | None, str]]:
    """Gives texts, each with its condition where the names within a field are conditions."""
    if isinstance(value, Mapping):
        inner = {key: texts for key, texts in value.items() if texts is not None}
        if not inner:
            raise _Fault(f"no text in {name}")
        for key, texts in inner.items():
            yield from ((_whole(str(key), name), text) for _, text in _texts_alone(texts, f"{name}.{key}"))
    else:
        yield from _texts_alone(value, name)


def _texts_alone(value: object, name: str) -> Iterator[tuple[None, str]]:
    value = _plain(value)
    if _is_missing(value) or value == []:
        raise _Fault(f"no text in {name}")
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str):
            raise _Fault(f"{shown(one)} in {name} is no text")
        if not one.strip():
            raise _Fault(f"the {name} is empty")
        yield None, _whole(one.strip(), name)


def _word(record: Record, name: str) -> str | None:
    """Gives a field's text, or its number as text; None where it is absent or empty. One in a list is that one."""
    value = _one(field_of(record.values, name), name)
    if _is_missing(value):
        return None
    if isinstance(value, bool):
        raise _Fault(f"{value} in {name}: true and false make two conditions at most; name another field")
    if isinstance(value, Number):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if not isinstance(value, str):
        raise _Fault(f"{shown(value)} in {name} is neither a text nor a number")
    return _whole(value, name) if value.strip() else None


def _one(value: object, name: str) -> object:
    value = _plain(value)
    if isinstance(value, list) and len(value) > 1:
        raise _Fault(f"{len(value)} values in {name}, {shown(value)}: a text has one condition and one topic")
    return value if not isinstance(value, list) else value[0] if value else None


def _plain(value: object) -> object:
    """Gives what numpy and pandas hold as Python does: a list for an array, a number for a number of theirs."""
    if isinstance(value, tuple):
        return list(value)
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def _is_missing(value: object) -> bool:
    """Says whether there is no value: none, or what pandas puts in its place."""
    if value is ABSENT or value is None or isinstance(value, str | list | Mapping):
        return value is ABSENT or value is None
    import pandas as pd  # half a second, which texts without numbers don't need

    return bool(pd.isna(value))


def _stripped(value: str | None) -> str | None:
    return None if value is None else value.strip()


def _whole(text: str, name: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _Fault(f"half a character (a lone surrogate) in {name} at character {error.start}") from error
    return text
