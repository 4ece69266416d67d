"""A page holds as many figures as fit."""

from __future__ import annotations

from emogeo.analysis.report.fitting import fitted
from emogeo.analysis.report.parts import Chart, Linked, Picture, Section, Sheet, Text

SHEET = Sheet("table", "t.csv", [], [], [], 0, None, False)


def test_figures_beyond_the_limit_are_named_and_their_tables_stay() -> None:
    first, second = (Picture(name, f"{name}.png", "data:" + "a" * 60, SHEET) for name in ("one", "two"))
    chart = Chart("three", {"mark": "point"}, "points", ["three.svg"])
    small = Chart("four", {}, "nothing")
    section = Section("s", "S", "", [Text("said"), first, second, chart, small])
    (whole,), (cut,) = fitted([section]), fitted([section], most=70)
    assert whole == section
    assert cut.parts[:3] == [Text("said"), first, Linked("two", ["two.png"])]
    assert cut.parts[3:] == [SHEET, Linked("three", ["three.svg"]), Linked("four", [])]
