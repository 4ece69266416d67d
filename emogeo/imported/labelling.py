"""The labels of conditions or of texts: as they were typed, from within the file, or from a table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from emogeo.config.imported import ImportedConfig
from emogeo.errors import ImportedError, StimuliError
from emogeo.imported.stored import Contents
from emogeo.installation import command
from emogeo.stimuli.delimited import parse_table
from emogeo.stimuli.files import KINDS, TextFile, find, shown
from emogeo.stimuli.guesses import usual_name
from emogeo.stimuli.parquet import parse_parquet
from emogeo.stimuli.records import ABSENT, Parsed, field_of, parse_json, parse_jsonl, parse_lines
from emogeo.stimuli.unpacking import content, decoded

_ENDINGS = ("", "s", "_names", "_name", "_labels", "_list")
"""What follows the usual names of labels, topics and texts in a file of arrays."""


@dataclass(frozen=True)
class Labelling:
    """Labels, and what is known of the texts that have them."""

    labels: tuple[str, ...]
    source: str
    """Where they are from, for messages."""
    topics: tuple[str, ...] | None = None
    texts: tuple[str, ...] | None = None
    files: tuple[Path, ...] = ()


def labellings_of(config: ImportedConfig, contents: Contents, beside: Sequence[Path]) -> list[Labelling]:
    """Gives what could be the labels, best first: what was typed alone, else of the file, then of tables beside it.

    Raises:
        ImportedError: a table that cannot be read, or that lacks the column of labels.
    """
    if isinstance(config.labels, str):
        return [_of_table(Path(config.labels).expanduser(), config, asked=True)]
    inside = _inside(config, contents)
    if config.labels is not None:
        typed = tuple(str(label) for label in config.labels)
        if len(inside.labels) == len(typed) and inside.labels != typed:
            raise ImportedError(
                f"The file has labels itself: {', '.join(map(shown, inside.labels[:4]))}, … Leave out imported.labels, "
                f"which is for files that have none; {command('analyze')} takes other names as "
                "'conditions.rename={OLD: NEW}'."
            )
        return [replace(inside, labels=typed, source="imported.labels")]
    found = [own for own in (inside, *(_of_table(path, config, asked=False) for path in beside)) if own.labels]
    return found if found or len(beside) != 1 else [_of_table(beside[0], config, asked=True)]


def _inside(config: ImportedConfig, contents: Contents) -> Labelling:
    words = {**{name: tuple(map(str, own)) for name, own in contents.numbers.items() if len(own) > 1}, **contents.words}
    label = _named(words, config.fields.get("label"), "emotion")
    topics = _named(words, config.fields.get("topic"), "topic")
    texts = _named(words, config.fields.get("text"), "text")
    labels = () if label is None else _with_names(words[label], label, contents)
    source = "the file" if label is None else f"its {shown(label)}"
    return Labelling(labels, source, None if topics is None else words[topics], None if texts is None else words[texts])


def _with_names(labels: tuple[str, ...], name: str, contents: Contents) -> tuple[str, ...]:
    """Gives the names of numbers that labels are, where the file has a list of names too."""
    if name not in contents.numbers or name in contents.words:
        return labels
    other = _named(contents.words, None, "emotion")
    names = contents.words[other] if other is not None else ()
    fits = names and max(map(int, labels)) < len(names) and min(map(int, labels)) >= 0
    return tuple(names[int(own)] for own in labels) if fits else labels


def _named(words: Mapping[str, tuple[str, ...]], asked: str | None, role: str) -> str | None:
    if asked is not None:
        return next((name for name in words if asked in (name, name.rpartition(".")[2])), None)
    for ending in _ENDINGS:
        cut = {name.removesuffix(ending): name for name in words if name.endswith(ending)}
        found = usual_name(list(cut), role)
        if found is not None:
            return cut[found]
    return None


def _of_table(path: Path, config: ImportedConfig, asked: bool) -> Labelling:
    """Reads a table of labels; one that nobody asked for and that has none gives no labels."""
    fields = config.fields
    wanted = [fields.get("label", "emotion"), fields.get("topic", "topic"), fields.get("text", "text")]
    try:
        parsed, names = _parsed(path, wanted)
    except (StimuliError, OSError) as error:
        raise ImportedError(f"The table of labels {path} cannot be read: {error}") from error
    if names is None:
        return Labelling(tuple(str(one.values["line"]) for one in parsed.records), path.name, files=(path,))
    label = fields.get("label") or usual_name(names, "emotion")
    if label not in names:
        if not asked and "label" not in fields:
            return Labelling((), path.name)
        raise ImportedError(
            f"{path.name} has no column {shown(label or 'emotion')}; its columns are {', '.join(map(shown, names))}. "
            "Say which has the labels: type imported.fields.label=COLUMN."
        )
    topic, text = (fields.get(role) or usual_name(names, role) for role in ("topic", "text"))
    labels = _column(parsed, label)
    topics, texts = (_column(parsed, name) if name in names else None for name in (topic, text))
    return Labelling(labels, path.name, topics, texts, (path,))


def _parsed(path: Path, wanted: Sequence[str]) -> tuple[Parsed, list[str] | None]:
    """Reads a table; names are None where it is plain text, with a label a line."""
    file = _found(path)
    data, kind = content(file)
    if kind == "parquet":
        parsed = parse_parquet(data, file.shown, wanted)
    else:
        text, _ = decoded(data, file.shown)
        if kind == "txt":
            return parse_lines(text, file.shown, "line", whole=False), None
        if kind == "csv":
            parsed = parse_table(text, file.shown, wanted, None)
        else:
            parsed = (parse_json if kind == "json" else parse_jsonl)(text, file.shown, wanted[0])
    if parsed.broken:
        raise StimuliError(f"{parsed.broken[0].where}: {parsed.broken[0].why}.")
    return parsed, list(dict.fromkeys(str(name) for record in parsed.records for name in record.values))


def _found(path: Path) -> TextFile:
    found = find(str(path)).files
    if len(found) != 1:
        raise StimuliError(f"{len(found)} files; give one table, which are {', '.join(KINDS)}.")
    return found[0]


def _column(parsed: Parsed, name: str | None) -> tuple[str, ...]:
    values = [(record.where, field_of(record.values, str(name))) for record in parsed.records]
    for where, value in values:
        if value is ABSENT or value is None or not str(value).strip():
            raise ImportedError(
                f"{where} has nothing in {shown(str(name))}; every text needs it, in the states' order."
            )
    return tuple(str(value).strip() for _, value in values)
