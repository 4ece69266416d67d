"""Pairs and baselines in the terminal, a row each, by the letters of their runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import ABSENT, in_words, intervals, number, with_interval
from emogeo.analysis.summary.letters import pair_of
from emogeo.analysis.summary.narrow import Column, narrow
from emogeo.analysis.tables.frame import Row
from emogeo.geometry.measure_verdict import Verdict
from emogeo.terminal import paragraph

SHOWN = 12
"""The most pairs that are printed."""


def shown_pairs(material: Material) -> pd.DataFrame:
    """Gives the pairs that are printed: all of few; of many, those that agree least."""
    pairs, _ = material.trained_pairs("pairs")
    if len(pairs) <= SHOWN:
        return pairs
    return pairs.sort_values(["rho_star", "rho"], kind="stable").head(SHOWN)


def pair_lines(of: Mapping[str, str], material: Material, width: int) -> list[str]:
    """Writes the pairs that are printed, and how many others there are."""
    rows, (every, _) = shown_pairs(material), material.trained_pairs("pairs")
    if rows.empty:
        return paragraph("Pairs: none; two finished runs make a pair (a reread is none).", width, rest="  ")
    more, nulls = len(every) - len(rows), len(material.table("pairs")) - len(every)
    lines = narrow(f"Pairs, {len(rows)} that agree least" if more else "Pairs", _columns(rows, of), "pairs.csv", width)
    noun = material.noun.many
    lines += [f"  and {more} more in pairs.csv"] if more else []
    said = f"intervals of ρ* are over other texts for these {noun}; 'like these': over other {noun}, too"
    said += f"; {nulls} pairs of untrained twins, which are nulls, are in pairs.csv" if nulls else ""
    return [*lines, *paragraph(said, width, "  "), *_hanging(of, material, width)]


def _columns(rows: pd.DataFrame, of: Mapping[str, str]) -> list[Column]:
    records = rows.to_dict("records")
    return [
        Column("pair", [pair_of(row, of) for row in records], right=False),
        Column("beyond words", _words(rows["beyond_words"]), right=False),
        Column("ρ*", with_interval(rows, "rho_star"), right=False),
        Column("like these", intervals(rows, "rho_star_any"), right=False),
        Column("ρ", with_interval(rows, "rho"), right=False),
        Column("Holm p", [number(p, 4) for p in rows["p_holm"]]),
        Column("same or different", _words(rows["equivalence"]), right=False),
        Column("reliability", [_beside(row, "reliability_a", "reliability_b") for row in records]),
        Column("same/disjoint", [_beside(row, "rho_same_half", "rho_disjoint_half") for row in records]),
        Column("floor", [number(floor, 4) for floor in rows["floor"]]),
    ]


def _words(column: pd.Series) -> list[str]:
    return [ABSENT if pd.isna(word) else str(word) for word in column]


def _beside(row: Row, *names: str) -> str:
    return "/".join(number(row[name]) for name in names)


def _hanging(of: Mapping[str, str], material: Material, width: int) -> list[str]:
    """Writes which pairs' verdicts depend on the measure; of many, only how many they are."""
    answers = material.table("measure_verdicts")
    rows = answers[answers["verdict"] == Verdict.depends.value] if len(answers) else answers
    known = rows["key_a"].isin(of) & rows["key_b"].isin(of) if len(rows) else None
    if len(rows) > SHOWN // 3 or (known is not None and not known.all()):
        said = [f"The verdict depends on the measure for {len(rows)} of {len(answers)} pairs: measure_verdicts.csv"]
    else:
        said = [f"{pair_of(row, of)} {row['answer']}" for row in rows.to_dict("records")]
    return [line for each in said for line in paragraph(each, width, "  ", "    ")]


def baseline_lines(of: Mapping[str, str], material: Material, width: int) -> list[str]:
    """Writes a row per run and a column per baseline: rho*, or rho where there is none."""
    table = material.table("baselines")
    rows = table[table["key"].isin(list(of)[:SHOWN])] if len(table) else table
    if rows.empty:
        return []
    keys = list(dict.fromkeys(rows["key"]))
    told = {(row["key"], row["baseline"]): _told(row) for row in rows.to_dict("records")}
    columns = [
        Column(name.replace("_", " "), [told.get((key, name), ABSENT) for key in keys], right=False)
        for name in dict.fromkeys(rows["baseline"])
    ]
    lines = narrow("Baselines, ρ*", [Column("run", [of[key] for key in keys]), *columns], "baselines.csv", width)
    more = table["key"].nunique() - len(keys)
    return [*lines, f"  and {more} more in baselines.csv"] if more else lines


def _told(row: Row) -> str:
    if pd.notna(row["rho_star"]):
        return in_words(row["rho_star"], row["rho_star_ci_low"], row["rho_star_ci_high"])
    return ABSENT if pd.isna(row["rho"]) else f"ρ {in_words(row['rho'], row['rho_ci_low'], row['rho_ci_high'])}"


def named_in(rows: pd.DataFrame) -> Sequence[str]:
    """Gives the keys of the runs of some pairs, in their order."""
    return list(dict.fromkeys([*rows["key_a"], *rows["key_b"]])) if len(rows) else []
