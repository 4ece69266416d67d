"""Verdicts on a claim, from the comparisons that it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

REPRODUCED, CONTRADICTED = "reproduced", "contradicted"
UNKNOWN, UNTESTABLE = "not identifiable", "not testable"


@dataclass(frozen=True)
class Figure:
    """One comparison that a claim is about."""

    name: str
    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        return not np.isnan(self.low)


@dataclass(frozen=True)
class Verdict:
    """The verdict on one claim."""

    verdict: str
    note: str
    decided: Figure | None = None


def above(figures: Sequence[Figure], bound: float) -> Verdict:
    """Judges the claim that every comparison is at least `bound`."""
    return _judged(figures, lambda f: f.low >= bound, lambda f: f.high < bound, min, f"at least {bound:.2f}")


def below(figures: Sequence[Figure], bound: float) -> Verdict:
    """Judges the claim that every comparison is below `bound`."""
    return _judged(figures, lambda f: f.high < bound, lambda f: f.low >= bound, max, f"below {bound:.2f}")


def _judged(
    figures: Sequence[Figure],
    holds: Callable[[Figure], bool],
    fails: Callable[[Figure], bool],
    nearest: Callable[..., Figure],
    words: str,
) -> Verdict:
    known = [figure for figure in figures if figure.known]
    if not known:
        return Verdict(UNKNOWN, f"none of {len(figures)} comparisons has a ρ* with an interval")
    decided = nearest(known, key=lambda figure: figure.value)
    note = f"{decided.name}, of {len(figures)} comparisons ({len(figures) - len(known)} without ρ*); the claim: {words}"
    if any(map(fails, known)):
        return Verdict(CONTRADICTED, note, decided)
    return Verdict(REPRODUCED if len(known) == len(figures) and all(map(holds, known)) else UNKNOWN, note, decided)


def figures_of(rows: pd.DataFrame, name: Callable[[Any], str]) -> list[Figure]:
    """Gives the rho* of each row."""
    return [
        Figure(name(row), row["rho_star"], row["rho_star_ci_low"], row["rho_star_ci_high"])
        for row in rows.to_dict("records")
    ]


def untestable(what: str, command: str) -> Verdict:
    """Gives the verdict where runs are absent; the command adds them."""
    return Verdict(UNTESTABLE, f"{what}: {command}")
