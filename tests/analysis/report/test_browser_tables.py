"""Tables of the report as a browser shows them: sorted, searched, defined, and never cut without a cue."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from emogeo.analysis.report.build import write_report
from emogeo.analysis.report.definitions import OF_ALL
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from tests.analysis.report.planted import compared, frame, material

SIZES = [(1400, 900), (400, 800)]
SCHEMES = ["light", "dark"]
NOTE = "rho_star and p: not identifiable (reliability 0.10, at 99% above -0.02, needed: above 0). " * 3
NAMES = [*(f"run {at}" for at in range(3)), "run 3, a zebra's crossing", *(f"run {at}" for at in range(4, 10))]
RHOS = [0.9, 0.854, 0.851, None, 0.1, -0.3, 0.5, 0.4, 0.2, 0.3]
"""Of ten pairs; two look alike at two digits, one is absent."""
Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path is not None, "the report is tested in chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path)
        yield started
        started.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    full = material(tmp_path_factory.mktemp("tables") / "figures")
    pair = {"key_a": "A", "model_a": "a", "model_b": "b", "note": NOTE}
    rows = [{**pair, **compared(rho or 0, 0.9), "rho": rho, "key_b": NAMES[at]} for at, rho in enumerate(RHOS)]
    file = full.figures.parent / "report.html"
    tables = {**full.tables, "pairs": frame(PAIR_COLUMNS, *rows)}
    own = replace(full, tables=tables)
    write_report(file, own)
    return file


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Opener]:
    """Opens the report; when the test is over the page must not have said anything."""
    pages, said = [], []

    def open_page(size: tuple[int, int] = SIZES[0], **settings: Any) -> Page:
        page = browser.new_page(viewport={"width": size[0], "height": size[1]}, **settings)
        page.set_default_timeout(5000)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(report.as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert said == []


def pairs(page: Page) -> Locator:
    sheet = page.locator("details.sheet", has=page.locator("a[download='pairs.csv']"))
    sheet.evaluate("sheet => { sheet.open = true; }")
    return sheet


def head(sheet: Locator, title: str) -> Locator:
    return sheet.get_by_role("button", name=title, exact=True)


def order(sheet: Locator) -> list[int]:
    """The rows that are shown, by their place in the table."""
    shown = sheet.locator("tbody tr:visible td:nth-child(2)").all_inner_texts()
    return [NAMES.index(text) for text in shown]


ASCENDING = [5, 4, 8, 9, 7, 6, 2, 1, 0, 3]
DESCENDING = [0, 1, 2, 6, 7, 9, 8, 4, 5, 3]


def test_a_click_sorts_by_the_number_up_down_and_back(opened: Opener) -> None:
    sheet = pairs(opened())
    rho = head(sheet, "ρ")
    cell = rho.locator("xpath=..")
    for said, expected in [("ascending", ASCENDING), ("descending", DESCENDING), (None, [*range(10)])]:
        rho.click()
        assert cell.get_attribute("aria-sort") == said
        assert order(sheet) == expected, "what is absent comes last both ways"
    head(sheet, "run b").click()
    rho.click()
    assert sheet.locator("[aria-sort]").count() == 1
    assert order(sheet) == ASCENDING


def test_the_keyboard_sorts(opened: Opener) -> None:
    page = opened()
    sheet = pairs(page)
    head(sheet, "beyond words").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "ρ"
    page.keyboard.press("Enter")
    assert order(sheet) == ASCENDING
    page.keyboard.press("Space")
    assert order(sheet) == DESCENDING


def test_rows_are_found_and_escape_brings_all_back(opened: Opener) -> None:
    page = opened()
    sheet = pairs(page)
    field = sheet.get_by_role("searchbox", name="Find rows")
    field.fill(" crossing ZEBRA")
    assert order(sheet) == [3]
    assert sheet.locator("output").inner_text() == "1 of 10 rows"
    field.fill("nowhere")
    assert (order(sheet), sheet.locator("output").inner_text()) == ([], "0 of 10 rows")
    field.press("Escape")
    assert (field.input_value(), order(sheet), sheet.locator("output").inner_text()) == ("", [*range(10)], "")
    short = page.locator("details.sheet:not(.heat)").filter(has_text="1 row")
    assert short.count() > 3 and short.locator("input").count() == 0, "eight rows are seen at a glance"


def test_a_title_is_defined_by_hover_and_focus_and_for_those_who_listen(opened: Opener) -> None:
    page = opened()
    sheet, tip = pairs(page), page.locator("#tip")
    rho = head(sheet, "ρ")
    rho.hover()
    assert tip.inner_text() == OF_ALL["rho"]
    page.locator("h1").hover()
    assert tip.is_hidden()
    rho.focus()
    assert tip.inner_text() == OF_ALL["rho"]
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    expect(rho).to_have_accessible_description(OF_ALL["rho"])
    titles = page.locator("table.rows thead button")
    assert titles.count() == page.locator("table.rows thead button[aria-describedby]").count() > 100


def test_a_tap_defines_and_sorts(opened: Opener) -> None:
    page = opened(SIZES[1], has_touch=True)
    sheet, tip = pairs(page), page.locator("#tip")
    head(sheet, "ρ").tap()
    assert tip.inner_text() == OF_ALL["rho"]
    assert order(sheet) == ASCENDING
    box = tip.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= SIZES[1][0]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_without_a_cue(size: tuple[int, int], scheme: str, opened: Opener) -> None:
    page = opened(size, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert page.evaluate("[...document.querySelectorAll('.wide')].some((box) => box.scrollWidth > box.clientWidth + 1)")
    page.wait_for_function(CUED)
    table = pairs(page).locator(".wide")
    table.evaluate("box => { box.scrollLeft = 1e6; }")
    expect(table).to_have_attribute("data-more", re.compile("^left(?!.*right)"))
    first, last = table.locator("tbody th").first.bounding_box(), table.locator("tbody td").last.bounding_box()
    around = table.bounding_box()
    assert first is not None and last is not None and around is not None
    assert first["x"] == pytest.approx(around["x"], abs=2), "the name of the row stays"
    assert last["x"] >= first["x"] + first["width"] - 1, "and leaves room for the whole note"
    assert last["x"] + last["width"] <= around["x"] + around["width"] + 1


@pytest.mark.parametrize("size", SIZES)
def test_a_note_is_two_lines_until_it_is_opened(size: tuple[int, int], opened: Opener) -> None:
    page = opened(size)
    row = pairs(page).locator("tbody tr").first
    note, button = row.locator(".fold"), row.locator("button.unfold")
    assert button.inner_text() == "more" and button.get_attribute("aria-expanded") == "false"
    assert note.evaluate("text => text.clientHeight / parseFloat(getComputedStyle(text).lineHeight)") < 2.2
    button.press("Enter")
    assert (button.inner_text(), button.get_attribute("aria-expanded")) == ("less", "true")
    assert note.evaluate("text => text.scrollHeight <= text.clientHeight + 1")
    button.click()
    assert button.inner_text() == "more"


def test_what_is_printed_is_whole(opened: Opener) -> None:
    page = opened()
    sheet = pairs(page)
    page.emulate_media(media="print")
    assert sheet.locator(".fold").first.evaluate("text => text.scrollHeight <= text.clientHeight + 1")
    assert sheet.locator("button.unfold").first.is_hidden() and sheet.locator("input").is_hidden()
    assert sheet.locator(".wide").evaluate("box => getComputedStyle(box).overflowX") == "visible"


CUED = """
() => [...document.querySelectorAll(".wide")].every((box) => {
  const shown = (side) => getComputedStyle(box, side).opacity === "1";
  const [wide, high] = [box.scrollWidth > box.clientWidth + 1, box.scrollHeight > box.clientHeight + 1];
  return shown("::after") === wide && shown("::before") === high;
})
"""
"""A cue stands where there is more, and nowhere else."""
