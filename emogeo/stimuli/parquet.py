"""Tables of Parquet, with the names that a data set gives to the numbers of its labels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from emogeo.errors import StimuliError
from emogeo.stimuli.files import safe
from emogeo.stimuli.records import Parsed, Record
from emogeo.stimuli.spreading import VALUE
from emogeo.stimuli.unpacking import LARGEST


def parse_parquet(data: bytes, name: str, wanted: Sequence[str]) -> Parsed:
    """Reads a table of Parquet: the wanted columns where it has them all, and others that could be labels or topics
    where it has the first and lacks another; else its first rows whole, or all rows, where the text is under names that
    are data.

    Numbers of labels are read as the names that the table's own description of them gives (`ClassLabel`).

    Args:
        wanted: names of fields, the one with the text first.

    Raises:
        StimuliError: no Parquet, or more than 2 GiB of it.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        named = _names_of_labels(file.schema_arrow.metadata or {})
        columns = _columns(file.schema_arrow, wanted)
        whole = columns is not None or wanted[0] == VALUE
        rows = tuple(_rows(file, name, columns, named, whole))
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise StimuliError(f"{name} is not Parquet that can be read: {safe(str(error)[:200])}.") from error
    there = set(named) & set(rows[0].values if rows else ())
    return Parsed(
        rows, (), tuple(f"numbers in {own} read as the names that the file has for them" for own in sorted(there))
    )


def _columns(schema: Any, wanted: Sequence[str]) -> list[str] | None:
    roots = list(dict.fromkeys(name if name in schema.names else name.partition(".")[0] for name in wanted))
    if roots[0] not in schema.names:
        return None
    others = [] if set(roots) <= set(schema.names) else [one.name for one in schema if _is_short(one.type)]
    return [root for root in dict.fromkeys([*roots, *others]) if root in schema.names]


def _is_short(kind: Any) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) or pa.types.is_list(kind) else kind
    return bool(pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_boolean(kind))


def _names_of_labels(metadata: Mapping[bytes, bytes]) -> dict[str, list[str]]:
    """Gives the names of a column's numbers, by the column, as `datasets` writes them into a table."""
    try:
        features = json.loads(metadata.get(b"huggingface", b"{}"))["info"]["features"]
        found = {column: own["names"] for column, own in features.items() if own.get("_type") == "ClassLabel"}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {column: names for column, names in found.items() if isinstance(names, list)}


def _rows(
    file: Any, name: str, columns: list[str] | None, named: Mapping[str, list[str]], whole: bool
) -> Iterator[Record]:
    size, number = 0, 0
    for batch in file.iter_batches(batch_size=10_000 if whole else 100, columns=columns):
        size += batch.nbytes
        if size > LARGEST:
            raise StimuliError(f"{name} has more than {LARGEST:,} bytes, unpacked; split it into several files.")
        for row in batch.to_pylist():
            number += 1
            labels = {own: _label(row[own], names) for own, names in named.items() if own in row}
            yield Record(f"{name} row {number}", {**row, **labels})
        if not whole:
            return


def _label(value: object, names: Sequence[str]) -> object:
    """Gives the name of a number, None for the -1 of what has no label, and anything else as it is."""
    if not isinstance(value, int) or value == -1:
        return None if value == -1 else value
    return names[value] if 0 <= value < len(names) else value
