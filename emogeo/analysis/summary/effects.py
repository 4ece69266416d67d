"""Effects in the terminal: what differs in a line, its figures in the next; and their shares of variance."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.comparing.matching import n_without_conditions
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import ABSENT, in_words, number
from emogeo.analysis.summary.narrow import Column, narrow
from emogeo.analysis.tables.frame import Row
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.terminal import paragraph

_SHOWN = 12


def effect_lines(material: Material, width: int) -> list[str]:
    """Writes the effects, two lines each, and says how many pairs of runs are none."""
    table, apart = material.table("effects"), n_without_conditions(material.catalogue.finished)
    models = list(dict.fromkeys(table["model"])) if len(table) else []
    of = f" of {models[0]}" if len(models) == 1 else ""
    said = f"Effects{of}, 1 − ρ* of runs that differ in one thing (all of it: effects.csv)"
    lines = paragraph(said, width, rest="  ") if models else []
    for row in table.head(_SHOWN).to_dict("records"):
        lines += paragraph(row["factor"] if of else f"{row['model']}, {row['factor']}", width, "  ", "    ")
        lines += paragraph(_figures(row), width, "      ")
    lines += [f"  and {len(table) - _SHOWN} more in effects.csv"] if len(table) > _SHOWN else []
    said = f"note: {apart} pair(s) of runs share fewer than {MIN_CONDITIONS} conditions and are no effects"
    return [*lines, *paragraph(said, width, rest="  ")] if apart else lines


def _figures(row: Row) -> str:
    effect = in_words(row["effect"], row["ci_low"], row["ci_high"], bound=0.0)
    parts = [
        f"effect {effect}",
        f"counts: {row['counts']}",
        *(f"{name} {number(row[name], 4)}" for name in ("floor", "null") if pd.notna(row[name])),
        *([f"ρ {number(row['rho'])}"] if effect == ABSENT else []),
        *([str(row["equivalence"])] if pd.notna(row["equivalence"]) else []),
        *([f"bias {_bias(row)}"] if pd.notna(row["bias"]) else []),
        *([f"published ρ {number(row['published'])}"] if pd.notna(row["published"]) else []),
    ]
    return "; ".join(parts)


def _bias(row: Row) -> str:
    return in_words(row["bias"], row["bias_ci_low"], row["bias_ci_high"])


def variance_lines(material: Material, width: int) -> list[str]:
    """Writes each factor's share of the variance of 1 - rho*; nothing where no share is given."""
    table = material.table("variance")
    if table.empty or table["share"].isna().all():
        return []
    columns = [
        Column("factor", list(table["factor"]), right=False),
        Column("share", [f"{value:.3g}" if pd.notna(value) else ABSENT for value in table["share"]]),
        Column("p", [f"{value:.3g}" if pd.notna(value) else ABSENT for value in table["p"]]),
        Column("least p", [f"{value:.3g}" if pd.notna(value) else ABSENT for value in table["p_min"]]),
        Column("aliased with", [ABSENT if pd.isna(name) else str(name) for name in table["aliased_with"]], right=False),
    ]
    return narrow("Variance of 1 − ρ* over pairs of runs", columns, "variance.csv", width)
