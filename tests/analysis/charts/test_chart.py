from __future__ import annotations

import json
import re
from pathlib import Path

import altair
import pandas as pd
import pytest

from emogeo.analysis.charts.chart import (
    COLUMN_ENDING,
    NARROW,
    WIDE,
    drawable,
    for_both,
    library,
    named,
    spec_of,
    write_chart,
)


@pytest.fixture
def spec() -> dict[str, object]:
    table = pd.DataFrame({"x": [1, 2], "y": [3, 4], "name": ["calm", "hopeful"]})
    return spec_of(altair.Chart(table).mark_text().encode(x="x", y="y", text="name"))


def test_a_chart_is_written_in_every_form(tmp_path: Path, spec: dict[str, object]) -> None:
    write_chart(spec, tmp_path, "places")
    assert (tmp_path / "places.png").read_bytes().startswith(b"\x89PNG")
    assert ">hopeful</text>" in (tmp_path / "places.svg").read_text(), "letters stay letters"
    assert b"/FontFile" in (tmp_path / "places.pdf").read_bytes(), "fonts are embedded"
    assert "hopeful" in (tmp_path / "places.vl.json").read_text()


def test_colours_of_the_page_are_parameters(spec: dict[str, object]) -> None:
    given = {param["name"]: param["value"] for param in spec["params"]}  # type: ignore[attr-defined]
    assert set(given) == {"ink", "soft", "ground", "line"}
    assert '"labelColor": {"expr": "soft"}' in json.dumps(spec)


def test_the_library_interprets_expressions_and_needs_no_eval() -> None:
    assert "expressionInterpreter" in library()
    assert "</script" not in library()


def test_a_narrow_layout_is_a_pdf_for_one_column(tmp_path: Path) -> None:
    table = {"rows": [{"x": 1, "name": "calm"}, {"x": 2, "name": "hopeful"}]}
    wide, narrow = (
        spec_of(named("rows").mark_text().encode(x="x:Q", text="name:N").properties(width=width), table)
        for width in (WIDE, NARROW)
    )
    write_chart(for_both(wide, narrow), tmp_path, "places")
    pdf = (tmp_path / f"places{COLUMN_ENDING}").read_bytes()
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+)", pdf)
    assert b"/FontFile" in pdf and box is not None
    assert NARROW <= float(box[1]) < NARROW + 60, "the axis is beside the plot"


def test_control_characters_do_not_end_the_process() -> None:
    spec = {"title": "a\x1b[2J\ufffe", "data": {"values": [{"x\x00": "\x07"}]}, "mark": ["\ud800", 1, None]}
    assert drawable(spec) == {
        "title": "a\\u001b[2J\\ufffe",
        "data": {"values": [{"x\\u0000": "\\u0007"}]},
        "mark": ["\\ud800", 1, None],
    }
