"""The site of all pages, by `make docs`. Its root is the repository, so that links lead where they do on a disk."""

from __future__ import annotations

from typing import Any

project = "emogeo"
extensions = ["myst_parser"]
root_doc = "docs/index"
include_patterns = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/*.md"]
exclude_patterns = [".venv"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "emogeo"

PARTS = {
    "Begin": ["/README", "tutorial"],
    "Use": [
        *("own-texts", "corpus", "models", "precision", "imported", "readout", "behaviour", "decomposition"),
        *("exports", "wandb", "cluster", "store", "trouble"),
    ],
    "Look up": ["commands", "options", "columns", "api", "glossary"],
    "Believe": [
        *("inference", "calibration", "claims", "results", "reliability", "mutants", "speed", "models_table"),
        "architecture",
    ],
    "Take part": ["/CONTRIBUTING", "/CHANGELOG"],
}
"""The pages of the site's menu."""


def setup(app: Any) -> None:
    """Gives the index its menu, which would be code where GitHub shows the page."""
    app.connect("source-read", _with_menu)


def _with_menu(app: Any, name: str, source: list[str]) -> None:
    if name == app.config.root_doc:
        for part, pages in PARTS.items():
            source[0] += "\n".join(["", "```{toctree}", ":hidden:", f":caption: {part}", "", *pages, "```", ""])
