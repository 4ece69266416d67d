"""docs/models_table.md: written from rows, and read again to compare a row with what it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from tests.models_table.trial import Row

TABLE = Path(__file__).parents[2] / "docs" / "models_table.md"
COLUMNS = (
    "architecture",
    "reads",
    "largest error",
    "how",
    "attention",
    "precisions",
    "writes",
    "scores",
    "steers",
    "note",
)
_GOOD = {"right": 3, "refused": 2, "no oracle": 1, "not built": 1}


def as_markdown(rows: Sequence[Row]) -> str:
    """The page: what was tried and how, counts, and one row an architecture."""
    found = Counter(row.reads for row in rows)
    counts = ", ".join(f"{number} {name}" for name, number in found.most_common())
    lines = [
        "# Architectures",
        "",
        f"`make models` writes this page: {len(rows)} architectures of transformers {version('transformers')}, "
        f"each as a tiny random checkpoint ({counts}).",
        "",
        *_HOW,
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
        *(_line(row) for row in sorted(rows, key=lambda row: row.architecture)),
    ]
    return "\n".join(lines) + "\n"


_HOW = (
    "- **reads**: `right`, where the states after every block, read in a batch with padding, differ by less than 1e-4",
    "  (relative, the largest of all) from a plain loop with hooks that reads one text alone, without padding, mask or",
    "  cache, in transformers' default attention, at fp32. `refused` with a sentence in the note; `not built`: no tiny",
    "  checkpoint of it could be made or run here, which says nothing about the architecture.",
    "- **how**, **writes**, **scores**: `batched`, or `one at a time` where the check at load time finds that batch",
    "  mates or padding change a text; what is written together equals what is written alone.",
    "- **precisions**: beside fp32, where loading and reading ends with finite states.",
    "- **steers**: a vector that is added moves the residual stream by itself, and later blocks with it.",
)


def _line(row: Row) -> str:
    error = "" if row.error is None else f"{row.error:.0e}"
    cells = (row.architecture, row.reads, error, row.how, row.attention, " ".join(row.precisions))
    return f"| {' | '.join((*cells, row.writes, row.scores, row.steers, row.note))} |"


def rows_of(page: str) -> dict[str, Row]:
    """The rows of the page, by architecture."""
    found = {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == len(COLUMNS) and cells[0] not in {"architecture", "---"}:
            name, reads, error, how, attention, precisions, writes, scores, steers, note = cells
            value = float(error) if error else None
            found[name] = Row(name, reads, value, how, attention, precisions.split(), writes, scores, steers, note)
    return found


def got_worse(now: Row, before: Row) -> str | None:
    """Says what is worse in a row than it was; None where nothing is."""
    if _GOOD.get(now.reads, 0) < _GOOD.get(before.reads, 0):
        return f"{now.architecture} is {now.reads} and was {before.reads}: {now.note}"
    lost = set(before.precisions) - set(now.precisions)
    if lost:
        return f"{now.architecture} no longer reads at {', '.join(sorted(lost))}: {now.note}"
    for name in ("writes", "scores", "steers"):
        is_now, was = getattr(now, name), getattr(before, name)
        if _fine(was) and not _fine(is_now):
            return f"{now.architecture} {name}: {is_now}, and was {was}"
    return None


def _fine(outcome: str) -> bool:
    return outcome in {"batched", "one at a time", "yes"}
