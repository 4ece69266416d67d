"""What every chart has in common: its colours, its files, and the library that draws it in a browser.

Charts are Vega-Lite: one specification is drawn in the report and written as PNG, SVG and PDF.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import altair
import vl_convert
from altair.utils import schemapi
from altair.utils.schemapi import debug_mode

INK = altair.param(name="ink", value="#1c2329")
SOFT = altair.param(name="soft", value="#56616b")
GROUND = altair.param(name="ground", value="#ffffff")
LINE = altair.param(name="line", value="#d9dee3")
"""Colours of the page, of which the report takes its own for a light and a dark screen; charts use them by name."""
BLUE, ORANGE = "#2a7fc1", "#d55e00"
"""Colours of two things side by side, told apart by all, on light and dark."""
WIDE, NARROW = 520, 324
"""Pixels that a chart takes in a page, half of it on a large screen, and on a phone.

Set to a paper's column of 3.4 inches, the second has letters of some 8 points.
"""
PADDING = {"left": 1, "right": 1, "top": 2, "bottom": 4}
"""Pixels around a chart whose frame stands in line with the text."""
ENDINGS = (".png", ".svg", ".pdf", ".vl.json")
"""Endings of the files of a chart."""
COLUMN_ENDING = "_one_column.pdf"
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML has no place for."""
_NUMBERED = re.compile(r'(id="|url\(#)((?:gradient_|clip)\d+)')
"""Where an SVG of Vega names a gradient or a clip, or draws with one."""
_SCALE = 2
"""Pixels of a PNG to a point."""

altair.data_transformers.disable_max_rows()  # what is drawn is bounded where it is chosen

_LETTERS = {"labelColor": {"expr": "ink"}, "titleColor": {"expr": "ink"}, "titleFontWeight": "normal"}
_CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": "sans-serif",
    "axis": {
        "labelColor": {"expr": "soft"},
        "titleColor": {"expr": "soft"},
        "gridColor": {"expr": "line"},
        "domainColor": {"expr": "line"},
        "tickColor": {"expr": "line"},
        "titleFontWeight": "normal",
    },
    "legend": _LETTERS,
    "header": _LETTERS,
    "title": {"color": {"expr": "ink"}, "subtitleColor": {"expr": "soft"}, "anchor": "start", "fontSize": 13},
}
"""What every chart is configured with: as a dictionary, because altair copies a chart for each part of it."""
_SHARED = ("data", "encoding", "mark", "transform")
"""Parts of a chart that altair replaces and never changes."""
Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows of data by the name under which a chart asks for them."""
Layer: TypeAlias = Any
"""A layer of a chart: altair's methods do not say what they give."""
AnyChart = altair.Chart | altair.LayerChart | altair.FacetChart | altair.HConcatChart | altair.VConcatChart


def spec_of(chart: AnyChart, rows: Rows | None = None) -> dict[str, Any]:
    """Gives a chart's specification, with the page's colours as its parameters, on a ground without a colour.

    Args:
        chart: a chart of Vega-Lite; it may use the parameters `ink`, `soft`, `ground` and `line` as colours.
        rows: the data that it names (`named`), which altair would copy into every layer.
    """
    spec = dict(chart.add_params(INK, SOFT, GROUND, LINE).to_dict(validate=False))
    view = {**spec["config"]["view"], "stroke": {"expr": "line"}}
    spec["config"] = {**spec["config"], **_CONFIG, "view": view}
    return spec if rows is None else {**spec, "datasets": {**spec.get("datasets", {}), **rows}}


def named(name: str) -> altair.Chart:
    """Begins a chart of rows that `spec_of` is given under this name."""
    return altair.Chart(altair.NamedData(name=name))


def for_both(wide: dict[str, Any], narrow: dict[str, Any], room: int = WIDE) -> dict[str, Any]:
    """Joins two layouts of a chart into one specification: the page draws the second where it has less room.

    Args:
        room: the pixels that the first needs.
    """
    held = wide.get("datasets", {})
    own = {name: rows for name, rows in narrow.get("datasets", {}).items() if held.get(name) != rows}
    return {**wide, "usermeta": {"room": room, "narrow": {**narrow, "datasets": own}}}


def write_chart(spec: dict[str, Any], folder: Path, name: str, title: str | None = None) -> list[str]:
    """Writes a chart as PNG, SVG and PDF with its fonts, and as Vega-Lite with its data; gives the names of the files.

    A chart that has a narrow layout is written as a PDF for one column of a paper, too, to be set to its width.

    Args:
        name: of the files, without an ending.
        title: stands over the chart in these files; the report has its own above.
    """
    spec = drawable(spec if title is None else {**spec, "title": title})
    white = {**spec, "config": {**spec["config"], "background": "white"}}
    drawn = _svg(white)
    contents = {
        ".png": vl_convert.svg_to_png(drawn, scale=_SCALE),
        ".svg": drawn.encode(),
        ".pdf": vl_convert.svg_to_pdf(drawn),
        ".vl.json": json.dumps(spec).encode(),
    }
    if (narrow := spec.get("usermeta", {}).get("narrow")) is not None:
        column = {**narrow, "datasets": {**spec["datasets"], **narrow["datasets"]}, "config": white["config"]}
        contents[COLUMN_ENDING] = vl_convert.svg_to_pdf(_svg(column))
    for ending, content in contents.items():
        (folder / f"{name}{ending}").write_bytes(content)
    return [f"{name}{ending}" for ending in contents]


def _svg(spec: dict[str, Any]) -> str:
    """Draws a chart as SVG, whose gradients and clips are numbered by it alone, not by what was drawn before."""
    drawn = str(vl_convert.vegalite_to_svg(spec))
    names = list(dict.fromkeys(found[2] for found in _NUMBERED.finditer(drawn)))
    return _NUMBERED.sub(lambda found: f"{found[1]}own_{names.index(found[2])}", drawn)


def drawable(part: Any) -> Any:
    """Gives a specification whose texts can stand in an SVG: control characters, which end the process, as escapes."""
    if isinstance(part, str):
        return _NOT_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", part)
    if isinstance(part, dict):
        return {drawable(name): drawable(inner) for name, inner in part.items()}
    return [drawable(inner) for inner in part] if isinstance(part, list | tuple) else part


@contextmanager
def unchecked() -> Iterator[None]:
    """Lets charts be put together without a check of each part, which takes most of the time; tests check them.

    Whatever altair joins it copies, again and again. Parts that it never changes in place are shared by the copies, and
    parts that are given as dictionaries stand as they are.
    """
    copied, base = schemapi._deep_copy, schemapi.SchemaBase
    methods = {name: base.__dict__[name] for name in ("from_dict", "validate")}

    def shared(part: Any, by_ref: set[str]) -> Any:
        return copied(part, {*by_ref, *_SHARED}) if isinstance(part, (base, list, dict)) else part

    try:
        schemapi._deep_copy = shared  # type: ignore[assignment]
        for name, method in (("from_dict", _as_given), ("validate", _any)):
            setattr(base, name, classmethod(method))
        with debug_mode(False):
            yield
    finally:
        schemapi._deep_copy = copied
        for name, method in methods.items():
            setattr(base, name, method)


def _as_given(cls: Any, part: Mapping[str, Any], *_: Any, **__: Any) -> Any:
    return cls(**part)


def _any(_cls: Any, *_: Any, **__: Any) -> None:
    """Takes any part for a valid one."""


@cache
def library() -> str:
    """Gives the JavaScript that draws charts in a page: Vega, Vega-Lite and Vega-Embed."""
    return str(vl_convert.javascript_bundle())  # type: ignore[call-arg]  # its stub lacks the default
