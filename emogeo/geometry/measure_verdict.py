"""Whether a verdict on two geometries hangs on the measure; docs/inference.md has the rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from emogeo.geometry.inference import Estimate, interval
from emogeo.geometry.measuring import Measured

NOTHING = 0.1
"""What a relation stays below that is called none."""


class Reading(Enum):
    """What the interval of a disattenuated value says."""

    not_identical = "related, not identical"
    related = "related, identity not excluded"
    opposite = "opposite"
    unrelated = "unrelated"
    unknown = "cannot tell"


class Verdict(Enum):
    """Whether the measures say the same."""

    agree = "all agree"
    depends = "depends on the measure"
    within_chance = "differ within chance"
    not_identifiable = "not identifiable"


@dataclass(frozen=True)
class Answer:
    """The verdict on a pair of geometries, and a sentence with what each measure says."""

    verdict: Verdict
    text: str


def reading_of(estimate: Estimate) -> Reading:
    """Reads an interval against 0 and 1."""
    if estimate.low > 0:
        return Reading.not_identical if estimate.high < 1 else Reading.related
    if estimate.high < 0:
        return Reading.opposite
    return Reading.unrelated if estimate.high < NOTHING else Reading.unknown


def answer_of(measures: Sequence[Measured]) -> Answer:
    """Gives the verdict over the measures that have a disattenuated value."""
    own = [each for each in measures if each.disattenuated is not None]
    if len(own) < 2:
        return Answer(Verdict.not_identifiable, "not identifiable: fewer than two measures have a disattenuated value")
    by_reading: dict[Reading, list[Measured]] = {}
    for each in own:
        by_reading.setdefault(_reading(each), []).append(each)
    said = "; ".join(f"{reading.value} by {', '.join(e.measure for e in of)}" for reading, of in by_reading.items())
    if len(by_reading) == 1:
        return Answer(Verdict.agree, f"all {len(own)} measures agree: {next(iter(by_reading)).value}")
    if any(_differ(x, y) for x, y in combinations(own, 2) if _reading(x) is not _reading(y)):
        return Answer(Verdict.depends, f"depends on the measure: {said}")
    return Answer(Verdict.within_chance, f"no two measures differ by more than chance: {said}")


def _reading(of: Measured) -> Reading:
    assert of.disattenuated is not None
    return reading_of(of.disattenuated)


def _differ(x: Measured, y: Measured) -> bool:
    """Whether the jackknife interval of the difference of two disattenuated values leaves out 0."""
    assert x.disattenuated is not None and y.disattenuated is not None
    deleted = [first - second for first, second in zip(x.deleted, y.deleted, strict=True)]
    found = interval(x.disattenuated.value - y.disattenuated.value, deleted, fisher=False)
    return found.low > 0 or found.high < 0
