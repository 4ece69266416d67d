"""Writes docs/columns.md: what every column of the tables of an analysis means, as the report says it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emogeo.analysis.report.definitions import OF_ALL, OF_ONE

HEAD = """# Columns

<!-- written by make docs from the definitions that the report shows; tests compare this page -->

An analysis writes each table as CSV and as Parquet. A column has the same meaning in every table unless its table says
otherwise below. `NAME_ci_low` and `NAME_ci_high` are the bounds of the 95% interval of `NAME`. Where a number is
missing, `note` says why. The formulas are in [inference.md](inference.md).
"""


def page() -> str:
    """The page as the definitions are now."""
    parts = [HEAD, "## In every table", "", *_listed(OF_ALL)]
    for name, own in sorted(OF_ONE.items()):
        parts += ["", f"## {name}", "", *_listed(own)]
    return "\n".join([*parts, ""])


def _listed(definitions: Mapping[str, str]) -> Iterator[str]:
    yield "| column | meaning |"
    yield "|---|---|"
    for columns, meaning in definitions.items():
        named = ", ".join(f"`{name}`" for name in columns.split(" / "))
        yield f"| {named} | {meaning.replace('|', chr(92) + '|')} |"
