"""Stories of a run: from the store if it has them, else written by the model, batch by batch kept on disk."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import random
import zlib
from collections.abc import Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from emogeo.errors import RecordError
from emogeo.extraction.passes import Writing
from emogeo.extraction.stories import Story, counts, story_line, story_of
from emogeo.extraction.written import stories_in
from emogeo.machine import naming, write_whole
from emogeo.models.session import Session
from emogeo.record.files import FACTS, STORIES
from emogeo.record.json import plain
from emogeo.runs.kept import made_alike
from emogeo.runs.made import made_now
from emogeo.stimuli.stories import foreign, names_emotion
from emogeo.store.kept import digest_of
from emogeo.store.keys import canonical_json
from emogeo.store.store import GENERATIONS, Store

if TYPE_CHECKING:  # imports torch, which finished runs do without
    from emogeo.models.loading import LoadedModel

log = logging.getLogger(__name__)


def stories_of(writing: Writing, session: Session, store: Store, force: bool = False) -> list[Story]:
    """Writes every story, unless the store has them; goes on where an interrupted run stopped.

    Args:
        force: writes them also where the store has them.

    Raises:
        EmogeoError: see `emogeo.models.loading.load_model`.
    """
    with store.lock(GENERATIONS, writing.key):  # another process may be writing the same
        known = None if force else _known(writing, store)
        if known is not None:
            return known
        partial = _partial(writing, session, store, force)
        stories = _write_all(writing, session, partial)
        facts = {
            "key": writing.key,
            "weights": session.weights.identity,
            "counts": plain(counts(stories, writing.words)),
            "written": plain(writing.written),
            "made_with": plain(made_now(session)),
        }
        lines = b"".join(story_line(story) for story in stories)
        store.write(GENERATIONS, writing.key, {STORIES: lines, FACTS: canonical_json(facts)})
        for own in partial.parent.glob(f"{writing.key}-*.jsonl"):
            own.unlink(missing_ok=True)  # where files cannot be locked, another process may have been as quick
    return stories


def _partial(writing: Writing, session: Session, store: Store, force: bool) -> Path:
    """Names the file that keeps finished batches; what another device or other libraries wrote is never mixed in.

    Args:
        force: drops what an interrupted run has left.
    """
    folder = store.path / "partial"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{writing.key}-{digest_of(made_alike(session))}.jsonl"
    if force:
        partial.unlink(missing_ok=True)
    if others := [own for own in folder.glob(f"{writing.key}-*.jsonl") if own != partial]:
        log.warning("stories: begun before on another device or with other libraries, and written anew: %s", others[0])
    return partial


def _known(writing: Writing, store: Store) -> list[Story] | None:
    files = store.whole(GENERATIONS, writing.key)
    if files is None:
        return None
    try:
        stories = stories_in(files, str(store.folder(GENERATIONS, writing.key)))
        _refuse_others(stories, writing)
    except RecordError as error:
        log.warning("%s. The record counts as missing and is written again.", error)
        return None
    log.info("stories: in the store, nothing to write (%s)", writing.key[:12])
    return stories


def _refuse_others(stories: list[Story], writing: Writing) -> None:
    """Refuses stories that were asked for otherwise than this writing asks."""
    asked = [(request.emotion, request.topic, request.unit) for request in writing.requests]
    if [(story.emotion, story.topic, story.unit) for story in stories] != asked:
        raise RecordError(f"generations/{writing.key}: other texts than the {len(asked)} that are asked for")


def _write_all(writing: Writing, session: Session, partial: Path) -> list[Story]:
    found = _resume(partial, len(writing.requests))
    pending = [batch for batch in _batches(writing) if not set(batch) <= set(found)]
    if not pending:
        return [found[row] for row in range(len(writing.requests))]
    if found:
        log.info("stories: %d of %d were written before", len(found), len(writing.requests))
    log.info("stories: the model writes, asked %r for example", writing.requests[pending[0][0]].prompt)
    other = foreign(writing.requests, writing.words)
    if other is not None:
        log.warning(
            "stories: %r stands in a prompt that is otherwise in ASCII, so perhaps in English; name conditions in its "
            "language with stimuli.words, or write prompts of your own in a file of conf/prompt_template",
            other,
        )
    model = session.model(head=True)
    done = len(writing.requests) - sum(map(len, pending))
    bar = tqdm(total=len(writing.requests), initial=done, desc="writing", unit="text", disable=not session.progress)
    with bar, naming(partial), partial.open("ab", buffering=0) as stream:
        for batch in pending:
            written = dict(zip(batch, _write_batch(writing, model, batch), strict=True))
            found.update(written)
            _append(stream, b"".join(_line(row, story) for row, story in written.items()))
            bar.update(len(batch))
    return [found[row] for row in range(len(writing.requests))]


def _append(stream: FileIO, lines: bytes) -> None:
    """Adds lines and waits until they are on the disk; those that do not fit there are taken back.

    Raises:
        OSError: the disk is full, or refuses them.
    """
    before = stream.tell()
    try:
        waiting = memoryview(lines)
        while waiting:
            waiting = waiting[stream.write(waiting) :]
        os.fsync(stream.fileno())
    except OSError:
        with suppress(OSError):
            stream.truncate(before)
        raise


def _write_batch(writing: Writing, model: LoadedModel, batch: list[int]) -> list[Story]:
    """Writes the stories of some rows; those that name their emotion are tried again where that is asked for."""
    stories: dict[int, Story] = {}
    rows, attempt = batch, 1
    while rows:
        for row, story in zip(rows, _attempt(writing, model, rows, attempt), strict=True):
            stories[row] = story
        naming = [row for row in rows if _names_emotion(writing, stories[row])]
        again = writing.ban_emotion_words and attempt <= writing.retries
        rows, attempt = (naming if again else []), attempt + 1
    return [stories[row] for row in batch]


def _names_emotion(writing: Writing, story: Story) -> bool:
    return names_emotion(story.text, story.emotion, writing.words.get(story.emotion))


def _attempt(writing: Writing, model: LoadedModel, rows: list[int], attempt: int) -> Iterator[Story]:
    from emogeo.models.generation import write

    prompts = [writing.prompts[row] for row in rows]
    seeds = [_seed(writing, row, attempt) for row in rows]
    for row, prompt, text in zip(rows, prompts, write(model, prompts, seeds, writing.decoding), strict=True):
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
            text.thought,
            tuple(text.thought_ids),
        )


def _seed(writing: Writing, row: int, attempt: int) -> int:
    """Derives a sampled text's own seed from the run's, its prompt, its draw and the attempt."""
    request = writing.requests[row]
    asked = f"{request.emotion}\t{request.topic}\t{request.unit}\t{request.draw}\t{request.prompt}"
    return zlib.crc32(f"{writing.seed}\t{attempt}\t{asked}".encode())


def _batches(writing: Writing) -> list[list[int]]:
    """Gives the batches in order, or shuffled by the number of the repetition."""
    rows = list(range(len(writing.requests)))
    if writing.repetition:
        random.Random(writing.repetition).shuffle(rows)
    return [rows[start : start + writing.batch_size] for start in range(0, len(rows), writing.batch_size)]


def _resume(partial: Path, n: int) -> dict[int, Story]:
    """Reads what an interrupted run left; lines that are cut off or damaged are dropped, said, and written again."""
    if not partial.exists():
        return {}
    lines = partial.read_bytes().splitlines(keepends=True)
    whole = {line: found for line in lines if (found := _read(line, n)) is not None}
    if len(whole) < len(lines):
        log.warning(
            "stories: %d of %d lines of %s are cut off or damaged, and are written again",
            len(lines) - len(whole),
            len(lines),
            partial,
        )
        write_whole(partial, b"".join(whole))
    return dict(whole.values())


def _line(row: int, story: Story) -> bytes:
    """Writes a story that is kept while others are written: its row, its checksum, itself."""
    body = story_line(story)
    return canonical_json({"row": row, "sha256": hashlib.sha256(body).hexdigest()}) + b"\t" + body


def _read(line: bytes, n: int) -> tuple[int, Story] | None:
    """Reads such a line; None for one that is cut off, damaged, or of another version."""
    head, _, body = line.partition(b"\t")
    try:
        said = json.loads(head)
        row, checksum = int(said["row"]), said["sha256"]
        if checksum != hashlib.sha256(body).hexdigest() or not 0 <= row < n:
            return None
        return row, story_of(body)
    except (ValueError, KeyError, TypeError):
        return None
