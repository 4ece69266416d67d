"""What the terminal and the findings say first: whether agreements go beyond words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from emogeo.analysis.comparing.nulls import Level
from emogeo.analysis.report.finding import Finding
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import in_words
from emogeo.analysis.report.sentences import listed, number_of
from emogeo.analysis.tables.frame import Row
from emogeo.config.model import Init
from emogeo.geometry.beyond import Beyond

_SHOWN = 20
"""The most pairs that the terminal judges one by one."""
_NAMED = 5
"""The most pairs that a finding names."""


def beyond_lines(beyond: pd.DataFrame, pairs: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Writes the verdict of every pair, before any rho*; of many pairs, the counts."""
    if beyond.empty:
        return []
    words = beyond[beyond["level"] == Level.words]
    title = "Do the runs agree beyond words that any untrained network would see?"
    if len(words) > _SHOWN:
        return [title, f"  {_counts(words)} (beyond.csv)", *_commands(words), ""]
    star = {(row["key_a"], row["key_b"]): row for row in pairs.to_dict("records")}
    meanings = beyond[beyond["level"] == Level.meanings].set_index(["key_a", "key_b"])["verdict"].to_dict()
    lines = [title]
    for row in words.to_dict("records"):
        keys = (row["key_a"], row["key_b"])
        lines += [
            f"  {names[keys[0]]} – {names[keys[1]]}: {row['verdict']} ({_why(row, star[keys])})",
            f"      beyond word meanings: {meanings[keys]}",
        ]
    return [*lines, *_commands(words), ""]


def _why(row: Row, pair: Row) -> str:
    reason = str(row["reason"])
    if pd.isna(pair["rho_star"]):
        return reason
    star = in_words(pair["rho_star"], pair["rho_star_ci_low"], pair["rho_star_ci_high"])
    return f"{reason}; ρ* with words is {star}"


def _commands(words: pd.DataFrame) -> list[str]:
    """Writes each command that adds untrained twins once."""
    missing = words["twin_command"].astype(object).fillna("")
    commands = dict.fromkeys(command for command in missing if command)
    return [f"  untrained twins, into the store of these runs: {command}" for command in commands]


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
    left = [f"{_pair(row, names)} ρ* {_left(row)}" for row in yes.head(_NAMED).to_dict("records")]
    if left:
        said += f" With {level.value} given, what is left is {listed(left)}."
    rest = rows[rows["verdict"] != Beyond.yes].head(_NAMED).to_dict("records")
    caveats = [f"{_pair(row, names)}, {row['verdict']}: {row['reason']}." for row in rest if pd.notna(row["reason"])]
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
