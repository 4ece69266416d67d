"""Charts of what runs are about: shares of the reliable geometry, and each predictor alone and given the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair
import pandas as pd

from emogeo.analysis.charts.chart import BLUE, NARROW, ORANGE, AnyChart, for_both, spec_of
from emogeo.analysis.comparing.explaining import OWN, RATINGS, TEXTS
from emogeo.analysis.tables.about import row_of_group
from emogeo.analysis.tables.frame import Row
from emogeo.geometry.about import TOGETHER

SHARED, LEFT = "several of them", "none of them"
"""What more than one group explains, and what no predictor does."""
_COLOURS = {"only texts": BLUE, "only ratings": ORANGE, "only own norms": "#009e73", SHARED: "#8ab0cf", LEFT: None}
_GROUPS = {TEXTS: "only texts", RATINGS: "only ratings", OWN: "only own norms"}
_MARKS = {"alone": BLUE, "given the others": ORANGE}
_NUMBER = ".2f"
SHARES, PREDICTORS = "about_shares", "about_predictors"
"""The names of the charts' files, without their endings."""
_BAR, _PANEL, _LABEL = 520, 235, 180
"""Pixels of the bars, of a panel of predictors, and the most of names beside them."""
BARS = 40
"""The most runs of the chart of shares."""
SHOWN = 8
"""The most runs of a chart with a panel for each."""


def shares_of(table: pd.DataFrame) -> pd.DataFrame:
    """Divides the reliable geometry of each run among groups of predictors: a row per run and part.

    Where groups explain more together than each by itself, what several of them explain is negative, and left out.

    Args:
        table: the table `about`.
    """
    rows = []
    needed = table[["run", "predictor", "explained", "only"]]
    for run, own in list(needed.groupby("run", sort=False))[:BARS]:
        by = own.set_index("predictor")
        if TOGETHER not in by.index or pd.isna(by.loc[TOGETHER, "explained"]):
            continue
        every = float(by.loc[TOGETHER, "explained"])
        own_rows = own.to_dict("records")
        groups = {part: _only(own_rows, name) for name, part in _GROUPS.items()}
        found = {part: value for part, value in groups.items() if value is not None}
        parts = {**found, SHARED: max(every - sum(found.values()), 0.0), LEFT: max(1 - every, 0.0)}
        rows += [{"run": run, "explained by": part, "share": value} for part, value in parts.items()]
    return pd.DataFrame(rows, columns=["run", "explained by", "share"])


def _only(own: Sequence[Row], group: str) -> float | None:
    """Gives what a group alone explains of a run; where there is no other group, that is all that is explained."""
    row = row_of_group(own, group)
    if row is None:
        return None
    return float(row["explained"] if row["predictor"] == TOGETHER else row["only"])


def shares_chart(table: pd.DataFrame, narrow: bool = False) -> AnyChart:
    """Draws a bar per run, divided by what explains its reliable geometry.

    Args:
        narrow: for a phone, with names above their bars.
    """
    shares = shares_of(table)
    order = [part for part in _COLOURS if part in set(shares["explained by"])]
    shares["order"] = shares["explained by"].map(order.index)
    colours = [_COLOURS[part] or "#c9cfd4" for part in order]
    base = altair.Chart(shares, width=NARROW if narrow else _BAR, height=altair.Step(38 if narrow else 24))
    y = altair.Y("run:N", title=None, sort=None, axis=None if narrow else altair.Axis(labelLimit=260))
    chart: altair.Chart = (base.mark_bar(height=14, yOffset=7) if narrow else base.mark_bar()).encode(
        x=altair.X("share:Q", title="share of the reliable geometry", stack="zero", axis=altair.Axis(format="%")),
        y=y,
        color=altair.Color(
            "explained by:N",
            sort=order,
            scale=altair.Scale(domain=order, range=colours),
            legend=altair.Legend(orient="top", title="explained by", columns=2 if narrow else 0),
        ),
        order="order:Q",
        tooltip=["run:N", "explained by:N", altair.Tooltip("share:Q", format=_NUMBER)],
    )
    if not narrow:
        return chart
    names = altair.Chart(shares.drop_duplicates("run")).mark_text(align="left", dy=-8, color=altair.ExprRef("ink"))
    return altair.layer(chart, names.encode(x=altair.value(0), y=y, text="run:N"))


def dots_of(table: pd.DataFrame) -> pd.DataFrame:
    """Lists the dots of single predictors: run, predictor, kind (alone, given the others), rho, its interval, ceiling.

    Args:
        table: the table `about`.
    """
    single = table[table["rho"].notna()]
    parts = []
    for kind, column in (("alone", "rho"), ("given the others", "rho_given")):
        names = {column: "ρ", f"{column}_ci_low": "low", f"{column}_ci_high": "high"}
        kept = single[["run", "predictor", "ceiling", "p_holm" if column == "rho" else "p_given_holm", *names]]
        parts.append(
            kept.set_axis(["run", "predictor", "ceiling", "p (Holm)", *names.values()], axis=1).assign(kind=kind)
        )
    return pd.concat(parts, ignore_index=True).dropna(subset=["ρ"])


def predictors_chart(table: pd.DataFrame, runs: Sequence[str], columns: int = 2) -> AnyChart:
    """Draws a panel per run: each predictor's ρ alone and given the others, with intervals, and the ceiling as a line.

    Args:
        table: the table `about`.
        runs: the runs to draw, by name.
        columns: how many panels stand side by side.
    """
    dots = dots_of(table[table["run"].isin(runs)])
    order = list(dict.fromkeys(dots["predictor"]))
    offset = altair.YOffset("kind:N", sort=list(_MARKS))
    y = altair.Y("predictor:N", title=None, sort=order, axis=altair.Axis(labelLimit=100 if columns == 1 else _LABEL))
    scale = altair.Scale(domain=list(_MARKS), range=list(_MARKS.values()))
    colour = altair.Color("kind:N", scale=scale, legend=altair.Legend(orient="top", title=None))
    base = altair.Chart(dots, width=_PANEL, height=altair.Step(12))
    x = altair.X("ρ:Q", title="ρ with the run")
    zero = base.mark_rule(color=altair.ExprRef("soft"), strokeWidth=0.7).encode(x=altair.datum(0))
    ceiling = base.mark_rule(color=altair.ExprRef("ink"), strokeDash=[5, 3]).encode(x="mean(ceiling):Q")
    reach = base.mark_rule(strokeWidth=2).encode(x=altair.X("low:Q"), x2="high:Q", y=y, yOffset=offset, color=colour)
    points = base.mark_point(filled=True, size=45, opacity=1).encode(
        x=x,
        y=y,
        yOffset=offset,
        color=colour,
        tooltip=["run:N", "predictor:N", "kind:N", *(altair.Tooltip(f"{own}:Q", format=_NUMBER) for own in _TOLD)],
    )
    return altair.layer(zero, ceiling, reach, points).facet(
        facet=altair.Facet("run:N", title=None, sort=list(runs), header=altair.Header(labelLimit=300)), columns=columns
    )


_TOLD = ("ρ", "low", "high", "ceiling", "p (Holm)")


def shares_spec(table: pd.DataFrame) -> dict[str, Any]:
    """Gives `shares_chart` for a page and for a phone."""
    both = [spec_of(shares_chart(table, narrow)) for narrow in (False, True)]
    return for_both(both[0], both[1], _BAR + _LABEL)


def predictors_spec(table: pd.DataFrame, runs: Sequence[str]) -> dict[str, Any]:
    """Gives `predictors_chart` for a page and for a phone."""
    both = [spec_of(predictors_chart(table, runs, columns)) for columns in (2, 1)]
    return for_both(both[0], both[1], 2 * _PANEL + _LABEL)
