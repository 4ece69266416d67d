"""One word for one thing: words that were given up are in no page, no message and no option."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from docs.write.quotes import ROOT

GIVEN_UP = {
    r"read(ied| alike)\b": "prepared runs; comparable runs",
    r"\bcompanions?\b": "batch mates, of texts that share a batch",
    r"\bcannot be meant\b": "is contradictory",
    r"\blayers? of effect\b": "the kind of an effect",
    r"\breread twin\b": "the run that a reread repeats (reread_of); a twin is untrained",
    r"\b(in|by|of) told\b": "labelled texts",
    r"\b(finished|planted|skipped|published) cells?\b": "runs; a cell is one of a table or of a matrix",
}
"""Expressions that nothing may match, and what is said instead."""
CAUGHT = [
    "Two readied runs.",
    "its companions",
    "two options cannot be meant",
    "the layers of effect",
    "its reread twin",
    "read by told",
    "24 finished cells",
]
"""A line for each expression that it has to find."""
WHERE = ["*.md", "docs/*.md", "emogeo", "conf", "sweeps", "train.py", "analyze.py", "examples", "hydra_plugins"]


def written() -> list[Path]:
    """Lists the files of the repository that users read: pages, options, code."""
    listed = subprocess.run(["git", "ls-files", *WHERE], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split() if name.endswith((".md", ".py", ".yaml", ".html", ".ipynb"))]


@pytest.mark.parametrize("expression", GIVEN_UP)
def test_no_page_and_no_code_has_a_word_that_was_given_up(expression: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in written()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if path.name != "CHANGELOG.md" and re.search(expression, line, re.IGNORECASE)
    ]
    assert not found, f"say: {GIVEN_UP[expression]}\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("expression", "line"),
    [*zip(GIVEN_UP, CAUGHT, strict=True)],
)
def test_the_expressions_find_what_they_are_for(expression: str, line: str) -> None:
    assert re.search(expression, line, re.IGNORECASE)
