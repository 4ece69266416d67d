"""Labels that no field holds: marks before a text, and columns with a 1 where a text has their label."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from emogeo.config.texts import FieldsConfig
from emogeo.stimuli.records import ABSENT, Broken, Parsed, Record, field_of

_MARK = "__label__"
_MARKED = re.compile(rf"\s*((?:{_MARK}\S+\s+)+)(.*)", re.DOTALL)
_LEAST = 4
"""How many columns of zeros and ones are taken for labels: as many as conditions are needed."""
_KINDS = (("0", "1"), ("0.0", "1.0"), ("false", "true"))


def is_marked(text: str) -> bool:
    """Says whether a file begins with a mark as fastText has it: `__label__joy TEXT`."""
    return text.lstrip().startswith(_MARK)


def parse_marked(text: str, name: str, fields: FieldsConfig) -> Parsed:
    """Reads a text a line, each after its label or labels.

    Args:
        name: the file, for messages.
        fields: what the label and the text are called.
    """
    records: list[Record] = []
    broken: list[Broken] = []
    for number, line in enumerate(text.split("\n"), start=1):
        found = _MARKED.fullmatch(line)
        if found:
            labels = [label.removeprefix(_MARK) for label in found[1].split()]
            records.append(Record(f"{name} line {number}", {fields.emotion: labels, fields.text: found[2].strip()}))
        elif line.strip():
            broken.append(Broken(f"{name} line {number}", f"no {_MARK} before the text, as other lines have"))
    return Parsed(tuple(records), tuple(broken), (f"labels are taken from the marks {_MARK} before texts",))


def with_ones(parsed: Parsed, fields: FieldsConfig) -> Parsed:
    """Gives records the name of the column as label that alone has a 1 among four columns or more of zeros and ones.

    Records stay where they have labels or fewer such columns; those with no 1 or several are left out and counted.
    """
    if not parsed.records or any(field_of(record.values, fields.emotion) is not ABSENT for record in parsed.records):
        return parsed
    names = _columns([record.values for record in parsed.records])
    if not names:
        return parsed
    own = [[name for name in names if _cell(record.values.get(name)) in _ONES] for record in parsed.records]
    kept = [
        Record(record.where, {**record.values, fields.emotion: labels[0]})
        for record, labels in zip(parsed.records, own, strict=True)
        if len(labels) == 1
    ]
    none, several = sum(not labels for labels in own), sum(len(labels) > 1 for labels in own)
    left = f"; left out: {several} row(s) with a 1 in several, {none} without a 1" if none or several else ""
    listed = f"{', '.join(names[:3])}{' …' if len(names) > 3 else ''}"
    said = f"labels are the names of {len(names)} columns of zeros and ones ({listed}){left}"
    return replace(parsed, records=tuple(kept), notes=(*parsed.notes, said)) if kept else parsed


_ONES = {"1", "1.0", "true"}


def _columns(records: Sequence[Mapping[str, object]]) -> list[str]:
    """Gives the columns that hold zeros and ones alone, of the first way to write these that enough columns have."""
    values = {name: {_cell(record.get(name)) for record in records} for name in records[0]}
    for zero, one in _KINDS:
        names = [name for name, own in values.items() if zero in own and own <= {zero, one}]
        if len(names) >= _LEAST:
            return names
    return []


def _cell(value: object) -> str:
    return str(value).strip().lower()
