"""Names that are data: of columns or of objects within objects, where they are labels or topics and no fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import mean

from emogeo.stimuli.json_tables import alike, length_of_texts, rows_of_table
from emogeo.stimuli.records import ABSENT, Parsed, Record, field_of

KEY, VALUE = "key", "value"
"""What names that are data are called, with a number from outside to inside (key1, key2), and the texts under them."""


def spread(parsed: Parsed, text_field: str) -> Parsed:
    """Gives a record for each text under names that are data: of `{joy: {home: TEXT}}`, key1 is joy and key2 home.

    Names are data where texts of like length stand under two of them at least; of one object or list of objects among
    other fields, the names within. An object that has the field with the
    text, that stands in a list, or whose texts are of unlike length, is a record with its own fields. Others stay.

    Returns:
        No records, where no names are data.
    """
    names = _data_names(parsed.records)
    records = tuple(one for record in parsed.records for one in _spread(record, names, text_field)) if names else ()
    said = f"{len(names)} names: {_some(names)}" if len(names) > 1 else f"the names within {_some(names)}"
    return Parsed(records, parsed.broken, (*parsed.notes, f"read under each of {said}"))


def is_prose(length: float, values: Sequence[object]) -> bool:
    """Says whether values are long enough, or have blanks or other characters than names of files and models have.

    Args:
        length: their mean length.
    """
    listed = str(list(values[:20])) if length >= 10 else ""
    return length > 40 or (length >= 10 and (not listed.isascii() or mean(str(one).count(" ") for one in values) >= 1))


def _some(names: Sequence[str]) -> str:
    return f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''}"


def _data_names(records: Sequence[Record]) -> list[str]:
    """Gives the names of objects and lists, else of texts, those of like length; one alone only if it holds objects."""
    columns: dict[str, list[object]] = {}
    for record in records:
        for name, value in record.values.items():
            columns.setdefault(name, []).append(value)
    holds = {name for name, values in columns.items() if any(isinstance(value, list | Mapping) for value in values)}
    lengths = {name: length_of_texts(columns[name]) for name in holds or columns}
    texts = {name: length for name, length in lengths.items() if holds or is_prose(length, columns[name])}
    most = max(texts.values(), default=0.0)
    found = [str(name) for name in columns if texts.get(name, 0.0) * 3 > most > 0]
    return found if len(found) > 1 or (found and any(map(_holds_objects, columns[found[0]]))) else []


def _holds_objects(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(one, Mapping) for one in value))


def _spread(record: Record, names: Sequence[str], text_field: str) -> Iterator[Record]:
    stay = {
        name: value
        for name, value in record.values.items()
        if name not in names and not isinstance(value, list | Mapping)
    }
    inner = {name: record.values[name] for name in names if name in record.values}
    for keys, values in _leaves(inner if len(names) > 1 else inner.get(names[0]), (), text_field):
        keyed = {f"{KEY}{at}": key for at, key in enumerate(keys, start=1)}
        yield Record(f"{record.where} {'.'.join(keys)}", {**stay, **keyed, **values})


def _leaves(
    value: object, keys: tuple[str, ...], text_field: str
) -> Iterator[tuple[tuple[str, ...], Mapping[str, object]]]:
    if isinstance(value, str) and value.strip():
        yield keys, {VALUE: value}
    elif isinstance(value, Mapping) and keys and not _names_are_data(value, text_field):
        table = rows_of_table(value, text_field)
        yield from ((keys, row) for row in table) if table else [(keys, value)]
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*keys, str(name)), text_field)
    elif isinstance(value, list):
        for item in value:
            yield from [(keys, item)] if isinstance(item, Mapping) else _leaves(item, keys, text_field)


def _names_are_data(value: Mapping[str, object], text_field: str) -> bool:
    if field_of(value, text_field) is not ABSENT:
        return False
    inner = [one for one in value.values() if one is not None and one != ""]
    return all(isinstance(one, list | Mapping) for one in inner) or alike([length_of_texts(one) for one in inner])


def texts_beside(records: Sequence[Record], text: str) -> list[str]:
    """Gives the other names under which texts stand that are like those of a field: as long, and different in rows."""
    columns: dict[str, list[str]] = {}
    for record in records:
        for name, value in record.values.items():
            columns.setdefault(name, []).append(value.strip() if isinstance(value, str) else "")
    own = mean(map(len, columns[text])) if text in columns else 0.0
    return [name for name, values in columns.items() if name != text and _like_texts(values, own)]


def _like_texts(values: Sequence[str], own: float) -> bool:
    length = mean(map(len, values))
    return is_prose(length, values) and alike([length, own]) and 2 * len(set(values)) > len(values)


def stand_together(records: Sequence[Record], names: Sequence[str]) -> bool:
    """Says whether texts under these names, and one more, are all that is read where names are data."""
    found = {record.values.get(f"{KEY}1") for record in spread(Parsed(tuple(records)), VALUE).records}
    return len(found) == len(names) + 1 and found > set(names)
