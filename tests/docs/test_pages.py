"""Pages that are made are what code and results say; links lead somewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from docs.write.__main__ import MADE
from docs.write.options import described
from docs.write.quotes import ROOT, filled, pages
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.train import TrainConfig

_LINK = re.compile(r"\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")
_FENCE = re.compile(r"```.*?```", re.DOTALL)


@pytest.mark.parametrize("name", MADE)
def test_a_page_that_is_made_is_what_the_code_says(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == MADE[name](), "type: make docs"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_what_a_page_quotes_is_what_the_results_say(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert filled(text) == text, "type: make docs"


@pytest.mark.parametrize("page", [*pages(), *ROOT.glob("*.md")], ids=lambda page: page.name)
def test_links_lead_to_files_and_headings_that_are_there(page: Path) -> None:
    for target, heading in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        to = page if not target else (page.parent / target).resolve()
        assert to.exists(), f"{page.name}: {target}"
        if heading:
            assert heading in _anchors(to), f"{page.name}: {target}#{heading}"


def _anchors(page: Path) -> set[str]:
    """What a page's headings are called in addresses, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("config", [TrainConfig, AnalyzeConfig])
def test_every_field_of_the_configuration_has_a_meaning(config: type) -> None:
    rows = list(described(config))
    assert len(rows) > 20
    assert all(row.meaning.endswith(".") for row in rows), [row.name for row in rows if not row.meaning.endswith(".")]


def test_every_page_is_found_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    linked = {target for target, _ in _LINK.findall(index)}
    own = subprocess.run(["git", "ls-files", "docs/*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    named = {name.removeprefix("docs/") for name in own.stdout.split()}
    assert named - {"index.md"} <= linked
