"""The layers of a map, from the ground to the labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair

from emogeo.analysis.charts.chart import BLUE, ORANGE, Layer, Rows, named
from emogeo.analysis.charts.map_data import SURE, MapData
from emogeo.analysis.charts.map_rows import ARROW, OUTLINE, WORDS, conditions_of, leave, words_at_tips
from emogeo.analysis.charts.map_words import lines_of_blocks, lines_of_directions
from emogeo.analysis.charts.plane import Plane, letters

LOW, MIDDLE, HIGH = ORANGE, "#8f949b", BLUE
"""Colours from a low rating to a high one; conditions have the last where no rating is chosen."""
NO_COLOUR = "none"
_NEAR = ("nearest", "second", "third")
_SEEN = "!hover.name || hover.name[0] == datum.name || indexof(datum.of, hover.name[0]) >= 0"
"""Whether a condition is plain to see: the one that is pointed at, and its nearest; all where none is."""
_POINTED = "(hover.name ? hover.name[0] == datum.name : false)"
_LINE, _UNDER = 15, 10
"""Pixels from line to line under a map, and from the map to the first."""
_FILL, _EDGE = 0.1, 0.5
"""How opaque a region of usual size is, and its edge."""


def pointed() -> altair.Parameter:
    """Makes the selection of the condition that is pointed at."""
    return altair.selection_point(name="hover", fields=["name"], on="pointerover", clear="pointerout", empty=False)


def colour_of(norms: Sequence[str]) -> list[altair.Parameter]:
    """Makes the choice of the norm that colours conditions; a list where there is one."""
    if not norms:
        return [altair.param(name="norm", value=NO_COLOUR)]
    choice = altair.binding_select(options=[*norms, NO_COLOUR], name="colour")
    return [altair.param(name="norm", value=norms[0], bind=choice)]


def panel(
    data: MapData, plane: Plane, hover: altair.Parameter, name: str = "", legend: bool = True
) -> tuple[list[Layer], Rows]:
    """Makes the layers of one map, and the rows that they name.

    Args:
        name: tells the rows of this map from those of others in a chart.
        legend: whether the colours are explained over it.
    """
    drawn = _Drawn(data, plane, name)
    above = drawn.legend() if legend else []
    rim, names = drawn.labels()
    layers = [*drawn.cross(), *drawn.regions(), *drawn.arrow(), drawn.leaders(), rim, drawn.points(), names]
    return [*layers, *drawn.said(), *above, drawn.pointed_at(hover)], drawn.named


class _Drawn:
    """One map on its plane."""

    def __init__(self, data: MapData, plane: Plane, name: str) -> None:
        self.data, self.plane = data, plane
        at = conditions_of(data, plane)
        self.norms, self.of_blocks = _of_norms(data, plane, at), lines_of_blocks(data, plane.width)
        self.named = {f"at{name}": at, f"norms{name}": self.norms, f"blocks{name}": [{"said": self.of_blocks}]}
        self.rows, of_norms, self.blocks = (named(own) for own in self.named)
        self.chosen = of_norms.transform_filter("datum.norm == norm")
        rated = "datum.rated[norm] ? datum.rated[norm]"
        self.placed = self.rows.transform_calculate(
            x="datum.xs[place]", y="datum.ys[place]", rating=f"{rated}[0] : null", shade=f"{rated}[1] : -1"
        )
        self.labelled = self.placed.transform_calculate(
            side="datum.dx[place] >= datum.w ? 1 : datum.dx[place] <= -datum.w ? -1 : 0"
        ).transform_calculate(
            lx=f"datum.x + (datum.dx[place] - datum.side * datum.w) / {plane.unit:.5g}",
            ly=f"datum.y - datum.dy[place] / {plane.unit:.5g}",
        )

    def x(self, field: str = "x") -> altair.X:
        return altair.X(f"{field}:Q", scale=self.plane.x, axis=None)

    def y(self, field: str = "y") -> altair.Y:
        return altair.Y(f"{field}:Q", scale=self.plane.y, axis=None)

    def cross(self) -> list[Layer]:
        """Draws the axes, which cross at the centre of all conditions."""
        ground = altair.Chart(_nothing()).mark_rule(color=altair.expr("line"))
        return [
            ground.encode(x=altair.XDatum(0, scale=self.plane.x, axis=None)),
            ground.encode(y=altair.YDatum(0, scale=self.plane.y, axis=None)),
        ]

    def regions(self) -> list[Layer]:
        """Draws the regions in the selected block; the larger one is beside the others, the paler."""
        if self.data.ellipses is None:
            return []
        shown = f"datum.sure * (place == {self.data.start} ? 1 : 0) * ({_SEEN} ? 1 : 0.1) * ({_POINTED} ? 2.2 : 1)"
        mark = self.placed.mark_point(
            clip=leave(self.data, self.plane),
            size=4 * (self.plane.unit / OUTLINE) ** 2,
            strokeWidth=1,
            fillOpacity=altair.expr(f"{_FILL} * {shown}"),
            strokeOpacity=altair.expr(f"min(0.85, {_EDGE} * {shown})"),
        )
        shape = altair.Shape("ellipse:N", scale=None)
        return [mark.encode(x=self.x(), y=self.y(), shape=shape, fill=shade("fill"), stroke=shade("stroke"))]

    def arrow(self) -> list[Layer]:
        """Draws the direction in which the chosen rating grows; dashed where it is not known to be one."""
        if not self.norms:
            return []
        ends = self.chosen.transform_calculate(
            **{"x": f"{-ARROW} * datum.wx[place]", "y": f"{-ARROW} * datum.wy[place]"},
            **{"x2": f"{ARROW} * datum.wx[place]", "y2": f"{ARROW} * datum.wy[place]"},
            turn="atan2(datum.wx[place], datum.wy[place]) * 180 / PI",
        )
        dash = altair.condition("datum.sure[place] == 1", altair.value([1, 0]), altair.value([5, 4]))
        shaft = ends.mark_rule(color=altair.expr("soft"), strokeWidth=1.3, opacity=0.8, clip=True)
        tip = ends.mark_point(shape="triangle", filled=True, size=70, color=altair.expr("soft"), opacity=1, clip=True)
        words: dict[str, Any] = {
            "text": altair.expr("datum.norm"),
            "fontSize": WORDS,
            "fontStyle": "italic",
            "clip": True,
        }
        words |= {"dx": altair.expr("datum.tx[place]"), "dy": altair.expr("datum.ty[place]")}
        words |= {"align": "center", "baseline": "middle"}
        rim = ends.mark_text(stroke=altair.expr("ground"), strokeWidth=3, strokeJoin="round", **words)
        return [
            shaft.encode(x=self.x(), y=self.y(), x2="x2:Q", y2="y2:Q", strokeDash=dash),
            tip.encode(x=self.x("x2"), y=self.y("y2"), angle=altair.Angle("turn:Q", scale=None)),
            *(
                each.encode(x=self.x("x2"), y=self.y("y2"))
                for each in (rim, ends.mark_text(color=altair.expr("soft"), **words))
            ),
        ]

    def leaders(self) -> Layer:
        """Draws thin lines to the labels that are not beside their points."""
        away = "max(abs(datum.dx[place]) - datum.w, abs(datum.dy[place]) - datum.h) > 9 && datum.clear[place]"
        line = self.labelled.transform_filter(away).mark_rule(color=altair.expr("soft"), strokeWidth=0.7)
        faded = line.encode(opacity=altair.condition(_SEEN, altair.value(0.55), altair.value(0.1)))
        return faded.encode(x=self.x(), y=self.y(), x2="lx:Q", y2="ly:Q")

    def points(self) -> Layer:
        """Draws the conditions."""
        mark = self.placed.mark_point(filled=True, size=48, stroke=altair.expr("ground"), strokeWidth=1)
        seen = altair.condition(_SEEN, altair.value(1), altair.value(0.25))
        return mark.encode(x=self.x(), y=self.y(), fill=shade("fill"), opacity=seen)

    def labels(self) -> list[Layer]:
        """Writes the names, and under them their rims of the ground's colour."""
        seen = altair.expr(f"({_SEEN}) ? (datum.clear[place] || {_POINTED} ? 1 : 0) : 0.22 * datum.clear[place]")
        align = altair.expr("datum.side == 1 ? 'left' : datum.side == -1 ? 'right' : 'center'")
        usual: dict[str, Any] = {
            "align": align,
            "fontSize": letters(len(self.data.conditions)),
            "baseline": "middle",
            "opacity": seen,
        }
        rim = self.labelled.mark_text(stroke=altair.expr("ground"), strokeWidth=3, strokeJoin="round", **usual)
        weight = altair.expr(f"{_POINTED} ? 'bold' : 'normal'")
        name = self.labelled.mark_text(color=altair.expr("ink"), fontWeight=weight, **usual)
        return [each.encode(x=self.x("lx"), y=self.y("ly"), text="name:N") for each in (rim, name)]

    def pointed_at(self, hover: altair.Parameter) -> Layer:
        """Lets conditions be pointed at, somewhat beside their points too, and says what is known of each."""
        words = self.placed.transform_calculate(
            said="isValid(datum.rating) ? norm + ' ' + format(datum.rating, '.1f') : 'none'",
            **{name: f"length(datum.near) > {at} ? datum.near[{at}] : '–'" for at, name in enumerate(_NEAR)},
        )
        at = "" if self.data.selected is None else f" in block {self.data.selected}"
        near = [altair.Tooltip(f"{name}:N", title=f"{name}{at if name == 'nearest' else ''}") for name in _NEAR]
        tips = [altair.Tooltip("name:N", title="title"), altair.Tooltip("said:N", title="rating"), *near]
        area = words.mark_point(filled=True, size=420, opacity=0)
        return area.encode(x=self.x(), y=self.y(), tooltip=tips).add_params(hover)

    def said(self) -> list[Layer]:
        """Writes under the map what it is, and how the chosen rating goes with it."""
        below = self.plane.height + _UNDER
        lines = [_lines(self.blocks, below)]
        return [*lines, _lines(self.chosen, below + _LINE * len(self.of_blocks[0]))] if self.norms else lines

    def legend(self) -> list[Layer]:
        """Explains the colours over the map."""
        return legend_of(self.chosen, self.plane.width) if self.norms else []


def legend_of(chosen: altair.Chart, width: int) -> list[Layer]:
    """Draws the colours of the chosen rating over a chart, on its right, from the lowest to the highest.

    Args:
        chosen: one row with the norm and the ends of its scale, `low` and `high`.
    """
    colours = [altair.GradientStop(color=own, offset=at) for at, own in ((0, LOW), (0.5, MIDDLE), (1, HIGH))]
    right = width - 22
    bar = chosen.mark_rect(
        color=altair.LinearGradient(gradient="linear", stops=colours, x1=0, x2=1, y1=0, y2=0),
        x=right - 80,
        x2=right,
        y=-16,
        y2=-8,
    )
    usual: dict[str, Any] = {"y": -12, "baseline": "middle", "fontSize": 11, "color": altair.expr("soft")}
    low = chosen.mark_text(x=right - 86, align="right", text=altair.expr("datum.norm + '  ' + datum.low"), **usual)
    high = chosen.mark_text(x=right + 6, align="left", text=altair.expr("datum.high"), **usual)
    return [bar, low, high]


def _of_norms(data: MapData, plane: Plane, at: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Gives a row per norm: its scale, its direction at each block that is shown, and what is said of it.

    Args:
        at: the rows of conditions.
    """
    rows = []
    for norm in data.norms:
        own, row = data.ways(norm), dict[str, Any](data.scale(norm))
        row |= {"wx": own["x"].round(3).tolist(), "wy": own["y"].round(3).tolist()}
        row["sure"] = (own["p"] <= SURE).astype(int).tolist()
        row["tx"], row["ty"] = words_at_tips(data, plane, at, norm).T.tolist()
        rows.append({**row, "said": lines_of_directions(data, norm, plane.width)})
    return rows


def shade(channel: str) -> Any:
    """Gives the colour of a condition: of its rating, or what tells that it has none."""
    scale = altair.Scale(domain=[0, 0.5, 1], range=[LOW, MIDDLE, HIGH], interpolate="rgb")
    kind = {"fill": altair.Fill, "stroke": altair.Stroke}[channel]
    other = altair.value(altair.expr(f"norm == '{NO_COLOUR}' ? '{HIGH}' : soft"))
    return altair.condition("datum.shade >= 0", kind("shade:Q", scale=scale, legend=None), other)


def _lines(rows: altair.Chart, y: float) -> Layer:
    usual: dict[str, Any] = {"x": 0, "align": "left", "baseline": "top", "lineHeight": _LINE, "fontSize": 11}
    return rows.mark_text(text=altair.expr("datum.said[place]"), y=y, color=altair.expr("soft"), **usual)


def _nothing() -> altair.InlineData:
    return altair.InlineData(values=[{}])
