"""What every chart has in common: its colours, its files, and the library that draws it in a browser.

Charts are Vega-Lite: one specification is drawn in the report and written as PNG, SVG and PDF.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import altair
import vl_convert

INK = altair.param(name="ink", value="#1c2329")
SOFT = altair.param(name="soft", value="#56616b")
GROUND = altair.param(name="ground", value="#ffffff")
LINE = altair.param(name="line", value="#d9dee3")
"""Colours of the page, of which the report takes its own for a light and a dark screen; charts use them by name."""
BLUE, ORANGE = "#20639b", "#d55e00"
"""Colours of two things side by side, told apart by all."""
WIDTHS = {"two_columns": 504, "one_column": 246}
"""Widths of a figure in a paper, in points: 7 and 3.4 inches."""
ENDINGS = (".png", ".svg", ".pdf", ".vl.json")
"""Endings of a chart's files: three pictures, and its specification with its data."""
_SCALE = 3
"""Pixels of a PNG to a point."""

AnyChart = altair.Chart | altair.LayerChart | altair.FacetChart | altair.HConcatChart | altair.VConcatChart


def spec_of(chart: AnyChart) -> dict[str, Any]:
    """Gives a chart's specification, with the page's colours as its parameters, on a ground without a colour.

    Args:
        chart: a chart of Vega-Lite; it may use the parameters `ink`, `soft`, `ground` and `line` as colours.
    """
    own = chart.add_params(INK, SOFT, GROUND, LINE)
    coloured = own.configure(background="transparent", font="sans-serif").configure_view(stroke=altair.ExprRef("line"))
    axes = {
        "labelColor": altair.ExprRef("soft"),
        "titleColor": altair.ExprRef("soft"),
        "gridColor": altair.ExprRef("line"),
    }
    lines = {"domainColor": altair.ExprRef("line"), "tickColor": altair.ExprRef("line"), "titleFontWeight": "normal"}
    letters = {"labelColor": altair.ExprRef("ink"), "titleColor": altair.ExprRef("ink"), "titleFontWeight": "normal"}
    titles = {
        "color": altair.ExprRef("ink"),
        "subtitleColor": altair.ExprRef("soft"),
        "anchor": "start",
        "fontSize": 13,
    }
    done = coloured.configure_axis(**axes, **lines).configure_legend(**letters).configure_title(**titles)
    return dict(done.configure_header(**letters).to_dict())


def write_chart(spec: dict[str, Any], folder: Path, name: str) -> None:
    """Writes a chart as PNG, SVG and PDF with its fonts, and as Vega-Lite with its data.

    Args:
        name: of the files, without an ending.
    """
    white = {**spec, "config": {**spec["config"], "background": "white"}}
    (folder / f"{name}.png").write_bytes(vl_convert.vegalite_to_png(white, scale=_SCALE))
    (folder / f"{name}.svg").write_text(vl_convert.vegalite_to_svg(white), encoding="utf-8")
    (folder / f"{name}.pdf").write_bytes(vl_convert.vegalite_to_pdf(white))
    (folder / f"{name}.vl.json").write_text(json.dumps(spec), encoding="utf-8")


@cache
def library() -> str:
    """Gives the JavaScript that draws charts in a page: Vega, Vega-Lite and Vega-Embed."""
    return str(vl_convert.javascript_bundle())  # type: ignore[call-arg]  # its stub lacks the default
