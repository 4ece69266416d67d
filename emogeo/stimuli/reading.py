"""Reading texts from files of any shape into rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from emogeo.config.texts import FieldsConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.chats import with_answers
from emogeo.stimuli.delimited import COMMENTS, parse_table
from emogeo.stimuli.files import TextFile, find, safe
from emogeo.stimuli.guesses import help_for
from emogeo.stimuli.labelling import Row, rows_of, rows_of_record
from emogeo.stimuli.marked import is_marked, parse_marked, with_ones
from emogeo.stimuli.naming import cuts_of, with_names
from emogeo.stimuli.overlooked import labelled_records, likely_topic, other_texts
from emogeo.stimuli.parquet import parse_parquet
from emogeo.stimuli.parts import Part, has, labels_of_names, refuse_absent, refuse_textless, several
from emogeo.stimuli.plain import Plain, parse_plain, plain_of
from emogeo.stimuli.records import Broken, Parsed, parse_json, parse_jsonl
from emogeo.stimuli.spreading import spread
from emogeo.stimuli.unpacking import content, decoded

__all__ = ["Read", "Row", "read_texts", "rows_of"]

_NAMED = 3
"""How many rows that cannot be read a message names."""


@dataclass(frozen=True)
class Read:
    """What was read."""

    name: str
    """What tables call the corpus: the stem of the file or the name of the folder."""
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    """What the user should be told about how it was read."""


def read_texts(path: str, fields: FieldsConfig, mend_rows: bool = False, needs_labels: bool = True) -> Read:
    """Reads a file, a folder or a glob of texts.

    Args:
        fields: what the fields are called.
        mend_rows: whether rows that cannot be read are left out, and counted in the notes; else they are an error.
        needs_labels: whether texts without labels are an error; else the notes say so.

    Raises:
        StimuliError: no such file, another kind of file or encoding, fields that are not there (with the option that
            would read the file), or a row that cannot be read.
    """
    found = find(path)
    names = [name for name in (fields.emotion, fields.topic, fields.family) if name is not None]
    cuts = cuts_of(found.files)
    plain, fields = plain_of(found.files, fields, cuts)
    parts = [Part(file, with_names(_parse(file, fields, plain), file, names, cuts)) for file in found.files]
    for part in parts:
        refuse_textless(part, fields, parts)
    if not any(part.parsed.records or part.parsed.broken for part in parts):
        raise StimuliError(
            f"stimuli.path={safe(path)}: no rows in {several([part.file.shown for part in parts])}.{_why_none(parts)}"
        )
    filled = [part for part in parts if part.parsed.records]
    refuse_absent(filled, fields)
    labels, said = labels_of_names(filled, fields, needs_labels)
    rows, broken = _rows(parts, fields, labels)
    if not rows:
        raise StimuliError(f"{_first(broken)} No row could be read{_helped(filled, fields)}")
    if broken and not mend_rows:
        raise _refused(broken)
    return Read(
        found.name,
        tuple(rows),
        (*found.notes, *_aloud(parts), *said, *_overlooked(filled, fields, labels), *_left_out(broken)),
    )


def _parse(file: TextFile, fields: FieldsConfig, plain: Plain) -> Parsed:
    data, kind = content(file)
    if fields.columns is not None and kind != "csv":
        raise StimuliError(
            f"{file.shown}: stimuli.fields.columns is for tables without header, and this is none; name its fields: "
            "'stimuli.fields={emotion: FIELD, topic: FIELD, text: FIELD}'."
        )
    wanted = [name for name in (fields.text, fields.emotion, fields.topic, fields.family) if name is not None]
    if kind == "parquet":
        return _in_fields(parse_parquet(data, file.shown, wanted), fields)
    text, encoding = decoded(data, file.shown)
    parsed = _in_fields(_parse_text(text, kind, file, fields, wanted, plain), fields)
    notes = parsed.notes if encoding is None else (f"read as {encoding}", *parsed.notes)
    return Parsed(parsed.records, parsed.broken, notes, parsed.unnamed)


def _in_fields(parsed: Parsed, fields: FieldsConfig) -> Parsed:
    """Gives the records with their texts and labels in fields, where these stand under names that are data."""
    placed = with_answers(_under_names(parsed, fields), fields.text)
    return with_ones(placed, fields) if has(placed, fields.text) else placed


def _under_names(parsed: Parsed, fields: FieldsConfig) -> Parsed:
    """Gives the records under names that are data, where these have the field with the text and others have not."""
    if not parsed.records or has(parsed, fields.text):
        return parsed
    other = spread(parsed, fields.text)
    return other if has(other, fields.text) else parsed


def _parse_text(
    text: str, kind: str, file: TextFile, fields: FieldsConfig, wanted: Sequence[str], plain: Plain
) -> Parsed:
    if kind in ("csv", "txt") and is_marked(text):
        return parse_marked(text, file.shown, fields)
    if kind == "csv":
        parsed = parse_table(text, file.shown, wanted, fields.columns)
        if fields.columns is not None and not parsed.records:
            _refuse_columns(parsed, parse_table(text, file.shown, wanted, None), fields)
        return parsed
    if kind == "txt":
        return parse_plain(text, file, fields.text, plain)
    parse = parse_json if kind == "json" else parse_jsonl
    return parse(text, file.shown, fields.text)


def _refuse_columns(parsed: Parsed, without: Parsed, fields: FieldsConfig) -> None:
    if parsed.broken and without.records:
        raise StimuliError(
            f"{parsed.broken[0].where}: {parsed.broken[0].why}; stimuli.fields names "
            f"{', '.join(fields.columns or [])}. {help_for(without, fields)}"
        )


def _why_none(parts: Sequence[Part]) -> str:
    """Says what to type where every line of a table was taken for a comment."""
    said = [note for part in parts for note in part.parsed.notes if note.startswith(COMMENTS)]
    if not said:
        return ""
    return (
        f" All lines begin with # and are taken for comments ({said[0]}). If they are rows, name the columns in their "
        "order: type 'stimuli.fields=[emotion,topic,text]', say."
    )


def _rows(parts: Iterable[Part], fields: FieldsConfig, labels: Mapping[str, str]) -> tuple[list[Row], list[Broken]]:
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


def _helped(filled: Sequence[Part], fields: FieldsConfig) -> str:
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


def _overlooked(filled: Sequence[Part], fields: FieldsConfig, labels: Mapping[str, str]) -> list[str]:
    notes_of = {part.file.shown: note for part in filled for note in other_texts(part.parsed.records, fields)}
    said = {
        note: several([name for name, own in notes_of.items() if own == note])
        for note in dict.fromkeys(notes_of.values())
    }
    every = [
        record
        for part in filled
        for record in labelled_records(part.parsed.records, labels.get(part.file.shown), fields)
    ]
    return [*(f"{names}: {note}" for note, names in said.items()), *likely_topic(every, fields)]


def _aloud(parts: Sequence[Part]) -> list[str]:
    """Gives the notes of files; what several have in common is said once."""
    files_of: dict[str, list[str]] = {}
    for part in parts:
        for note in part.parsed.notes:
            files_of.setdefault(note, []).append(part.file.shown)
    return [f"{several(files)}: {note}" for note, files in files_of.items()]
