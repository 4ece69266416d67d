"""A record of written texts, read and checked."""

from __future__ import annotations

from collections.abc import Mapping

from emogeo.errors import RecordError
from emogeo.extraction.stories import Story
from emogeo.record.decoded import decoded
from emogeo.record.files import FACTS, STORIES
from emogeo.record.json import row_of
from emogeo.store.keys import Json
from emogeo.store.store import GENERATIONS, Store


def read_stories(store: Store, key: str) -> list[Story]:
    """Reads the stories of a record.

    Raises:
        StoreError: no such record, a broken one, or one that holds something else.
    """
    return stories_in(store.read(GENERATIONS, key), str(store.folder(GENERATIONS, key)))


def stories_in(files: Mapping[str, bytes], where: str) -> list[Story]:
    """Reads the stories among the files of a record.

    Args:
        where: the record's folder, for messages.

    Raises:
        RecordError: no stories, or a line that holds none; names the line and the field.
    """
    if STORIES not in files:
        raise RecordError(f"{where} has no {STORIES}")
    lines = files[STORIES].splitlines()
    if not lines:
        raise RecordError(f"{where}/{STORIES} holds no text")
    return [_story(line, f"{where}/{STORIES}: line {number}") for number, line in enumerate(lines, start=1)]


def facts_in(files: Mapping[str, bytes], where: str, key: str | None = None) -> Json:
    """Reads what is recorded beside the stories: `key`, `weights`, and `written` unless it is of an earlier version.

    Args:
        where: the record's folder, for messages.
        key: the one that it must have; None for any.

    Raises:
        RecordError: a fact that is missing or of another type, or another key.
    """
    if FACTS not in files:
        raise RecordError(f"{where} has no {FACTS}")
    found = decoded(files[FACTS], f"{where}/{FACTS}")
    if not isinstance(found, dict):
        raise RecordError(f"{where}/{FACTS} holds no JSON object")
    own, weights = found.get("key"), found.get("weights")
    if not isinstance(own, str) or key not in {None, own}:
        raise RecordError(f"{where}/{FACTS}: key: The folder is that of other texts (found {str(own)[:12]}…)")
    if not isinstance(weights, dict) or not all(isinstance(value, str) for value in weights.values()):
        raise RecordError(f"{where}/{FACTS}: weights: Input should name the weights, each by a text")
    if not isinstance(found.get("written", {}), dict):
        raise RecordError(f"{where}/{FACTS}: written: Input should be an object")
    _refuse_other_number(found.get("counts"), files.get(STORIES, b""), where)
    return found


def _refuse_other_number(counts: object, lines: bytes, where: str) -> None:
    said, there = counts.get("texts") if isinstance(counts, dict) else None, len(lines.splitlines())
    if counts is not None and (type(said) is not int or said != there):
        raise RecordError(f"{where}/{FACTS}: counts.texts: {STORIES} has {there} lines (found {str(said)[:12]})")


def _story(line: bytes, where: str) -> Story:
    row = decoded(line, where)
    if not isinstance(row, dict):
        raise RecordError(f"{where} holds no JSON object")
    story = row_of(Story, row, where)
    if not story.emotion.strip():
        raise RecordError(f"{where}: emotion: Input should be a label (found {story.emotion!r})")
    if min((*story.prompt_ids, *story.ids, *story.thought_ids), default=0) < 0:
        raise RecordError(f"{where}: ids: Input should be tokens, which are not negative")
    return story
