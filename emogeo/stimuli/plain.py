"""Plain text: whether each file is a text, or each of its lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from emogeo.config.texts import FieldsConfig
from emogeo.stimuli.files import TextFile
from emogeo.stimuli.naming import Cut, names_of
from emogeo.stimuli.records import Parsed, parse_lines

LINE, FILE = "line", "file"
"""What stimuli.fields.text is for plain text, where the user says which."""
_FOLDER = re.compile(r"folder(\d+)")
_PART = re.compile(r"file\d+")


@dataclass(frozen=True)
class Plain:
    """How plain text is read."""

    whole: frozenset[TextFile]
    """The files that are one text each; of others each line is one."""
    said: bool
    """Whether the user has said so."""
    alone: bool
    """Whether all files are plain text, so that the user can say so."""


def plain_of(files: Sequence[TextFile], fields: FieldsConfig, cuts: Mapping[str, Cut]) -> tuple[Plain, FieldsConfig]:
    """Decides how plain text is read: as the user says, else by files where a condition has several in its folder.

    Args:
        cuts: the parts of files' names, as `cuts_of` gives them.

    Returns:
        That, and the fields, in which `line` and `file` are no name of a field where all files are plain text.
    """
    texts = [file for file in files if file.kind == "txt"]
    alone = len(texts) == len(files)
    if alone and fields.text in (LINE, FILE):
        return Plain(frozenset(texts if fields.text == FILE else ()), True, alone), replace(fields, text="text")
    return Plain(frozenset(_one_of_several(texts, fields, cuts)), False, alone), fields


def parse_plain(text: str, file: TextFile, text_field: str, plain: Plain) -> Parsed:
    """Reads plain text, and says how, where it has several lines and the user has not said it."""
    whole = file in plain.whole
    parsed = parse_lines(text, file.shown, text_field, whole)
    if plain.said or sum(bool(line.strip()) for line in text.split("\n")) < 2:
        return parsed
    how = "each file is read as one text, with its several lines" if whole else "each line is read as a text"
    other = (
        f"stimuli.fields.text={LINE} to read each line" if whole else f"stimuli.fields.text={FILE} to read each file"
    )
    return replace(parsed, notes=(f"{how}{f'; type {other} as a text' if plain.alone else ''}",))


def _one_of_several(texts: Sequence[TextFile], fields: FieldsConfig, cuts: Mapping[str, Cut]) -> Iterable[TextFile]:
    """Gives files as deep as those of which a condition has several."""
    counts = Counter((len(file.parts), _group(file, fields, cuts)) for file in texts)
    deep = {depth for (depth, _), n in counts.items() if n > 1}
    return (file for file in texts if len(file.parts) in deep)


def _group(file: TextFile, fields: FieldsConfig, cuts: Mapping[str, Cut]) -> tuple[str, ...]:
    """Gives what files of one condition share: its folder; else the folders and what their names say of it."""
    names, folder = names_of(file, cuts), _FOLDER.fullmatch(fields.emotion)
    if folder is not None:
        return file.parts[: int(folder[1])]
    if fields.emotion not in names:
        return file.parts[:1]
    topic = fields.topic if fields.topic is not None and _PART.fullmatch(fields.topic) else None
    return (*file.parts[:-1], names[fields.emotion], names.get(topic or "", ""))
