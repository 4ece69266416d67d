"""Agreement of pairs of runs: raw, without text noise, and what is left of it once words are given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair
import pandas as pd

from emogeo.analysis.charts.chart import BLUE, NARROW, ORANGE, AnyChart, for_both, spec_of

MOST = 40
"""The most pairs of a chart: those that agree least, which tell most."""
_RAW, _STAR, _LEFT = "raw ρ", "ρ*, without text noise", "ρ* left once words are given"
_COLUMNS = {_RAW: "rho", _STAR: "rho_star", _LEFT: "rho_partial"}
_COLOURS = ["#8a8f98", BLUE, ORANGE]
_LEGEND = altair.Legend(title=None, orient="top", direction="vertical", labelLimit=300, symbolOpacity=1)
_NAME, _VALUE = "pair", altair.Tooltip("said:N", title="value")
_LOW, _HIGH = -0.5, 1.25
"""What is drawn of intervals, which of unreliable pairs have no end."""
_BETWEEN = " – "
"""What stands between the names of a pair."""
_WIDTH = 760
_LINE = 13
"""Height of a line of a pair, its name or a number, in points."""


def agreement_spec(pairs: pd.DataFrame, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Makes the chart of a row per pair with its three numbers and their 95% intervals; None where no pair has a rho.

    Args:
        pairs: the table of pairs.
        names: what the runs are called, by key.
    """
    rows = _rows(pairs, names)
    if rows.empty:
        return None
    return for_both(spec_of(_chart(rows, _WIDTH, 1)), spec_of(_chart(rows, NARROW, 2)), _WIDTH)


def _chart(rows: pd.DataFrame, width: int, lines: int) -> AnyChart:
    """Draws the chart, names of pairs on so many lines."""
    slots = [_NAME, *[f"{_NAME} {line}" for line in range(1, lines)], *_COLUMNS]
    order = list(dict.fromkeys(rows["pair"]))
    y = altair.Y("pair:N", sort=order, axis=None, scale=altair.Scale(paddingInner=0.25))
    offset = altair.YOffset("measure:N", sort=slots, scale=altair.Scale(domain=slots))
    ends = altair.Scale(domain=[min(0.0, rows["low"].min()), max(1.0, rows["high"].max())], nice=False)
    colour = altair.Color("measure:N", scale=altair.Scale(domain=list(_COLUMNS), range=_COLOURS), legend=_LEGEND)
    base = altair.Chart(rows).encode(y=y, yOffset=offset)
    ranges = base.mark_rule(strokeWidth=2, opacity=0.55).encode(
        x=altair.X("low:Q", title=None, scale=ends, axis=altair.Axis(tickCount=8)), x2="high:Q", color=colour
    )
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(
        x="value:Q",
        color=colour,
        shape=altair.Shape("measure:N", scale=altair.Scale(domain=list(_COLUMNS)), legend=_LEGEND),
        tooltip=[
            "pair:N",
            "measure:N",
            altair.Tooltip("said:N", title="value"),
            altair.Tooltip("beyond:N", title="beyond words"),
        ],
    )
    named = rows.drop_duplicates("pair").assign(measure=_NAME)
    named["shown"] = [pair.split(_BETWEEN, lines - 1) for pair in named["pair"]]
    names_of = altair.Chart(named).mark_text(align="left", fontSize=11, dy=-1, color=altair.expr("ink"))
    written = names_of.encode(y=y, yOffset=offset, x=altair.value(2), text="shown:N")
    return altair.layer(ranges, dots, written).properties(width=width, height=_LINE * len(slots) * len(order))


def _rows(pairs: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Makes a row per pair and number, the pairs that agree least first."""
    if pairs.empty:
        return pairs
    given = pairs[pairs["rho"].notna()]
    own = given.assign(by=given["rho_star"].fillna(given["rho"])).sort_values("by", kind="stable").head(MOST)
    rows = [
        {
            "pair": _BETWEEN.join(names.get(row[f"key_{side}"], row[f"model_{side}"]) for side in "ab"),
            "measure": measure,
            "value": round(row[column], 4),
            "low": max(_LOW, round(row[f"{column}_ci_low"], 4)),
            "high": min(_HIGH, round(row[f"{column}_ci_high"], 4)),
            "said": f"{row[column]:.3f} [{row[f'{column}_ci_low']:.3f}, {row[f'{column}_ci_high']:.3f}]",
            "beyond": row["beyond_words"] if pd.notna(row["beyond_words"]) else "–",
        }
        for row in own.to_dict("records")
        for measure, column in _COLUMNS.items()
        if pd.notna(row[column])
    ]
    return pd.DataFrame(rows)
