"""What the findings say first: whether agreements go beyond words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from emogeo.analysis.comparing.nulls import Level
from emogeo.analysis.report.finding import Finding
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import in_words
from emogeo.analysis.report.sentences import listed, number_of, range_of
from emogeo.analysis.tables.frame import Row
from emogeo.config.model import Init
from emogeo.geometry.beyond import Beyond

_NAMED = 2
"""The most pairs that a finding names."""


def _counts(words: pd.DataFrame) -> str:
    """Counts the verdicts that there are, as in `2 yes, 4 cannot tell`."""
    counted = Counter(words["verdict"])
    return ", ".join(f"{counted[verdict.value]} {verdict.value}" for verdict in Beyond if counted[verdict.value])


def beyond_findings(material: Material) -> list[Finding]:
    """Reports, before anything else, which agreements go beyond words."""
    beyond = material.of_trained("beyond", "key_a")
    if beyond.empty:
        return []
    return [_finding(level, beyond[beyond["level"] == level], material.names) for level in Level]


def _finding(level: Level, rows: pd.DataFrame, names: Mapping[str, str]) -> Finding:
    said = f"Of {number_of(len(rows), 'pair')} of runs, beyond {level.value}: {_counts(rows)}."
    yes = rows[rows["verdict"] == Beyond.yes]
    if len(yes):
        left = [f"{_pair(row, names)} ρ* {_left(row)}" for row in yes.to_dict("records")]
        told = listed(left) if len(left) <= _NAMED else f"ρ* {range_of(yes, 'rho_partial')}"
        said += f" With {level.value} given, what is left is {told}."
    rest = rows[(rows["verdict"] != Beyond.yes) & rows["reason"].notna()]
    caveats = [
        f"{_pair(row, names)}, {row['verdict']}: {row['reason']}." for row in rest.head(_NAMED).to_dict("records")
    ]
    if len(rest) > _NAMED:
        caveats.append(f"The reasons of {len(rest) - _NAMED} more are in the table of agreement beyond words.")
    return Finding(f"Beyond {level.value}", said, caveats, unsure=yes.empty)


def _pair(row: Row, names: Mapping[str, str]) -> str:
    return " – ".join(names.get(row[f"key_{side}"], row[f"model_{side}"]) for side in "ab")


def _left(row: Row) -> str:
    return in_words(row["rho_partial"], row["rho_partial_ci_low"], row["rho_partial_ci_high"])


def untrained(runs: pd.DataFrame) -> set[str]:
    """Gives the keys of the untrained twins in the table of runs."""
    return set(runs.loc[runs["init"].isin([Init.random.value, Init.shuffled.value]), "key"])


def verdict_counts(beyond: pd.DataFrame, runs: pd.DataFrame) -> dict[str, int]:
    """Counts pairs of trained runs of each verdict beyond words; where there are none, pairs of untrained twins."""
    trained = beyond[~beyond["key_a"].isin(untrained(runs))]
    own = beyond if trained.empty else trained
    counted = Counter(own.loc[own["level"] == Level.words, "verdict"])
    return {verdict.value: counted[verdict.value] for verdict in Beyond}
