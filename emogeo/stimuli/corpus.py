"""Passages, each with the emotion it shows and the topic it is about."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from emogeo.config.texts import ENGLISH, PACKAGED, Voice
from emogeo.errors import StimuliError
from emogeo.geometry.grouping import is_crossed, planned_units
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.stimuli.families import FAMILY, family_in, refuse_broken_families

FIELDS = ("emotion", "topic", "text")
_DATA = files("emogeo.stimuli") / "data"


@dataclass(frozen=True)
class Passage:
    """One text and its labels."""

    emotion: str
    topic: str
    text: str
    family: str | None = None
    """The family of its topic; None where families are not asked for."""


@dataclass(frozen=True)
class Corpus:
    """Passages in canonical order (topic, emotion, text): the order of lines in a file has no meaning."""

    name: str
    passages: tuple[Passage, ...]

    @property
    def texts(self) -> list[str]:
        return [p.text for p in self.passages]

    @property
    def emotions(self) -> list[str]:
        return [p.emotion for p in self.passages]

    @property
    def topics(self) -> list[str]:
        return [p.topic for p in self.passages]

    @property
    def crossed(self) -> bool:
        """Whether every topic has passages of every condition, in each the same number."""
        return is_crossed(self.emotions, self.topics)

    def units(self, seed: int) -> list[str]:
        """The unit of each passage: its family where it has one, its topic in a crossed corpus, else a random group.

        Args:
            seed: seeds the groups.
        """
        families = [p.family for p in self.passages if p.family is not None]
        return families if families else planned_units(self.emotions, self.topics, seed)

    def check_topic_means(self) -> None:
        """Refuses to take topic means away where that would remove an emotion as well.

        Raises:
            StimuliError: a topic with passages of one condition only.
        """
        emotions_of: dict[str, set[str]] = defaultdict(set)
        for passage in self.passages:
            emotions_of[passage.topic].add(passage.emotion)
        for topic, emotions in emotions_of.items():
            if len(emotions) == 1:
                raise StimuliError(
                    f"centring=topic_mean: topic {topic!r} has texts of {min(emotions)} only, and its mean would take "
                    "that emotion along. Type centring=grand_mean, or give each topic texts of several emotions."
                )


def load_corpus(
    path: str | None = None,
    topics: int | None = None,
    language: str = ENGLISH,
    family: str | None = None,
    voice: Voice = Voice.passages,
) -> Corpus:
    """Reads the package's passages, or a user's CSV or JSONL with the fields emotion, topic, text.

    Args:
        topics: how many of the package's topics, in the file's order; None for all. A user's file is read whole.
        language: which of the package's passages: the same topics and conditions in each language.
        family: the field of a user's file that names the family of each topic; None for topics that are independent.
        voice: which of the package's texts on these topics.

    Raises:
        StimuliError: a file that cannot be read, passages that do not make a balanced corpus, or a language that the
            package does not have in that voice.
    """
    if path is None:
        return _package_corpus(topics, language, voice)
    file = Path(path).expanduser()
    if not file.is_file():
        raise StimuliError(f"stimuli.path={path}: {'a folder, not a file' if file.is_dir() else 'no such file'}.")
    return _corpus(file.stem, _read(file, family))


def corpus_of(rows: Sequence[Mapping[str, object]], name: str) -> Corpus:
    """Passages from records with the fields emotion, topic and text.

    Args:
        name: what tables call the corpus.

    Raises:
        StimuliError: a record without its fields, or passages that do not make a balanced corpus.
    """
    return _corpus(name, [_fields(row, f"{name}[{number}]") for number, row in enumerate(rows)])


def load_facts() -> list[str]:
    """Neutral factual sentences, the same for every model (for anisotropy and denoising)."""
    return (_DATA / "facts.txt").read_text(encoding="utf-8").splitlines()


def _package_corpus(topics: int | None, language: str, voice: Voice) -> Corpus:
    if language not in PACKAGED[voice]:
        raise StimuliError(
            f"stimuli.language={language}: the package has {voice.value} in {', '.join(PACKAGED[voice])}; "
            "give those of another language with stimuli.path=FILE."
        )
    name = PACKAGED[voice][language]
    rows = _parse_jsonl((_DATA / f"{name}.jsonl").read_text(encoding="utf-8"), f"{name}.jsonl")
    names = list(dict.fromkeys(row["topic"] for row in rows))
    if topics is not None and not 1 <= topics <= len(names):
        raise StimuliError(f"stimuli.topics={topics}: the package has {len(names)}; give 1 to {len(names)}, or null.")
    kept = set(names[:topics])
    return _corpus(name, [row for row in rows if row["topic"] in kept])


def _read(file: Path, family: str | None) -> list[dict[str, str]]:
    try:
        content = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise StimuliError(
            f"{file} is not UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8."
        ) from error
    if file.suffix.lower() == ".csv":
        return _parse_csv(content, file.name, family)
    if file.suffix.lower() in {".jsonl", ".ndjson"}:
        return _parse_jsonl(content, file.name, family)
    raise StimuliError(f"{file}: give a .csv or a .jsonl file with {', '.join(FIELDS)}.")


def _parse_csv(content: str, name: str, family: str | None = None) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(content, newline=""), strict=True)
    try:
        columns = reader.fieldnames or []
        if not set(FIELDS) <= set(columns):
            raise StimuliError(f"{name}: its columns are {', '.join(columns) or 'none'}; expected {', '.join(FIELDS)}.")
        return [_fields(row, f"{name} line {reader.line_num}", family) for row in reader]
    except csv.Error as error:
        raise StimuliError(f"{name} line {reader.line_num} is not CSV: {error}.") from error


def _parse_jsonl(content: str, name: str, family: str | None = None) -> list[dict[str, str]]:
    rows = []
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise StimuliError(f"{name} line {number} is not JSON: {error.msg}.") from error
        rows.append(_fields(row, f"{name} line {number}", family))
    return rows


def _fields(row: object, where: str, family: str | None = None) -> dict[str, str]:
    if not isinstance(row, Mapping):
        raise StimuliError(f"{where}: expected an object with {', '.join(FIELDS)}.")
    if None in row:
        raise StimuliError(f"{where}: more fields than columns; put a text with commas in double quotes.")
    missing = [name for name in FIELDS if not isinstance(row.get(name), str)]
    if missing:
        raise StimuliError(f"{where}: no text in {', '.join(missing)}; each passage needs {', '.join(FIELDS)}.")
    values = {name: row[name].strip() for name in FIELDS}
    for name in ("text", "topic"):
        if not values[name]:
            raise StimuliError(f"{where}: the {name} is empty.")
    return values if family is None else {**values, FAMILY: family_in(row, where, family)}


def _corpus(name: str, rows: Sequence[dict[str, str]]) -> Corpus:
    _refuse_unknown_emotions(name, rows)
    _refuse_missing_conditions(name, rows)
    _refuse_duplicates(name, rows)
    _refuse_unequal_counts(name, rows)
    refuse_broken_families(name, rows)
    passages = sorted(((row["topic"], row["emotion"], row["text"]), row.get(FAMILY)) for row in rows)
    return Corpus(name, tuple(Passage(emotion, topic, text, own) for (topic, emotion, text), own in passages))


def _refuse_unknown_emotions(name: str, rows: Iterable[dict[str, str]]) -> None:
    unknown = sorted({row["emotion"] for row in rows} - set(CONDITIONS))
    if unknown:
        raise StimuliError(f"{name}: unknown emotion {', '.join(unknown)}; allowed: {', '.join(CONDITIONS)}.")


def _refuse_missing_conditions(name: str, rows: Iterable[dict[str, str]]) -> None:
    present = {row["emotion"] for row in rows}
    missing = [emotion for emotion in CONDITIONS if emotion not in present]
    if missing:
        raise StimuliError(f"{name}: no passage for {', '.join(missing)}; every condition needs at least one.")


def _refuse_duplicates(name: str, rows: Iterable[dict[str, str]]) -> None:
    counts = Counter(row["text"] for row in rows)
    repeated = [text for text, count in counts.items() if count > 1]
    if repeated:
        raise StimuliError(
            f"{name}: {len(repeated)} text(s) more than once, the first: {repeated[0][:80]!r}. Keep one of each."
        )


def _refuse_unequal_counts(name: str, rows: Iterable[dict[str, str]]) -> None:
    counts = Counter(row["emotion"] for row in rows)
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"{emotion} {counts[emotion]}" for emotion in CONDITIONS)
        raise StimuliError(f"{name}: unequal numbers of passages per condition ({listed}); give each the same number.")
