"""The report as a browser shows it: nothing fetched, nothing run that is not the page's, readable everywhere."""

from __future__ import annotations

import base64
import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.answer import answer
from emogeo.analysis.report.build import write_report
from emogeo.analysis.report.maps import write_first_map
from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.map import map_tables
from emogeo.analysis.tables.pairs import pairs_table
from tests.analysis.charts.planted import deep
from tests.analysis.report.planted import CLOSING, FIGURE, IMAGE, MODEL, SCRIPT, bare, material

SECTIONS = [
    *("agreement", "map", "rdms", "about", "depth", "decoding", "stimulus", "universality", "layers", "precision"),
    *("descriptors", "steering", "behaviour", "readout", "run", "provenance", "claims", "not-run"),
]
FEW = {"rdms", "run", "provenance", "not-run"}
"""What there is to show of one run."""
SCREENS = [({"width": 1400, "height": 900}, "light"), ({"width": 400, "height": 860}, "dark")]
PHONE = {"width": 360, "height": 740}
CONTRAST = 4.5
"""Of text, WCAG 2 AA."""


@dataclass
class Seen:
    """A page and what happened on it."""

    page: Page
    said: list[str] = field(default_factory=list)
    """Console messages and errors."""
    requested: list[str] = field(default_factory=list)


Opener = Callable[..., Seen]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path is not None, "the report is tested in chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path)
        yield started
        started.close()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(material(tmp_path_factory.mktemp("full") / "figures"))


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of two runs that have maps."""
    runs, figures = [deep(seed) for seed in range(2)], tmp_path_factory.mktemp("answered") / "figures"
    figures.mkdir()
    tables = {**map_tables(runs, 0), "pairs": pairs_table(runs, 100, 0)}
    own = Material(tables, runs, Catalogue([each.run for each in runs]), figures)
    write_first_map(own, answer(own).pair, FigureFolder(own.figures))
    return written(own)


@pytest.fixture(scope="module")
def almost_empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(bare(tmp_path_factory.mktemp("bare") / "figures"))


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    pages = []

    def open_page(file: Path, **settings: Any) -> Seen:
        page = browser.new_page(**settings)
        seen = Seen(page)
        page.on("console", lambda message: seen.said.append(message.text))
        page.on("pageerror", lambda error: seen.said.append(str(error)))
        page.on("request", lambda request: seen.requested.append(request.url))
        page.goto(file.as_uri())
        pages.append(page)
        return seen

    yield open_page
    for page in pages:
        page.close()


def written(of: Material) -> Path:
    file = of.figures.parent / "report.html"
    write_report(file, of)
    return file


@pytest.mark.parametrize("name", ["full", "almost_empty"])
def test_a_page_with_every_section_that_fetches_nothing(
    name: str, request: pytest.FixtureRequest, opened: Opener
) -> None:
    file = request.getfixturevalue(name)
    seen = opened(file)
    shown = [section.get_attribute("id") for section in seen.page.locator("main > section").all()]
    assert shown == [section for section in SECTIONS if name == "full" or section in FEW]
    for section in shown:
        assert seen.page.locator(f"#{section} h2").is_visible()
        assert seen.page.locator(f"#{section} .about ~ *").count() >= 1, f"{section} shows nothing"
    assert seen.page.locator("nav a").count() == len(shown)
    seen.page.wait_for_timeout(200)
    assert seen.said == []
    assert [url for url in seen.requested if not url.startswith("data:")] == [file.as_uri()]


def test_what_was_never_run_says_what_to_type(almost_empty: Path, opened: Opener) -> None:
    lines = opened(almost_empty).page.locator("#not-run .absent code")
    said = lines.all_inner_texts()
    assert len(said) >= 10
    assert all(command.startswith(("python train.py", "make ")) for command in said)
    assert any("mode=steering" in command for command in said)


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
def test_the_first_screen_holds_the_answer_a_map_and_no_table(
    size: dict[str, int], scheme: str, answered: Path, opened: Opener
) -> None:
    seen = opened(answered, viewport=size, color_scheme=scheme)
    page = seen.page
    page.wait_for_selector(".screen svg")
    tops = {name: page.locator(name).first.bounding_box() for name in ("h1", ".headline", ".answer p", ".screen svg")}
    for name, box in tops.items():
        assert box is not None and box["y"] + min(box["height"], 200) < size["height"], f"{name} lies below the screen"
    tables = page.locator("table").evaluate_all("all => all.map(own => own.getBoundingClientRect().top)")
    assert all(top > size["height"] for top in tables)
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    assert seen.said == []


def test_hovering_a_cell_shows_both_emotions_and_the_value(full: Path, opened: Opener) -> None:
    page = opened(full).page
    run = material(full.parent / "figures").prepared[0].run
    row, column = run.conditions.index("afraid"), run.conditions.index("proud")
    table = page.locator("table.rdm").first
    names = [cell.strip() for cell in table.locator("tbody th").all_inner_texts()]
    cell = table.locator("tbody tr").nth(names.index("afraid")).locator("td").nth(names.index("proud"))
    tip = page.locator("#tip")
    assert tip.is_hidden()
    cell.hover()
    assert tip.inner_text() == f"afraid – proud: {run.rdm[row, column]:.3f}"
    box, of_cell = tip.bounding_box(), cell.bounding_box()
    assert box is not None and of_cell is not None
    assert abs(box["y"] + box["height"] - of_cell["y"]) < 30, "beside its cell"
    page.locator("h1").hover()
    assert tip.is_hidden()


def test_cells_are_reached_by_keyboard_and_by_touch(full: Path, opened: Opener) -> None:
    page = opened(full, viewport=PHONE, has_touch=True).page
    table, tip = page.locator("table.rdm").first, page.locator("#tip")
    names = [cell.strip() for cell in table.locator("tbody th").all_inner_texts()]
    table.locator("tbody tr").nth(2).locator("td").nth(1).tap()
    assert tip.inner_text().startswith(f"{names[2]} – {names[1]}: ")
    table.press("ArrowRight")
    table.press("ArrowDown")
    page.wait_for_timeout(100)
    assert tip.inner_text().startswith(f"{names[3]} – {names[2]}: "), "a scroll that follows leaves it"
    table.press("Escape")
    assert tip.is_hidden()


def test_rows_and_columns_of_all_matrices_are_put_into_another_order(full: Path, opened: Opener) -> None:
    seen = opened(full)
    page, run = seen.page, material(full.parent / "figures").prepared[0].run
    tables = page.locator("#rdms table.rdm").all()
    assert len(tables) == 3, "two runs, and their difference"
    before = [table.locator("tbody th").all_inner_texts() for table in tables]
    page.locator("select.order").select_option("the alphabet")
    assert sorted(before[0]) != before[0]
    for table, names in zip(tables, before, strict=True):
        assert table.locator("tbody th").all_inner_texts() == sorted(names)
        assert [name.strip() for name in table.locator("thead th").all_inner_texts()] == sorted(names)
    rows = [row.locator("td").all_text_contents() for row in tables[0].locator("tbody tr").all()]
    assert [[float(cell) for cell in row] for row in rows] == pytest.approx(abs(run.rdm), abs=5e-4)
    tables[0].press("ArrowRight")
    assert page.locator("#tip").is_visible() and seen.said == []


def test_hostile_text_stays_text(full: Path, opened: Opener) -> None:
    seen = opened(full)
    page = seen.page
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None
    assert page.locator("img[src=x]").count() == 0
    assert page.locator("script:not([type])").count() == 4, "the library, the charts, the page, the tables"
    assert page.locator("#steering td", has_text=SCRIPT).count() >= 2, "prompt and text of a steered cell"
    for section in set(SECTIONS) - {"universality", "not-run"}:
        assert page.locator(f"#{section}").inner_text().count(IMAGE), f"{section} shows the text as it is"
    assert CLOSING in page.locator("#steering").inner_text()
    assert page.locator("#universality a.take").first.get_attribute("download") == FIGURE
    assert seen.said == []


def test_a_script_that_were_written_into_the_page_would_not_run(full: Path, opened: Opener, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(full.read_text().replace("<main>", f"<main>{SCRIPT}<img src='http://127.0.0.1:9/x.png'>"))
    seen = opened(broken)
    assert seen.page.evaluate("window.hacked") is None
    assert len(seen.said) == 2
    assert all("Content Security Policy" in message for message in seen.said)


@pytest.mark.parametrize("name", ["full", "almost_empty"])
def test_a_phone_scrolls_one_way(name: str, request: pytest.FixtureRequest, opened: Opener) -> None:
    page = opened(request.getfixturevalue(name), viewport=PHONE).page
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.evaluate("Math.max(...[...document.querySelectorAll('.wide')].map((box) => box.clientWidth))") < 360


def test_on_a_phone_an_edge_fades_where_more_lies_and_sections_stay_within_reach(full: Path, opened: Opener) -> None:
    page = opened(full, viewport=PHONE).page
    sections, last = page.locator("nav ul"), page.locator("nav a").last
    expect(sections).to_have_attribute("data-more", "right")
    assert "gradient" in sections.evaluate("own => getComputedStyle(own).maskImage")
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    box = sections.bounding_box()
    assert box is not None and 0 <= box["y"] < 20, "they stay at the top"
    last.focus()
    expect(sections, "a key brings the last into view").to_have_attribute("data-more", re.compile("left"))
    way = page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
    assert way == "auto", "a long smooth way is sometimes cut off"
    last.press("Enter")
    title = page.locator("main > section h2").last
    expect(title, "it is where the link leads").to_be_in_viewport()
    at = title.bounding_box()
    assert at is not None and box["height"] <= at["y"], "not under them"


def test_a_chart_is_laid_out_again_where_its_room_changes(answered: Path, opened: Opener) -> None:
    page = opened(answered, viewport=SCREENS[0][0]).page
    page.wait_for_selector(".screen svg")
    for width, wide in ((1400, True), (400, False), (1400, True)):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(LAID_OUT, arg=wide)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(scheme: str, full: Path, opened: Opener) -> None:
    page = opened(full, color_scheme=scheme).page
    texts = page.evaluate(COLOURS)
    assert len(texts) > 100
    grounds = {tuple(ground) for _, _, ground in texts}
    assert all((sum(ground) < 200) == (scheme == "dark") for ground in grounds), "figures are no text"
    for text, ink, ground in texts:
        assert contrast(ink, ground) >= CONTRAST, f"{text!r}: {ink} on {ground}"


def test_downloads(full: Path, opened: Opener) -> None:
    page = opened(full).page
    with page.expect_download() as saved:
        page.locator("#agreement a[download='pairs.csv']").evaluate("link => link.click()")
    rows = list(csv.DictReader(saved.value.path().open(newline="")))
    assert [row["rho"] for row in rows] == ["0.83", "0.4", "0.7246"]
    assert rows[0]["model_a"] == MODEL
    link = page.locator("#universality a.take").first.get_attribute("href") or ""
    assert base64.b64decode(link.partition("base64,")[2])[:4] == b"\x89PNG"
    rdm = page.locator("#rdms .heat a[download]").first.get_attribute("href") or ""
    assert len(list(csv.reader(io.StringIO(base64.b64decode(rdm.partition("base64,")[2]).decode())))) == 22


def test_printed_whole(full: Path, opened: Opener) -> None:
    page = opened(full).page
    assert page.locator("details:not([open])").count() >= 1
    assert page.pdf()[:4] == b"%PDF"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0


def contrast(ink: list[float], ground: list[float]) -> float:
    """Ratio of luminances of two sRGB colours, as WCAG 2 defines it."""
    darker, lighter = sorted(luminance(colour) for colour in (ink, ground))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: list[float]) -> float:
    shares = [value / 255 for value in colour]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


LAID_OUT = """wide => {
  const box = document.querySelector(".screen svg")?.getBoundingClientRect();
  return box && (box.width > box.height) === wide;
}"""
"""Side by side where there is room, one under the other where there is none."""
COLOURS = """
() => {
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = rgb(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return [...document.querySelectorAll("header *, nav *, main *")]
    .filter((element) => own(element) && element.checkVisibility() && !element.matches(".rdm tbody td"))
    .map((element) => [element.textContent.slice(0, 40), rgb(getComputedStyle(element).color), ground(element)]);
}
"""
