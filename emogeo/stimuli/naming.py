"""Names of folders and files that hold labels or topics."""

from __future__ import annotations

import re
from collections.abc import Sequence

from emogeo.errors import StimuliError
from emogeo.stimuli.files import TextFile, safe
from emogeo.stimuli.records import Parsed, Record

_PARTS = re.compile("[_-]")


def with_names(parsed: Parsed, file: TextFile, wanted: Sequence[str]) -> Parsed:
    """Adds to records the names of their folders and their file, as far as these are wanted as fields.

    They are called folder1, folder2 … from outside to inside, and file; the parts of a file's name with one underscore
    or hyphen are file1 and file2. A field of that name in a record stays.
    """
    names = {name: value for name, value in _names(file).items() if name in wanted}
    if not names:
        return parsed
    records = tuple(Record(record.where, {**names, **record.values}) for record in parsed.records)
    return Parsed(records, parsed.broken, parsed.notes, parsed.unnamed)


def label_of(file: TextFile) -> str:
    """Gives the label that a file's or its folder's name is.

    Raises:
        StimuliError: folders within folders.
    """
    if len(file.parts) > 2:
        raise StimuliError(
            f"{file.shown} has no labels in it and is {len(file.parts) - 1} folders deep; labels are taken from "
            "names as FOLDER/joy.txt or FOLDER/joy/1.txt. Give the folder that holds the labels' folders, or say what "
            "the names are: type 'stimuli.fields={emotion: folder1, topic: folder2}', say; that of the file is file."
        )
    return file.parts[0]


def questions(files: Sequence[TextFile]) -> list[str]:
    """Asks about names that could be topics as well as labels: of files that return in folders, or in two parts."""
    if all(len(file.parts) == 2 for file in files) and not all(file.parts[1].isdigit() for file in files):
        return _asked([file.parts for file in files], "names of files return in several folders", "folder1", "file")
    parts = [tuple(_PARTS.split(file.parts[0])) for file in files if len(file.parts) == 1]
    if len(parts) == len(files) and all(len(part) == 2 for part in parts):
        return _asked(parts, "the parts of the files' names return", "file1", "file2")
    return []


def _asked(pairs: Sequence[tuple[str, ...]], what: str, first: str, second: str) -> list[str]:
    """Gives a question where every first name stands with every second, so that they are crossed."""
    crossed = len({pair[0] for pair in pairs}) * len({pair[1] for pair in pairs})
    if len(set(pairs)) < crossed or crossed in (len({pair[0] for pair in pairs}), len({pair[1] for pair in pairs})):
        return []
    return [
        f"{what}: are these {pairs[0][1]}, … topics? Then type 'stimuli.fields={{emotion: {first}, topic: {second}}}'; "
        f"if they are the labels, 'stimuli.fields={{emotion: {second}, topic: {first}}}'"
    ]


def glob_without(file: TextFile, others: Sequence[TextFile]) -> str:
    """Says which glob leaves a file out, where the others have one suffix that it has not."""
    if not others:
        return ""
    root = file.path.parents[len(file.parts) - 1]
    deep = "**/" if any(len(other.parts) > 1 for other in others) else ""
    suffixes = {other.suffix for other in others}
    glob = safe(f"{root}/{deep}*{min(suffixes)}") if len(suffixes) == 1 and file.suffix not in suffixes else ""
    typed = f"type stimuli.path='{glob}'" if glob else f"take it out of {safe(str(root))}"
    return f"\nIf it is no file of texts, leave it out: {typed}."


def _names(file: TextFile) -> dict[str, str]:
    *folders, stem = file.parts
    halves = _PARTS.split(stem)
    parts = {f"file{at}": half for at, half in enumerate(halves, start=1)} if len(halves) == 2 else {}
    return {**{f"folder{at}": folder for at, folder in enumerate(folders, start=1)}, "file": stem, **parts}
