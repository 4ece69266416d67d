"""The stories of a cell: from the store, or written by the model and kept as they come."""

from __future__ import annotations

import json
import logging
import os
import random
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from emogeo.errors import StimuliError, StoreError
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.stimuli.stories import names_emotion
from emogeo.store.keys import canonical_json
from emogeo.store.store import GENERATIONS, Store

if TYPE_CHECKING:
    from emogeo.extraction.plan import Cell
    from emogeo.extraction.sources import Writing
    from emogeo.models.loading import LoadedModel

log = logging.getLogger(__name__)
STORIES, FACTS = "generations.jsonl", "generation.json"
"""Files of a record of texts: the texts, and who wrote them how."""
_REFUSAL = re.compile(
    r"\W*(?:sorry,? )?(?:I['’]?m sorry|I am sorry|sorry, but|I apologi[sz]e|I can(?:['’]|no)t|I won['’]t|I am unable|"
    r"I['’]m unable|As an AI|As a language model)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Story:
    """One text as a model wrote it."""

    emotion: str
    topic: str
    unit: str
    prompt: str
    """As the model read it, through its chat template where there is one."""
    text: str
    prompt_ids: tuple[int, ...]
    ids: tuple[int, ...]
    """What the model wrote, without the token that stopped it."""
    stop: str
    """stopped, or length."""
    attempts: int
    """How often it was written until it left the emotion's own words out, or attempts were used up."""


def read_stories(store: Store, key: str) -> list[Story]:
    """The stories of a record.

    Raises:
        StoreError: no such record, or a broken one.
    """
    return parsed_stories(store.read(GENERATIONS, key)[STORIES])


def parsed_stories(lines: bytes) -> list[Story]:
    """Stories from JSON lines.

    Raises:
        ValueError, KeyError, TypeError: lines that are none.
    """
    return [_story(json.loads(line)) for line in lines.splitlines()]


def stories_of(cell: Cell, writing: Writing, store: Store) -> list[Story]:
    """Writes every story, unless the store has them; goes on where an interrupted cell stopped.

    Raises:
        EmogeoError: see `emogeo.models.loading.load_model`.
    """
    folder = store.path / "partial"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{writing.key}.jsonl"
    with store.lock(GENERATIONS, writing.key):  # another process may be writing the same
        known = None if cell.config.force else _known(store, writing.key)
        if known is not None:
            return known
        if cell.config.force:
            partial.unlink(missing_ok=True)
        stories = _write_all(cell, writing, partial)
        facts = {
            "key": writing.key,
            "weights": cell.weights.identity,
            "counts": counts(stories),
            "written": cell.source.written,
        }
        lines = b"".join(_line(story) for story in stories)
        files = {STORIES: lines, FACTS: canonical_json(facts)}
        store.write(GENERATIONS, writing.key, files)
        partial.unlink()
    return stories


def _known(store: Store, key: str) -> list[Story] | None:
    if not store.has(GENERATIONS, key):
        return None
    try:
        stories = read_stories(store, key)
    except StoreError as error:
        log.warning("%s The record counts as missing and is written again.", error)
        return None
    log.info("stories: in the store, nothing to write (%s)", key[:12])
    return stories


def counts(stories: Sequence[Story]) -> dict[str, int]:
    """What is worth knowing before a geometry is read from stories."""
    return {
        "texts": len(stories),
        "distinct": len({story.text for story in stories}),
        "empty": sum(not story.text.strip() for story in stories),
        "refusals": sum(_REFUSAL.match(story.text) is not None for story in stories),
        "stopped": sum(story.stop == "stopped" for story in stories),
        "retried": sum(story.attempts > 1 for story in stories),
        "naming_their_emotion": sum(names_emotion(story.text, story.emotion) for story in stories),
        "new_tokens": sum(len(story.ids) for story in stories),
    }


def told_stories(stories: Sequence[Story], where: str) -> list[Story]:
    """Stories without the empty ones.

    Raises:
        StimuliError: a condition and unit that is left without any.
    """
    kept = [story for story in stories if story.text.strip()]
    units = list(dict.fromkeys(story.unit for story in stories))
    there = {(story.emotion, story.unit) for story in kept}
    missing = [(emotion, unit) for unit in units for emotion in CONDITIONS if (emotion, unit) not in there]
    if missing:
        listed = ", ".join(f"{emotion} in {unit}" for emotion, unit in missing[:5])
        raise StimuliError(
            f"{where} has no text for {len(missing)} of its conditions and units: {listed}. "
            "A text that ended at once is empty: type generation.min_new_tokens=8, say."
        )
    return kept


def _write_all(cell: Cell, writing: Writing, partial: Path) -> list[Story]:
    found = _resume(partial, len(writing.requests))
    pending = [batch for batch in _batches(cell, writing) if not set(batch) <= set(found)]
    if not pending:
        return [found[row] for row in range(len(writing.requests))]
    if found:
        log.info("stories: %d of %d were written before", len(found), len(writing.requests))
    model = _writer(cell)
    left = sum(map(len, pending))
    bar = tqdm(total=left, desc="writing", unit="text", disable=not cell.config.runtime.progress)
    with bar, partial.open("ab") as stream:
        for batch in pending:
            for row, story in zip(batch, _write_batch(writing, model, batch), strict=True):
                found[row] = story
                stream.write(canonical_json({"row": row}) + b"\t" + _line(story))
            stream.flush()
            os.fsync(stream.fileno())
            bar.update(len(batch))
    return [found[row] for row in range(len(writing.requests))]


def _writer(cell: Cell) -> LoadedModel:
    from emogeo.extraction.reading import model_of

    log.info("stories: the model writes")
    return model_of(cell, head=True)


def _write_batch(writing: Writing, model: LoadedModel, batch: list[int]) -> list[Story]:
    """Stories of some rows; those that name their emotion are tried again where that is asked for."""
    stories: dict[int, Story] = {}
    rows, attempt = batch, 1
    while rows:
        for row, story in zip(rows, _attempt(writing, model, rows, attempt), strict=True):
            stories[row] = story
        naming = [row for row in rows if names_emotion(stories[row].text, stories[row].emotion)]
        again = writing.ban_emotion_words and attempt <= writing.retries
        rows, attempt = (naming if again else []), attempt + 1
    return [stories[row] for row in batch]


def _attempt(writing: Writing, model: LoadedModel, rows: list[int], attempt: int) -> Iterator[Story]:
    from emogeo.models.generation import write

    prompts = [writing.prompts[row] for row in rows]
    seeds = [_seed(writing, row, attempt) for row in rows]
    ((_, texts),) = write(model, prompts, seeds, writing.decoding, [list(range(len(rows)))])
    for row, prompt, text in zip(rows, prompts, texts, strict=True):
        request = writing.requests[row]
        yield Story(
            request.emotion,
            request.topic,
            request.unit,
            prompt.content,
            text.text,
            tuple(text.prompt_ids),
            tuple(text.ids),
            text.stop,
            attempt,
        )


def _seed(writing: Writing, row: int, attempt: int) -> int:
    """A sampled text's own seed: of the cell's, its prompt, its draw and the attempt."""
    request = writing.requests[row]
    told = f"{request.emotion}\t{request.topic}\t{request.unit}\t{request.draw}\t{request.prompt}"
    return zlib.crc32(f"{writing.seed}\t{attempt}\t{told}".encode())


def _batches(cell: Cell, writing: Writing) -> list[list[int]]:
    """In order, or shuffled by the number of the repetition."""
    rows = list(range(len(writing.requests)))
    if cell.config.generation.repetition:
        random.Random(cell.config.generation.repetition).shuffle(rows)
    return [rows[start : start + writing.batch_size] for start in range(0, len(rows), writing.batch_size)]


def _resume(partial: Path, n: int) -> dict[int, Story]:
    """What an interrupted cell left; a line that was cut off is dropped from the file."""
    found: dict[int, Story] = {}
    if not partial.exists():
        return found
    whole = 0
    for line in partial.read_bytes().splitlines(keepends=True):
        head, _, body = line.partition(b"\t")
        try:
            row, story = json.loads(head)["row"], _story(json.loads(body))
        except (ValueError, KeyError, TypeError):
            break
        if not line.endswith(b"\n") or not 0 <= row < n:
            break
        found[row] = story
        whole += len(line)
    if whole < partial.stat().st_size:
        os.truncate(partial, whole)
    return found


def _line(story: Story) -> bytes:
    return canonical_json(asdict(story)) + b"\n"


def _story(row: dict[str, Any]) -> Story:
    return Story(**{**row, "prompt_ids": tuple(row["prompt_ids"]), "ids": tuple(row["ids"])})
