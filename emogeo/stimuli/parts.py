"""Files with what they hold: which fields they have, and whether their names are labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from emogeo.config.texts import FieldsConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.files import TextFile, safe, shown
from emogeo.stimuli.guesses import help_for, names_an_emotion
from emogeo.stimuli.naming import glob_without, label_of, questions
from emogeo.stimuli.records import ABSENT, Parsed, field_of

_NAMED = 3
"""How many of several things a message names."""


@dataclass(frozen=True)
class Part:
    """A file and what it holds."""

    file: TextFile
    parsed: Parsed


def refuse_textless(part: Part, fields: FieldsConfig, parts: Sequence[Part]) -> None:
    """Refuses a file of which no record has the field with the text.

    Raises:
        StimuliError: that; the advice depends on whether other files have it.
    """
    if not part.parsed.records or has(part.parsed, fields.text):
        return
    others = [other for other in parts if other is not part]
    files = [other.file for other in others]
    fitting = next((other for other in others if has(other.parsed, fields.text)), None)
    if fitting is not None:
        raise _differing(part, fitting, fields.text, files)
    error = _unread(
        part,
        fields,
        [name for name in (fields.emotion, fields.text) if not has(part.parsed, name)],
        _alike(part, others),
    )
    raise StimuliError(f"{error}{glob_without(part.file, files)}")


def _alike(part: Part, others: Sequence[Part]) -> list[str]:
    """Gives the names of files that hold one object each, most of whose names are those of the others; else none."""
    parts = [part, *others]
    if len(parts) < 2 or any(len(one.parsed.records) != 1 for one in parts):
        return []
    own, *rest = [set(one.parsed.records[0].values) for one in parts]
    stems = [one.file.parts[-1] for one in parts]
    alike = all(2 * len(own & other) > len(own | other) for other in rest)
    return stems if alike and not all(stem[-1:].isdigit() for stem in stems) else []


def _differing(part: Part, fitting: Part, missing: str, others: Sequence[TextFile]) -> StimuliError:
    return StimuliError(
        f"{part.file.shown} and {fitting.file.shown} differ in their fields: {_fields(part)} and {_fields(fitting)}; "
        f"expected {shown(missing)} in both, since files that are read together have fields of one name."
        f"{glob_without(part.file, others)} If it is one, give its fields the names that those of "
        f"{fitting.file.shown} have."
    )


def _fields(part: Part) -> str:
    first = part.parsed.records[0].values if part.parsed.records else {}
    there = [safe(str(name)[:40]) for name in list(first)[:20]]
    return ", ".join(there) or "none"


def refuse_absent(parts: Sequence[Part], fields: FieldsConfig) -> None:
    """Refuses a name of the user's that no file has."""
    named = {
        "emotion": None if fields.emotion == "emotion" else fields.emotion,
        "topic": None if fields.topic == "topic" else fields.topic,
        "family": fields.family,
    }
    for name in named.values():
        if parts and name is not None and not any(has(part.parsed, name) for part in parts):
            raise _unread(parts[0], fields, [name])


def has(parsed: Parsed, name: str) -> bool:
    return any(field_of(record.values, name) is not ABSENT for record in parsed.records)


def _unread(part: Part, fields: FieldsConfig, missing: Sequence[str], files: Sequence[str] = ()) -> StimuliError:
    there = _fields(part)
    what = "columns" if ", " in there and part.file.kind == "csv" else "fields"
    named = "" if part.parsed.unnamed else f" Its {what} are {there}."
    return StimuliError(
        f"{part.file.shown}: expected {' and '.join(shown(name) for name in missing)} among its fields.{named} "
        f"{help_for(part.parsed, fields, files)}"
    )


def labels_of_names(
    parts: Sequence[Part], fields: FieldsConfig, needed: bool = True
) -> tuple[Mapping[str, str], list[str]]:
    """Gives the label of each file, by its name for messages, where no record has one; else none.

    Args:
        needed: whether texts must have labels.

    Raises:
        StimuliError: one label for all, or a field that could be the label; not where no label is needed.
    """
    without = [part for part in parts if not _labelled(part, fields)]
    if len(without) < len(parts) or not parts:
        _refuse_other_labels(parts, without, fields)
        return {}, [f"{several([part.file.shown for part in without])}: no label in any row"] if without else []
    likely = next((part for part in parts if names_an_emotion(part.parsed.records)), None)
    labels = {part.file.shown: label_of(part.file) for part in parts}
    if not needed and (likely is not None or len(set(labels.values())) < 2):
        return {}, [f"read without labels: there is no field {fields.emotion} among {_fields(likely or parts[0])}"]
    if likely is not None:
        raise _unread(likely, fields, [fields.emotion])
    if len(set(labels.values())) < 2:
        raise _unlabelled(parts[0], fields)
    distinct = list(dict.fromkeys(labels.values()))
    said = f"labels are taken from the names of files or folders: {several(distinct)}"
    return labels, [said, *questions([part.file for part in parts])]


def _refuse_other_labels(parts: Sequence[Part], without: Sequence[Part], fields: FieldsConfig) -> None:
    odd = next((part for part in without if names_an_emotion(part.parsed.records)), None)
    if odd is not None:
        fitting = next(part for part in parts if _labelled(part, fields))
        raise _differing(odd, fitting, fields.emotion, [part.file for part in parts if part is not odd])


def _labelled(part: Part, fields: FieldsConfig) -> bool:
    conditions = (isinstance(field_of(record.values, fields.text), Mapping) for record in part.parsed.records)
    return has(part.parsed, fields.emotion) or any(conditions)


def _unlabelled(part: Part, fields: FieldsConfig) -> StimuliError:
    if part.file.kind == "txt":
        return StimuliError(
            f"{part.file.shown}: plain text has no labels. Give a folder in which they are the names of files "
            "(FOLDER/joy.txt, a text a line) or of folders (FOLDER/joy/1.txt, a text a file); if each line has a label "
            "and a text, it is a table: name it .csv or .tsv."
        )
    return _unread(part, fields, [fields.emotion])


def several(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
