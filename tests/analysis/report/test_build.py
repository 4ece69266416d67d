"""The page as text."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from markupsafe import Markup

from emogeo.analysis.charts.chart import library
from emogeo.analysis.report.build import arranged, visible, write_report
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Section, Text
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from tests.analysis.report.planted import bare, first_rows, frame, material, tables

SMALL = 1_500_000
"""Bytes."""


def written(of: Material) -> str:
    file = of.figures.parent / "report.html"
    write_report(file, of)
    return file.read_text(encoding="utf-8")


def test_the_same_material_gives_the_same_page(tmp_path: Path) -> None:
    first, second = (written(material(tmp_path / name / "figures")) for name in ("a", "b"))
    assert first == second


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_table_may_be_absent_or_empty(name: str, tmp_path: Path) -> None:
    full = material(tmp_path / "figures")
    without = {other: table for other, table in full.tables.items() if other != name}
    absent = Material(without, full.prepared, full.catalogue, full.figures)
    empty = Material({**without, name: first_rows(full.tables[name], 0)}, full.prepared, full.catalogue, full.figures)
    assert written(absent) == written(empty)


def test_nothing_points_outside(tmp_path: Path) -> None:
    links: list[str | None] = []

    class Links(HTMLParser):
        def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
            links.extend(value for name, value in attrs if name in {"href", "src", "action", "srcset"})

    page = written(material(tmp_path / "figures"))
    Links().feed(page)
    assert len(links) > 20
    assert all(link is not None and link.startswith(("#", "data:")) for link in links)
    own = page.replace(library(), "")
    assert "url(" not in own
    assert "@import" not in own


def test_many_rows_keep_the_page_small(tmp_path: Path) -> None:
    one = bare(tmp_path / "figures")
    row = {
        "key_a": one.prepared[0].run.key,
        "key_b": one.prepared[0].run.key,
        "model_a": "a model",
        "model_b": "another",
        "rho": 0.5,
        "note": "a note that is as long as notes are, " * 3,
    }
    pairs = frame(PAIR_COLUMNS, *([row] * 4000))
    many = Material({**one.tables, "pairs": pairs}, one.prepared, one.catalogue, one.figures)
    page = written(many)
    assert len(page.encode()) < SMALL
    assert "The first 300 of 4000 rows." in page
    assert "The whole table is pairs.csv, beside this page." in page


def test_control_characters_of_texts_are_written_as_escapes() -> None:
    assert visible("a\x1b[31m\x00b\n\tü") == "a\\x1b[31m\\x00b\n\tü"
    assert visible(Markup("<b>\x07</b>")) == Markup("<b>\\x07</b>")
    assert isinstance(visible(Markup("\x07")), Markup)
    assert visible(3) == 3


def test_what_was_never_run_is_a_line_each_at_the_end() -> None:
    absent = Absent("No model was steered.", "python train.py mode=steering")
    ran = Section("map", "The map", "", [Text("a map"), absent])
    kept, last = arranged([Section("steering", "Steering", "", [absent]), ran, Section("claims", "Claims", "", [])])
    assert (kept.anchor, kept.parts) == ("map", [Text("a map")])
    assert (last.anchor, last.parts) == ("not-run", [absent]), "said once"
