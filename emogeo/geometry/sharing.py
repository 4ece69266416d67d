"""Shared conditions of two geometries, and shared units, of which no two have a text in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from emogeo.errors import GeometryError, UnknownTextsError
from emogeo.geometry.halves import Halves
from emogeo.geometry.independent import near_ties
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.geometry.recent import Recent
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.units import distinct_units, parts_of


class Sample(Protocol):
    """States of labelled texts, as inner products over whichever units are asked for."""

    @property
    def labels(self) -> LabelledTexts: ...

    def halves_over(self, units: Sequence[str]) -> Halves: ...


@dataclass(frozen=True)
class SharedUnits:
    """Samples over their shared conditions, and over shared units or, where there are none, each over its own."""

    halves: list[Halves]
    same_text: bool
    """Whether the shared units have the same texts in all of the samples."""
    missing_units: tuple[str, ...] = ()
    """The units that only some of the samples have."""
    tied: bool = False
    """Whether texts in common join units that are several in each sample."""
    known: bool = True
    """Whether the texts of all samples are known."""

    @property
    def paired(self) -> bool:
        """Whether the units are shared; they may have the same names and other texts: one topic written about twice."""
        return len({halves.products.units for halves in self.halves}) == 1


def over_shared(*samples: Sample) -> SharedUnits:
    """Restricts samples to what they share.

    No text and no topic lies in two units of the samples taken together: units of one name are
    one, and so are units that have a text in common. Halves of one sample and opposite halves
    of another then share nothing, whatever the samples have in common.

    Raises:
        GeometryError: too few shared conditions.
        UnknownTextsError: texts that are not known, and no unit of one name, so that any halves may share a text.
    """
    joint = joint_units([sample.labels for sample in samples])
    found = [sample.halves_over(own) for sample, own in zip(samples, joint, strict=True)]
    first, *others = (halves.products for halves in found)
    conditions = [c for c in first.conditions if all(c in other.conditions for other in others)]
    if len(conditions) < MIN_CONDITIONS:
        raise GeometryError(f"{len(conditions)} conditions in common, {MIN_CONDITIONS} are needed")
    units = [unit for unit in first.units if all(unit in other.units for other in others)]
    _refuse_unknown(samples, units)
    if any([unit for unit in other.units if unit in set(units)] != units for other in others):
        units = _by_content(units, samples, joint)
    distinct = list(_once(samples, joint))
    texts = [_texts_of(sample.labels, own, set(units)) for sample, own in distinct] if len(distinct) > 1 else []
    same = bool(units) and all(own == texts[0] for own in texts)
    names = [set(sample.labels.units) for sample in samples]
    return SharedUnits(
        [over(halves, units or halves.products.units, conditions) for halves in found],
        same,
        tuple(sorted(set().union(*names) - names[0].intersection(*names))),
        len(units) < len(set.intersection(*names)),
        all(sample.labels.known for sample in samples),
    )


def _once(samples: Sequence[Sample], joint: Sequence[list[str]]) -> Iterator[tuple[Sample, list[str]]]:
    """Yields samples with the units of their texts, one of those that have the same texts."""
    return iter({sample.labels: (sample, own) for sample, own in zip(samples, joint, strict=True)}.values())


def _refuse_unknown(samples: Sequence[Sample], units: Sequence[str]) -> None:
    if units or all(sample.labels.known for sample in samples):
        return
    raise UnknownTextsError(
        "the texts of one are not known, and no topic of it is called as one of the other, so that opposite halves may "
        "share texts: give both the same names of topics, or their texts"
    )


def _by_content(units: Sequence[str], samples: Sequence[Sample], joint: Sequence[Sequence[str]]) -> list[str]:
    """Units in an order that is the same whichever sample comes first: by their texts."""
    texts: dict[str, list[str]] = {unit: [] for unit in units}
    for sample, own in zip(samples, joint, strict=True):
        for unit, text in zip(own, sample.labels.texts, strict=True):
            texts.get(unit, []).append(text)
    return sorted(units, key=lambda unit: sorted(texts[unit]))


def raw_rho(a: Sample, b: Sample) -> float:
    """Gives Spearman's rho of two samples' own RDMs over their shared conditions; every text counts the same."""
    first, second = (sample.halves_over(["all"] * len(sample.labels.texts)) for sample in (a, b))
    conditions = [c for c in first.products.conditions if c in second.products.conditions]
    ranks = [over(halves, halves.products.units, conditions).whole[0] for halves in (first, second)]
    return float(ranks[0] @ ranks[1])


def joint_units(samples: Sequence[LabelledTexts]) -> list[list[str]]:
    """Gives the unit of each text of each sample.

    Units of one name, with a text in common, or with near-duplicates in one sample, are one.
    """
    return [list(own) for own in _joint(tuple(dict.fromkeys(samples)), tuple(samples))]


@lru_cache(maxsize=256)
def _joint(distinct: tuple[LabelledTexts, ...], samples: tuple[LabelledTexts, ...]) -> tuple[tuple[str, ...], ...]:
    """Gives the same; kept, because many runs have read the same texts, which count once."""
    found = dict(zip(distinct, _joined(distinct), strict=True))
    return tuple(found[sample] for sample in samples)


def _joined(samples: Sequence[LabelledTexts]) -> list[tuple[str, ...]]:
    texts = [text for sample in samples for text in sample.texts]
    units = [unit for sample in samples for unit in sample.units]
    ties = [*_tied_before(samples), *(tie for sample in samples for tie in near_ties(sample))]
    joint = dict(zip(units, distinct_units(texts, units, ties), strict=True))
    return [tuple(joint[unit] for unit in sample.units) for sample in samples]


def _tied_before(samples: Sequence[LabelledTexts]) -> list[tuple[str, str]]:
    """Units with a part in common, where some were tied in one sample before."""
    holders: dict[str, str] = {}
    parts = {unit: own for sample in samples for unit, own in _parts(sample).items()}
    return [(holders.setdefault(part, unit), unit) for unit, own in parts.items() for part in own]


def _parts(sample: LabelledTexts) -> dict[str, list[str]]:
    """The units that each unit of a sample ties together; one that is a topic is whole, whatever it is called."""
    topics = set(sample.topics)
    return {unit: [unit] if unit in topics else parts_of(unit) for unit in dict.fromkeys(sample.units)}


def over(run: Halves, units: Sequence[str], conditions: Sequence[str]) -> Halves:
    """Restricts a sample; gives the sample itself where nothing is left out, so that its splits are computed once.

    What the last samples were restricted to is kept for others that are held against them.
    """
    own = tuple(units), tuple(conditions)
    if (run.products.units, run.products.conditions) == own:
        return run
    return _RESTRICTED.of(run, own, lambda: run.restricted(units, conditions), lambda left: left.products.values.size)


_RESTRICTED = Recent(3_000_000)
"""The samples that were restricted last. Their products take up to 24 MB, and what follows from them about as much."""


def _texts_of(labels: LabelledTexts, units: Sequence[str], kept: set[str]) -> list[tuple[str, str, str]]:
    """Gives unit, condition and text of every text in some units."""
    return sorted(own for own in zip(units, labels.emotions, labels.texts, strict=True) if own[0] in kept)
