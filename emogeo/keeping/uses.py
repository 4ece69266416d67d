"""Which passes and texts a run has used, and which runs have used a pass or texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from emogeo.keeping.contents import Contents, StoredPass, StoredRun, StoredTexts
from emogeo.record.origin import PassRecord
from emogeo.record.types import AnyRecord, GeometryRecord, ReadoutRecord, SteeringRecord


@dataclass(frozen=True)
class ForwardPass:
    """One forward pass, whose states lie in the store in one pooling or several."""

    poolings: tuple[StoredPass, ...]
    users: frozenset[str]
    """The keys of the runs that have used any of them."""
    spare: tuple[StoredPass, ...]
    """The poolings that no run has used."""

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(own.key for own in self.poolings)

    @property
    def size(self) -> int:
        return sum(own.size for own in self.poolings)

    @property
    def made(self) -> PassRecord | None:
        return self.poolings[0].made


@dataclass(frozen=True)
class Uses:
    """Who uses what in a store."""

    contents: Contents

    @cached_property
    def passes(self) -> list[ForwardPass]:
        """The forward passes of the store."""
        together: dict[str, list[StoredPass]] = defaultdict(list)
        for own in self.contents.passes:
            together[own.digest].append(own)
        return [self._pass(tuple(poolings)) for poolings in together.values()]

    @cached_property
    def texts(self) -> list[tuple[StoredTexts, frozenset[str]]]:
        """The texts that models wrote, each with the keys of the runs that have used them."""
        used = {run.key: texts_of(run.record) for run in self.contents.runs}
        return [(own, frozenset(key for key, texts in used.items() if own.key == texts)) for own in self.contents.texts]

    def passes_of(self, key: str) -> list[ForwardPass]:
        """The passes that a run has used, as far as the store has them."""
        return [own for own in self.passes if key in own.users]

    def texts_of(self, key: str) -> list[StoredTexts]:
        """The written texts that a run has used, as far as the store has them."""
        return [own for own, users in self.texts if key in users]

    def built_on(self, keys: Collection[str]) -> list[StoredRun]:
        """The other runs that repeat some runs, or that have used their vectors."""
        return [
            run
            for run in self.contents.runs
            if run.key not in keys and run.record is not None and run_behind(run.record) in keys
        ]

    def _pass(self, poolings: tuple[StoredPass, ...]) -> ForwardPass:
        users = frozenset(key for each in poolings for key in self._named[each.key])
        own = poolings[0].made
        same = self._made[own.seconds] if own is not None else ()
        alike = frozenset(key for key, made in same if made == own)
        unknown = alike - users  # they have used one of the poolings, and do not say which
        spare = () if unknown else tuple(each for each in poolings if not self._named[each.key])
        return ForwardPass(poolings, users | alike, spare)

    @cached_property
    def _named(self) -> dict[str, set[str]]:
        """The keys of the runs that name a pass, by its key."""
        found: dict[str, set[str]] = defaultdict(set)
        records = {run.key: run.record for run in self.contents.runs if run.record is not None}
        for run, record in records.items():
            for key in (*named_passes(record), *_facts_behind(record, records)):
                found[key].add(run)
        return found

    @cached_property
    def _made(self) -> dict[float, list[tuple[str, PassRecord]]]:
        """How each pass was computed that a run has recorded, by the seconds that it took."""
        found: dict[float, list[tuple[str, PassRecord]]] = defaultdict(list)
        for run in self.contents.runs:
            for made in recorded_passes(run.record):
                found[made.seconds].append((run.key, made))
        return found


def _facts_behind(record: AnyRecord, records: Mapping[str, AnyRecord]) -> list[str]:
    """Gives the pass over neutral sentences that steering reads its norms from: that of the run with its vectors."""
    behind = records.get(record.vectors) if isinstance(record, SteeringRecord) else None
    facts = None if behind is None else behind.meaning.get("facts")
    return [facts] if isinstance(facts, str) else []


def named_passes(record: AnyRecord) -> Iterator[str]:
    """Gives the keys of passes that are in the meaning of a run.

    Of a run that has read what it wrote, the pass is named by tokens that its meaning does not hold.
    """
    denoising = record.meaning.get("denoising")
    neutral = denoising.get("neutral") if isinstance(denoising, dict) else None
    for key in (record.meaning.get("passages"), record.meaning.get("facts"), neutral):
        if isinstance(key, str):
            yield key


def recorded_passes(record: AnyRecord | None) -> list[PassRecord]:
    """Gives how the passes of a run were computed."""
    return list(record.provenance.readings.values()) if isinstance(record, GeometryRecord) else []


def texts_of(record: AnyRecord | None) -> str | None:
    """Gives the key of the written texts that a run has read."""
    generation = record.generation if isinstance(record, GeometryRecord) else None
    return None if generation is None else generation.key


def run_behind(record: AnyRecord) -> str | None:
    """Gives the key of the run that another repeats, or whose vectors it uses."""
    if isinstance(record, SteeringRecord | ReadoutRecord):
        return record.vectors
    return record.reread_of if isinstance(record, GeometryRecord) else None
