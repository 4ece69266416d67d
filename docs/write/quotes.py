"""Writes into the pages what they quote of results: blocks of what a command printed, tables, and single numbers.

A page marks what it quotes, and the marks do not show when it is read:

    <!-- = demo/summary.txt; Pairs -->          what was printed from the line that begins with Pairs to the next gap
    <!-- = demo/pairs.csv; model_a=A, model_b=B; rho_star -->0.93 [0.86, 0.99]<!-- / -->
    <!-- = demo/runs.csv; ; model, reliability -->    a table of all rows

Whatever stands between a mark and its end is written anew by `make docs`, from docs/data. The files there are those of
results/ that some page names; `take` copies them where an analysis has made them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from emogeo.analysis.report.numbers import ABSENT, in_words, number

ROOT = Path(__file__).parents[2]
DATA = ROOT / "docs" / "data"
RESULTS = {"demo": ROOT / "results" / "demo", "study": ROOT / "study" / "results", "diary": ROOT / "diary" / "results"}
"""Where the commands leave what is quoted: `make demo`, `make study`, and those of docs/tutorial.md."""
_QUOTE = re.compile(r"<!-- = (?P<what>[^>]+?) -->(?P<said>.*?)<!-- / -->", re.DOTALL)
_DIGITS = {"p": 4, "p_holm": 4, "floor": 4}


class QuoteError(Exception):
    """A page quotes what no result has."""


def pages() -> list[Path]:
    """Lists the pages that may quote."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def quoted(page: str) -> list[str]:
    """Lists what a page quotes, as its marks say it."""
    return [found["what"] for found in _QUOTE.finditer(page)]


def filled(page: str, data: Path = DATA) -> str:
    """Gives a page with everything that it quotes as the results have it.

    Raises:
        QuoteError: a file, row, column or line that the results do not have.
    """
    return _QUOTE.sub(lambda found: f"<!-- = {found['what']} -->{_said(found['what'], data)}<!-- / -->", page)


def take(data: Path = DATA) -> list[str]:
    """Copies the files that pages quote from the results that are there.

    Returns:
        The names of results that are not there; what is quoted of them stays as it is.
    """
    named = {what.split(";")[0].strip() for page in pages() for what in quoted(page.read_text(encoding="utf-8"))}
    for name in sorted(named):
        of, _, file = name.partition("/")
        own = RESULTS[of] / file
        if own.is_file():
            (data / of).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(own, data / name)
    return sorted(of for of in {name.split("/")[0] for name in named} if not RESULTS[of].is_dir())


def _said(what: str, data: Path) -> str:
    file, *rest = [part.strip() for part in what.split(";")]
    if not (data / file).is_file():
        raise QuoteError(f"{what}: docs/data has no {file}. Run the command that makes it, then make docs.")
    if file.endswith(".txt"):
        return _printed((data / file).read_text(encoding="utf-8"), rest, what)
    rows = _rows(pd.read_csv(data / file), rest[0], what)
    columns = [name.strip() for name in rest[1].split(",")]
    if len(columns) > 1:
        return "\n\n" + "\n".join(_table(rows, columns, what)) + "\n\n"
    if len(rows) != 1:
        raise QuoteError(f"{what}: {len(rows)} rows, where one is quoted.")
    return _cell(rows.iloc[0], columns[0], what)


def _printed(text: str, blocks: list[str], what: str) -> str:
    """What was printed, or those of its blocks that begin with the given words, in a fence."""
    paragraphs = text.strip("\n").split("\n\n")
    chosen = [next((part for part in paragraphs if part.startswith(begin)), "") for begin in blocks] or paragraphs
    if not all(chosen):
        raise QuoteError(f"{what}: nothing that was printed begins so.")
    return "\n\n```\n" + "\n\n".join(chosen) + "\n```\n\n"


def _rows(table: pd.DataFrame, where: str, what: str) -> pd.DataFrame:
    """The rows whose columns have the given values: `model_a=A, model_b=B`."""
    for column, _, value in (part.strip().partition("=") for part in where.split(",") if part.strip()):
        if column not in table:
            raise QuoteError(f"{what}: no column {column}.")
        table = table[table[column].astype(str) == value]
    if table.empty:
        raise QuoteError(f"{what}: no such row.")
    return table


def _table(rows: pd.DataFrame, columns: list[str], what: str) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for _, row in rows.iterrows():
        yield f"| {' | '.join(_cell(row, column, what) for column in columns)} |"


def _cell(row: pd.Series, column: str, what: str) -> str:
    """One value: a number with its interval where it has one, words as they are."""
    if column not in row:
        raise QuoteError(f"{what}: no column {column}.")
    value, digits = row[column], _DIGITS.get(column, 2)
    if pd.isna(value):
        return ABSENT
    if not isinstance(value, float):
        return str(value)
    if f"{column}_ci_low" in row:
        return in_words(value, row[f"{column}_ci_low"], row[f"{column}_ci_high"], digits)
    return number(value, digits)
