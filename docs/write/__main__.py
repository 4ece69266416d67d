"""Writes the pages that are made from code and from results: `python -m docs.write`, or `make docs`."""

from __future__ import annotations

from pathlib import Path

from docs.write import api, columns, options
from docs.write.front import front
from docs.write.quotes import RESULTS, ROOT, filled, pages, take

MADE = {"api.md": api.page, "columns.md": columns.page, "options.md": options.page}
"""The pages that are written whole."""


def write() -> list[Path]:
    """Writes every page whose text is not what code and results say, and gives those that changed."""
    changed = []
    for name, page in MADE.items():
        changed += _put(ROOT / "docs" / name, page())
    for own in pages():
        changed += _put(own, filled(own.read_text(encoding="utf-8")))
    return changed


def _put(page: Path, text: str) -> list[Path]:
    if page.is_file() and page.read_text(encoding="utf-8") == text:
        return []
    page.write_text(text, encoding="utf-8")
    return [page]


def main() -> None:
    absent = take()
    if "demo" not in absent:
        front(RESULTS["demo"]).save(ROOT / "docs" / "figures" / "front.png", optimize=True)
    for name in absent:
        print(f"{RESULTS[name].relative_to(ROOT)} is not here: what is quoted of it stays as it is")
    for page in write():
        print(f"written: {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
