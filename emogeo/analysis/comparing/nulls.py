"""The nulls of a pair of runs: words of their texts, and their untrained twins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

from emogeo.analysis.comparing.prepared import Baseline, Features, PreparedRun
from emogeo.analysis.comparing.twins import twins_of
from emogeo.config.model import Init
from emogeo.geometry.beyond import WANTED_TWINS, Null
from emogeo.geometry.halves import Halves
from emogeo.geometry.sharing import over_shared

UNTRAINED = "untrained"
"""With it begins the name of a null of twins whose weights are drawn."""


class Level(StrEnum):
    """What an agreement is held against."""

    words = "words"
    """Nulls that have learned nothing."""
    meanings = "word meanings"
    """Input embeddings as well, which have learned."""


_LEXICAL = {
    Level.words: (Features.bag_of_words, Features.ngrams),
    Level.meanings: (Features.bag_of_words, Features.ngrams, Features.input_embeddings),
}


@dataclass(frozen=True)
class PairNulls:
    """Two runs over what they share, with their nulls over the same, and whose twins are too few."""

    a: Halves
    b: Halves
    nulls: tuple[Null, ...]
    without_twins: tuple[PreparedRun, ...]
    """The runs that lack random twins for a verdict."""


@dataclass(frozen=True)
class _Group:
    """The samples that make up one null."""

    name: str
    samples: tuple[PreparedRun | Baseline, ...]
    required: bool = False


@dataclass(frozen=True)
class Twins:
    """The untrained twins of runs, among all runs."""

    every: Sequence[PreparedRun]

    def of(self, run: PreparedRun, kind: Init) -> tuple[PreparedRun, ...]:
        """Gives a run's twins of one kind, by seed."""
        return tuple(twin for twin in self._found(run.run.key) if twin.run.record.model.init is kind)

    @cached_property
    def _found(self) -> Callable[[str], list[PreparedRun]]:
        by_key = {each.run.key: each for each in self.every}
        runs = [each.run for each in self.every if each.run.untrained]
        return cache(lambda key: [by_key[twin.key] for twin in twins_of(by_key[key].run, runs)])


def pair_nulls(a: PreparedRun, b: PreparedRun, twins: Twins, level: Level) -> PairNulls:
    """Finds the nulls of a pair, and restricts all of them to what the two runs share.

    Raises:
        GeometryError: too few shared conditions.
    """
    groups = [*_lexical(a, b, _LEXICAL[level]), *_of_twins(a, b, twins)]
    first, second, *halves = over_shared(a, b, *(sample for group in groups for sample in group.samples)).halves
    remaining = iter(halves)
    nulls = tuple(Null(group.name, tuple(next(remaining) for _ in group.samples), group.required) for group in groups)
    return PairNulls(
        first, second, nulls, tuple(run for run in (a, b) if len(twins.of(run, Init.random)) < WANTED_TWINS)
    )


def _lexical(a: PreparedRun, b: PreparedRun, features: Iterable[Features]) -> list[_Group]:
    """Lists baselines of both runs' texts; those of words only once where the runs have read the same."""
    groups = []
    for kind in features:
        both = (a, b) if kind is Features.input_embeddings or a.run.text_digest != b.run.text_digest else (a,)
        same_input = kind is Features.input_embeddings and _same_embeddings(a, b)
        for each in both[:1] if same_input else both:
            named = f"{kind.value} of {each.name}" if len(both) > 1 else kind.value
            groups.append(_Group(named, (Baseline(each, kind),)))
    return groups


def _same_embeddings(a: PreparedRun, b: PreparedRun) -> bool:
    return a.run.text_digest == b.run.text_digest and a.run.weights == b.run.weights


def _of_twins(a: PreparedRun, b: PreparedRun, twins: Twins) -> list[_Group]:
    """Lists the twins of both runs, a group for each architecture, text and kind."""
    groups: dict[tuple[str, ...], _Group] = {}
    one_model = a.run.record.model.name == b.run.record.model.name
    for run in (a, b):
        of = run.name if one_model else run.run.record.model.name
        for kind, name in ((Init.random, UNTRAINED), (Init.shuffled, "shuffled")):
            if own := twins.of(run, kind):
                group = _Group(f"{name} {of}", own, kind is Init.random)
                groups.setdefault(tuple(twin.run.key for twin in own), group)
    return list(groups.values())
