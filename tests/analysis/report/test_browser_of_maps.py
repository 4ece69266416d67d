"""Maps and grids as a browser draws them: slider, choice of colour and pointer answer, wide and narrow."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from emogeo.analysis.charts.chart import library
from emogeo.analysis.charts.depth import depth_spec
from emogeo.analysis.charts.map import map_spec
from emogeo.analysis.charts.map_pair import pair_spec
from emogeo.analysis.report.answer import Answer
from emogeo.analysis.report.build import _page
from emogeo.analysis.report.parts import Chart, Section
from tests.analysis.charts.planted import SELECTED, keys, tables
from tests.analysis.charts.test_depth import grid
from tests.analysis.report.planted import bare
from tests.analysis.report.test_browser import Opener, Seen, browser, opened

__all__ = ["browser", "opened"]
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def page_of_charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("charts")
    specs = {
        "map": map_spec(tables(), keys()[0]),
        "pair": pair_spec(tables(), keys()[0], keys()[1]),
        "depth": depth_spec(grid()),
    }
    sections = [Section(name, name, name, [Chart(name, spec, name)]) for name, spec in specs.items()]
    page = _page(Answer("?", "!", []), sections, bare(folder / "figures"), library)
    (folder / "page.html").write_text(page, encoding="utf-8")
    return folder / "page.html"


def place(page: Page, name: str) -> tuple[float, float]:
    """Where a name stands on the map, whatever part of the page is seen."""
    at = """own => {
      const [box, whole] = [own.getBoundingClientRect(), own.closest("svg").getBoundingClientRect()];
      return [box.x - whole.x, box.y - whole.y];
    }"""
    x, y = page.locator(f"#map svg text:text-is('{name}')").last.evaluate(at)
    return float(x), float(y)


def ready(seen: Seen) -> Page:
    for name in ("map", "pair", "depth"):
        seen.page.locator(f"#{name} svg").wait_for()
    seen.page.wait_for_timeout(1000)
    return seen.page


def test_the_slider_moves_the_conditions_by_keyboard_and_the_regions_go(page_of_charts: Path, opened: Opener) -> None:
    seen = opened(page_of_charts, viewport={"width": 1400, "height": 900})
    page = ready(seen)
    before, said = place(page, "calm"), f"Block {SELECTED}, selected"
    assert page.locator(f"#map svg text:has-text('{said}')").count() >= 1
    page.locator("#map input[type=range]").focus()
    page.keyboard.press("ArrowLeft")
    page.locator("#map svg text:has-text('Block 1,')").first.wait_for()
    assert place(page, "calm") != before
    page.keyboard.press("ArrowRight")
    page.locator(f"#map svg text:has-text('{said}')").first.wait_for()
    assert place(page, "calm") == pytest.approx(before, abs=1) and seen.said == []


def test_pointing_at_a_condition_names_its_nearest(page_of_charts: Path, opened: Opener) -> None:
    seen = opened(page_of_charts, viewport={"width": 1400, "height": 900})
    page = ready(seen)
    nearest = tables()["map_nearest"].query(f"key == {keys()[0]!r} and condition == 'calm' and rank == 1")["nearest"]
    row = list(tables()["map"].query(f"key == {keys()[0]!r}")["condition"]).index("calm")
    area = page.locator("#map svg g.mark-symbol").last.locator("path").nth(row)
    area.hover(force=True)
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert tip.locator("h2").inner_text() == "calm" and nearest.iloc[0] in tip.inner_text() and seen.said == []


def test_another_norm_or_none_may_be_chosen(page_of_charts: Path, opened: Opener) -> None:
    seen = opened(page_of_charts, viewport={"width": 1400, "height": 900})
    page = ready(seen)
    page.locator("#map select").select_option("arousal")
    page.locator("#map svg text:has-text('arousal: r')").first.wait_for()
    page.locator("#map select").select_option("none")
    page.locator("#map svg text:has-text('arousal: r')").first.wait_for(state="detached")
    page.locator("#depth select").select_option("ρ*")
    assert seen.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, {"width": 1400, "height": 900}])
def test_nothing_is_cut_and_nothing_is_said(
    page_of_charts: Path, opened: Opener, scheme: str, size: dict[str, int]
) -> None:
    seen = opened(page_of_charts, viewport=size, color_scheme=scheme)
    page = ready(seen)
    for name in ("map", "pair", "depth"):
        plot = page.locator(f"#{name} .plot")
        assert plot.evaluate("own => own.scrollWidth <= own.clientWidth + 1"), f"{name} is cut"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") and seen.said == []
