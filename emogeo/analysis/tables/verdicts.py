"""Verdicts on a claim, and what holds here, from the comparisons that a claim is about: the rules of docs/claims.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import t as student

from emogeo.geometry.beyond import Beyond
from emogeo.geometry.inference import LEVEL

REPRODUCED, CONTRADICTED = "reproduced", "contradicted"
UNKNOWN, UNTESTABLE = "not identifiable", "not testable"
HOLDS, FAILS, CANNOT_TELL, NOT_MEASURED = "holds here", "does not hold here", "cannot tell", "not measured"
BEYOND = Beyond.yes.value
"""What the tables of pairs say of a pair that agrees beyond words."""
FAMILIES = 3
"""The number of families that a sentence about all models needs."""
MARGIN = 0.1
"""How far beyond the bound no comparison may lie if a claim is to be reproduced."""
MISSES = 5
"""Of this many comparisons one may fail to clear the bound, as with a test whose power is 80 percent."""
ALPHA = (1 - LEVEL) / 2
"""The one-sided level, over all comparisons of a claim, at which one is shown to lie beyond the bound."""
_COMMANDS = 2
"""The most commands that a note gives."""


@dataclass(frozen=True)
class Model:
    """A model that a comparison is of."""

    name: str
    family: str

    @property
    def lineage(self) -> str:
        """Gives the letters that the family begins with: qwen2.5 and qwen2.5-coder are one lineage."""
        found = re.match("[^\\W\\d_]+", self.family.lower())
        return found.group() if found else self.family


@dataclass(frozen=True)
class Figure:
    """One comparison that a claim is about, with its 95 percent interval (NaN where there is none)."""

    name: str
    value: float
    low: float
    high: float
    n_units: int = 2
    models: tuple[Model, ...] = ()
    words: str | None = None
    """Whether the agreement is beyond words, as the tables of pairs say; None where the claim does not ask."""
    twins: str = ""
    """The command that computes the untrained twins."""

    @property
    def known(self) -> bool:
        return not np.isnan(self.low)

    @property
    def by_words(self) -> bool:
        """Whether the claim asks for more than words, and the comparison does not show it."""
        return self.words is not None and self.words != BEYOND

    def p_beyond(self, bound: float, sign: int) -> float:
        """Gives the one-sided p against a value on the claim's side of the bound, by the interval's own t.

        Args:
            sign: 1 for a claim of at least `bound`, -1 for one of less.
        """
        freedom = max(self.n_units - 1, 1)
        error = (self.high - self.low) / 2 / student.ppf((1 + LEVEL) / 2, freedom)
        off = sign * (self.value - bound)
        return float(student.cdf(off / error, freedom)) if error else float(off >= 0)


@dataclass(frozen=True)
class Verdict:
    """The verdict on one claim."""

    verdict: str
    note: str
    decided: Figure | None = None


@dataclass(frozen=True)
class Here:
    """What was measured here, of whichever models."""

    said: str = NOT_MEASURED
    note: str = ""
    models: tuple[Model, ...] = ()
    decided: Figure | None = None

    @property
    def families(self) -> int:
        return lineages(self.models)


@dataclass(frozen=True)
class Judged:
    """The verdict on the study's claim, and what holds here."""

    study: Verdict
    here: Here


Rule = Callable[[Sequence[Figure]], Verdict]


def above(figures: Sequence[Figure], bound: float) -> Verdict:
    """Judges the claim that every comparison is at least `bound`."""
    return _judged(figures, bound, 1)


def below(figures: Sequence[Figure], bound: float) -> Verdict:
    """Judges the claim that every comparison is below `bound`."""
    return _judged(figures, bound, -1)


def _judged(figures: Sequence[Figure], bound: float, sign: int) -> Verdict:
    known = [figure for figure in figures if figure.known]
    if not known:
        return Verdict(UNKNOWN, f"none of {len(figures)} comparisons has a ρ* with an interval")
    decided = min(known, key=lambda figure: sign * figure.value)
    reach = [figure.low - bound if sign > 0 else bound - figure.high for figure in known]
    missed, allowed = sum(own < 0 for own in reach), len(known) // MISSES
    note = (
        f"{decided.name}, of {len(figures)} comparisons ({len(figures) - len(known)} without ρ*; {missed} do not clear "
        f"the bound, {allowed} may by chance); the claim: {'at least' if sign > 0 else 'below'} {bound:.2f}"
    )
    if len(known) * min(figure.p_beyond(bound, sign) for figure in known) <= ALPHA:
        return Verdict(CONTRADICTED, note, decided)
    holds = len(known) == len(figures) and missed <= allowed and min(reach) >= -MARGIN
    return _beyond_words(Verdict(REPRODUCED if holds else UNKNOWN, note, decided), figures)


def _beyond_words(found: Verdict, figures: Sequence[Figure]) -> Verdict:
    """Takes a verdict back where agreement may be that of words."""
    by_words = [figure for figure in figures if figure.by_words]
    if not by_words:
        return found
    counts = ", ".join(f"{n} {said or 'not computed'}" for said, n in Counter(f.words for f in by_words).items())
    said = f"{found.note}; {len(by_words)} of {len(figures)} are not shown to agree beyond words ({counts})"
    note = "; ".join([said, *_twins_of(by_words)])
    return replace(found, verdict=UNKNOWN, note=note)


def _twins_of(by_words: Sequence[Figure]) -> list[str]:
    """Says how untrained twins are had that are lacking; the table has the other commands."""
    commands = list(dict.fromkeys(figure.twins for figure in by_words if figure.twins))
    if not commands and all(figure.words for figure in by_words):
        return []
    more = len(commands) - _COMMANDS
    shown = commands[:_COMMANDS] or ["repeat each run with model.init=random model.init_seed=1,2"]
    return [
        "; ".join([f"untrained twins: {shown[0]}", *shown[1:], *([f"{more} more in beyond.csv"] if more > 0 else [])])
    ]


def of_study(figures: Sequence[Figure], rule: Rule, absent: Verdict, needed: Collection[str] = ()) -> Verdict:
    """Passes a verdict on the study's claim.

    Args:
        figures: comparisons of the study's models, read as the claim says.
        absent: the verdict where there are none.
        needed: the models without which the claim is not reproduced; without any, three families are needed.
    """
    if not figures:
        return absent
    found, models = rule(figures), models_of(figures)
    lacking = [name for name in needed if name not in {model.name for model in models}]
    few = f"{', '.join(lacking)} is not among them" if lacking else "" if needed else _too_few(models)
    if found.verdict != REPRODUCED or not few:
        return found
    return replace(found, verdict=UNKNOWN, note=f"{found.note}; {few}")


def here_of(figures: Sequence[Figure], rule: Rule, universal: bool) -> Here:
    """Says what was measured here.

    Args:
        universal: whether the claim is about all models, so that it takes three families to hold.
    """
    if not figures:
        return Here()
    found, models = rule(figures), models_of(figures)
    said = {REPRODUCED: HOLDS, CONTRADICTED: FAILS}.get(found.verdict, CANNOT_TELL)
    few = _too_few(models) if universal else ""
    if said == HOLDS:
        counted = f"{_counted(len(models), 'model', 'models')}, {_counted(lineages(models), 'family', 'families')}"
        said = f"{CANNOT_TELL} ({few})" if few else f"{HOLDS} ({counted})"
    return Here(said, found.note, models, found.decided)


def models_of(figures: Sequence[Figure]) -> tuple[Model, ...]:
    """Lists the models of comparisons, each once."""
    return tuple(dict.fromkeys(model for figure in figures for model in figure.models))


def lineages(models: Sequence[Model]) -> int:
    """Counts families; those whose names begin with the same letters are one."""
    return len({model.lineage for model in models})


def _too_few(models: Sequence[Model]) -> str:
    n = lineages(models)
    return f"{_counted(n, 'family', 'families')}, {FAMILIES} needed" if n < FAMILIES else ""


def _counted(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}"


def untestable(what: str, command: str) -> Verdict:
    """Gives the verdict where runs are absent; the command adds them."""
    return Verdict(UNTESTABLE, f"{what}: {command}")
