"""Charts of decoding: accuracy over blocks, and what is taken for what."""

from __future__ import annotations

from typing import Any, cast

import altair
import pandas as pd

from emogeo.analysis.charts.chart import BLUE, ORANGE, AnyChart, spec_of
from emogeo.analysis.tables.decoding import YES

ACCURACY, CONFUSION = "decoding", "decoding_confusion"
"""The names of the charts' files, without their endings."""
MOST_PANELS = 12
"""The most runs side by side in the files."""
_BESIDE = {"chance": "chance", "words_accuracy": "words alone", "untrained_accuracy": "untrained twins"}
"""What accuracy is held against, by column."""
_DASHES = {"words alone": [7, 3], "untrained twins": [1, 0], "chance": [2, 3]}
_CELL, _HEIGHT, _WIDTH, _PANEL = 13, 280, 480, 190


_DIGITS = 4


def drawn(table: pd.DataFrame) -> pd.DataFrame:
    """Gives the rows of single blocks with an accuracy, of runs that have several."""
    rows = table.dropna(subset=["accuracy", "block"])
    return rows[rows.groupby("key")["block"].transform("size") > 1]


def accuracy_chart(table: pd.DataFrame) -> AnyChart:
    """Draws accuracy over blocks: the run that is picked with its interval and floors, the others faintly behind it.

    Args:
        table: the rows of `decoding` that are drawn (`drawn`).
    """
    rows, names = _rows(table), list(dict.fromkeys(table["run"]))
    picked = _picked(names)
    others = (
        altair.Chart(rows)
        .mark_line(strokeWidth=1, opacity=0.35, color=altair.ExprRef("soft"))
        .encode(x=_x(rows), y=_Y, detail="run:N", tooltip=["run:N"])
    )
    own = _of_one(rows, picked)
    return altair.layer(others, *own).add_params(picked).properties(width=_WIDTH, height=_HEIGHT)


def accuracy_panels(table: pd.DataFrame) -> AnyChart:
    """Draws the same for paper: a panel for each run, `MOST_PANELS` at most."""
    names = list(dict.fromkeys(table["run"]))[:MOST_PANELS]
    rows = _rows(table[table["run"].isin(names)])
    panel = altair.layer(*_of_one(rows), data=rows).properties(width=_PANEL, height=0.75 * _PANEL)
    return panel.facet(facet=altair.Facet("run:N", title=None, sort=names), columns=3)


def confusion_chart(table: pd.DataFrame, interactive: bool = True) -> AnyChart:
    """Draws what is taken for what, conditions in the order of the table, which is that of the consensus.

    Args:
        table: `decoding_confusion`.
        interactive: whether a run is picked; without, there is a panel for each, `MOST_PANELS` at most.
    """
    names, order = list(dict.fromkeys(table["run"])), _order(table)
    shares = altair.Scale(domain=[0, float(table["share"].max())], range=[0.03, 1])
    cells = (
        altair.Chart(table.drop(columns="key").round(_DIGITS))
        .mark_rect(color=altair.ExprRef("ink"))
        .encode(
            x=altair.X("taken:N", sort=order, title="taken for", scale=altair.Scale(domain=order), axis=_UPRIGHT),
            y=altair.Y("true:N", sort=order, title="condition", scale=altair.Scale(domain=order)),
            opacity=altair.Opacity("share:Q", scale=shares, title="share", legend=_UNDER),
            tooltip=[
                altair.Tooltip("run:N"),
                altair.Tooltip("true:N", title="condition"),
                altair.Tooltip("taken:N", title="taken for"),
                altair.Tooltip("share:Q", format=".0%"),
                altair.Tooltip("n_texts:Q", title="texts of it"),
            ],
        )
        .properties(width=_CELL * len(order), height=_CELL * len(order))
    )
    if not interactive:
        few = names[:MOST_PANELS]
        panels = cells.transform_filter(altair.FieldOneOfPredicate("run", few))
        return cast(AnyChart, panels.facet(facet=altair.Facet("run:N", title=None, sort=few), columns=2))
    picked = _picked(names)
    return cast(AnyChart, cells.add_params(picked).transform_filter(picked))


def panels_spec(table: pd.DataFrame) -> dict[str, Any]:
    """Gives `accuracy_panels` as a specification."""
    return spec_of(accuracy_panels(table))


def confusion_spec(table: pd.DataFrame) -> dict[str, Any]:
    """Gives `confusion_chart` for paper as a specification."""
    return spec_of(confusion_chart(table, interactive=False))


_Y = altair.Y(
    "accuracy:Q", title="share found in unseen topics", scale=altair.Scale(domainMin=0), axis=altair.Axis(format="%")
)
_UNDER = altair.Legend(orient="bottom")
_UPRIGHT = altair.Axis(labelAngle=-90, labelOverlap=False)


def _picked(names: list[str]) -> altair.Parameter:
    """Makes the choice of a run, the first one at the start."""
    select = altair.binding_select(options=names, name="run ")
    return altair.selection_point(name="picked", fields=["run"], value=[{"run": names[0]}], bind=select)


def _order(table: pd.DataFrame) -> list[str]:
    first = table[table["key"] == table["key"].iloc[0]]
    return list(dict.fromkeys([*first["true"], *table["true"], *table["taken"]]))


def _x(rows: pd.DataFrame) -> altair.X:
    """Takes depth where all runs have it, so that runs of other depth can be laid over each other, else blocks."""
    if rows["depth"].notna().all():
        return altair.X("depth:Q", title="depth, share of blocks", scale=altair.Scale(domain=[0, 1]))
    return altair.X("block:Q", title="block")


def _rows(table: pd.DataFrame) -> pd.DataFrame:
    """Keeps what is drawn, what accuracy is held against under its name."""
    own = ["run", "block", "depth", "selected", "accuracy", "accuracy_ci_low", "accuracy_ci_high", "p_largest"]
    return table[[*own, *_BESIDE]].rename(columns=_BESIDE).round(_DIGITS)


def _of_one(rows: pd.DataFrame, picked: altair.Parameter | None = None) -> list[altair.Chart]:
    """Gives the layers of one run: its band, floors, line, and the selected block."""
    x, kinds = _x(rows), [kind for kind in _DASHES if rows[kind].notna().any()]
    dashes = altair.Scale(domain=kinds, range=[_DASHES[kind] for kind in kinds])
    base = altair.Chart(rows) if picked is None else altair.Chart(rows).transform_filter(picked)
    beside = base.transform_fold([*kinds], ["beside", "share"]).transform_filter("isValid(datum.share)")
    at = base.transform_filter(altair.datum.selected == YES)
    band = [
        base.mark_area(opacity=0.25, color=BLUE).encode(x=x, y="accuracy_ci_low:Q", y2="accuracy_ci_high:Q"),
    ]
    return [
        *(band if rows["accuracy_ci_low"].notna().any() else []),
        beside.mark_line(color=altair.ExprRef("soft"), strokeWidth=1.5).encode(
            x=x, y="share:Q", strokeDash=altair.StrokeDash("beside:N", scale=dashes, title=None, legend=_UNDER)
        ),
        base.mark_line(color=BLUE, strokeWidth=2).encode(x=x, y=_Y),
        base.mark_point(color=BLUE, filled=True, size=45, opacity=1).encode(x=x, y=_Y, tooltip=_TOLD),
        at.mark_point(color=ORANGE, filled=True, size=130, opacity=1, shape="diamond").encode(x=x, y=_Y, tooltip=_TOLD),
    ]


_TOLD: list[Any] = [
    altair.Tooltip("run:N"),
    altair.Tooltip("block:Q"),
    altair.Tooltip("accuracy:Q", format=".1%"),
    altair.Tooltip("accuracy_ci_low:Q", format=".1%", title="from"),
    altair.Tooltip("accuracy_ci_high:Q", format=".1%", title="to"),
    altair.Tooltip("words alone:Q", format=".1%"),
    altair.Tooltip("untrained twins:Q", format=".1%"),
    altair.Tooltip("chance:Q", format=".1%"),
    altair.Tooltip("p_largest:Q", format=".3f", title="p over all blocks"),
    altair.Tooltip("selected:N"),
]
