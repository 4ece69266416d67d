"""Reading texts from files of any shape into rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from emogeo.config.texts import FieldsConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.delimited import parse_table
from emogeo.stimuli.files import TextFile, find, safe, shown
from emogeo.stimuli.guesses import help_for, names_an_emotion
from emogeo.stimuli.labelling import Row, rows_of, rows_of_record
from emogeo.stimuli.naming import glob_without, label_of, questions, with_names
from emogeo.stimuli.parquet import parse_parquet
from emogeo.stimuli.records import (
    ABSENT,
    Broken,
    Parsed,
    field_of,
    parse_json,
    parse_jsonl,
    parse_lines,
)
from emogeo.stimuli.spreading import spread
from emogeo.stimuli.unpacking import content, decoded

__all__ = ["Read", "Row", "read_texts", "rows_of"]

_NAMED = 3
"""How many of several things a message names."""


@dataclass(frozen=True)
class Read:
    """What was read."""

    name: str
    """What tables call the corpus: the stem of the file or the name of the folder."""
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    """What the user should be told about how it was read."""


@dataclass(frozen=True)
class _Part:
    """A file and what it holds."""

    file: TextFile
    parsed: Parsed


def read_texts(path: str, fields: FieldsConfig, mend_rows: bool = False) -> Read:
    """Reads a file, a folder or a glob of texts.

    Args:
        fields: what the fields are called.
        mend_rows: whether rows that cannot be read are left out, and counted in the notes; else they are an error.

    Raises:
        StimuliError: no such file, another kind of file or encoding, fields that are not there (with the option that
            would read the file), or a row that cannot be read.
    """
    found = find(path)
    names = [name for name in (fields.emotion, fields.topic, fields.family) if name is not None]
    parts = [_Part(file, with_names(_parse(file, fields), file, names)) for file in found.files]
    for part in parts:
        _refuse_textless(part, fields, [other.file for other in parts if other is not part])
    if not any(part.parsed.records or part.parsed.broken for part in parts):
        raise StimuliError(f"stimuli.path={safe(path)}: no rows in {_several([part.file.shown for part in parts])}.")
    filled = [part for part in parts if part.parsed.records]
    _refuse_absent(filled, fields)
    labels, said = _labels_of_names(filled, fields)
    rows, broken = _rows(parts, fields, labels)
    if not rows:
        raise StimuliError(f"{_first(broken)} No row could be read{_helped(filled, fields)}")
    if broken and not mend_rows:
        raise _refused(broken)
    return Read(found.name, tuple(rows), (*found.notes, *_aloud(parts), *said, *_left_out(broken)))


def _parse(file: TextFile, fields: FieldsConfig) -> Parsed:
    data, kind = content(file)
    if fields.columns is not None and kind != "csv":
        raise StimuliError(
            f"{file.shown}: stimuli.fields.columns is for tables without header, and this is none; name its fields: "
            "stimuli.fields={emotion: FIELD, topic: FIELD, text: FIELD}."
        )
    wanted = [name for name in (fields.text, fields.emotion, fields.topic, fields.family) if name is not None]
    if kind == "parquet":
        return _under_names(parse_parquet(data, file.shown, wanted), fields)
    text, encoding = decoded(data, file.shown)
    parsed = _under_names(_parse_text(text, kind, file, fields, wanted), fields)
    notes = parsed.notes if encoding is None else (f"read as {encoding}", *parsed.notes)
    return Parsed(parsed.records, parsed.broken, notes, parsed.unnamed)


def _under_names(parsed: Parsed, fields: FieldsConfig) -> Parsed:
    """Gives the records under names that are data, where these have the field with the text and others have not."""
    if not parsed.records or _has(parsed, fields.text):
        return parsed
    other = spread(parsed, fields.text)
    return other if _has(other, fields.text) else parsed


def _parse_text(text: str, kind: str, file: TextFile, fields: FieldsConfig, wanted: Sequence[str]) -> Parsed:
    if kind == "csv":
        parsed = parse_table(text, file.shown, wanted, fields.columns)
        if fields.columns is not None and not parsed.records:
            _refuse_columns(parsed, parse_table(text, file.shown, wanted, None), fields)
        return parsed
    if kind == "txt":
        return parse_lines(text, file.shown, fields.text, whole=len(file.parts) > 1)
    parse = parse_json if kind == "json" else parse_jsonl
    return parse(text, file.shown, fields.text)


def _refuse_columns(parsed: Parsed, without: Parsed, fields: FieldsConfig) -> None:
    if parsed.broken and without.records:
        raise StimuliError(
            f"{parsed.broken[0].where}: {parsed.broken[0].why}; stimuli.fields names "
            f"{', '.join(fields.columns or [])}. {help_for(without, fields)}"
        )


def _refuse_textless(part: _Part, fields: FieldsConfig, others: Sequence[TextFile]) -> None:
    if part.parsed.records and not _has(part.parsed, fields.text):
        error = _unread(part, fields, [name for name in (fields.emotion, fields.text) if not _has(part.parsed, name)])
        raise StimuliError(f"{error}{glob_without(part.file, others)}")


def _refuse_absent(parts: Sequence[_Part], fields: FieldsConfig) -> None:
    """Refuses a name of the user's that no file has."""
    named = {
        "emotion": None if fields.emotion == "emotion" else fields.emotion,
        "topic": None if fields.topic == "topic" else fields.topic,
        "family": fields.family,
    }
    for name in named.values():
        if parts and name is not None and not any(_has(part.parsed, name) for part in parts):
            raise _unread(parts[0], fields, [name])


def _has(parsed: Parsed, name: str) -> bool:
    return any(field_of(record.values, name) is not ABSENT for record in parsed.records)


def _unread(part: _Part, fields: FieldsConfig, missing: Sequence[str]) -> StimuliError:
    first = part.parsed.records[0].values if part.parsed.records else {}
    there = [safe(str(name)[:40]) for name in list(first)[:20]]
    what = "columns" if len(there) > 1 and part.file.kind == "csv" else "fields"
    named = "" if part.parsed.unnamed else f" Its {what} are {', '.join(there) or 'none'}."
    return StimuliError(
        f"{part.file.shown}: expected {' and '.join(shown(name) for name in missing)} among its fields.{named} "
        f"{help_for(part.parsed, fields)}"
    )


def _labels_of_names(parts: Sequence[_Part], fields: FieldsConfig) -> tuple[Mapping[str, str], list[str]]:
    """Gives the label of each file, by its name for messages, where no record has one; else none.

    Raises:
        StimuliError: one label for all, or a field that could be the label.
    """
    without = [part.file.shown for part in parts if not _labelled(part, fields)]
    if len(without) < len(parts) or not parts:
        return {}, [f"{_several(without)}: no label in any row"] if without else []
    likely = next((part for part in parts if names_an_emotion(part.parsed.records)), None)
    labels = {part.file.shown: label_of(part.file) for part in parts}
    if likely is not None:
        raise _unread(likely, fields, [fields.emotion])
    if len(set(labels.values())) < 2:
        raise _unlabelled(parts[0], fields)
    distinct = list(dict.fromkeys(labels.values()))
    said = f"labels are taken from the names of files or folders: {_several(distinct)}"
    return labels, [said, *questions([part.file for part in parts])]


def _labelled(part: _Part, fields: FieldsConfig) -> bool:
    conditions = (isinstance(field_of(record.values, fields.text), Mapping) for record in part.parsed.records)
    return _has(part.parsed, fields.emotion) or any(conditions)


def _unlabelled(part: _Part, fields: FieldsConfig) -> StimuliError:
    if part.file.kind == "txt":
        return StimuliError(
            f"{part.file.shown}: plain text has no labels. Give a folder in which they are the names of files "
            "(FOLDER/joy.txt, a text a line) or of folders (FOLDER/joy/1.txt, a text a file); if each line has a label "
            "and a text, it is a table: name it .csv or .tsv."
        )
    return _unread(part, fields, [fields.emotion])


def _rows(parts: Iterable[_Part], fields: FieldsConfig, labels: Mapping[str, str]) -> tuple[list[Row], list[Broken]]:
    rows: list[Row] = []
    broken: list[Broken] = []
    for part in parts:
        broken += part.parsed.broken
        if not part.parsed.records and not part.parsed.broken:
            broken.append(Broken(part.file.shown, "it holds no rows"))
        for record in part.parsed.records:
            got = rows_of_record(record, fields, labels.get(part.file.shown))
            if isinstance(got, Broken):
                broken.append(got)
            else:
                rows += got
    return rows, broken


def _helped(filled: Sequence[_Part], fields: FieldsConfig) -> str:
    return f". {help_for(filled[0].parsed, fields)}" if filled else "."


def _refused(broken: Sequence[Broken]) -> StimuliError:
    more = f" ({len(broken)} rows cannot be read; this is the first.)" if len(broken) > 1 else ""
    return StimuliError(f"{_first(broken)}{more} Type stimuli.mend=[rows] to leave such rows out.")


def _first(broken: Sequence[Broken]) -> str:
    return f"{broken[0].where}: {broken[0].why}." if broken else ""


def _left_out(broken: Sequence[Broken]) -> list[str]:
    if not broken:
        return []
    listed = "; ".join(f"{one.where}: {one.why}" for one in broken[:_NAMED])
    return [f"{len(broken)} row(s) left out: {listed}{'; …' if len(broken) > _NAMED else ''}"]


def _aloud(parts: Sequence[_Part]) -> list[str]:
    """Gives the notes of files; what several have in common is said once."""
    files_of: dict[str, list[str]] = {}
    for part in parts:
        for note in part.parsed.notes:
            files_of.setdefault(note, []).append(part.file.shown)
    return [f"{_several(files)}: {note}" for note, files in files_of.items()]


def _several(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
