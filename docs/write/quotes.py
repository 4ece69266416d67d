"""Writes into the pages what they quote of results: blocks of what a command printed, tables, and single numbers.

A page marks what it quotes, and the marks do not show when it is read:

    <!-- = demo/summary.txt; Pairs -->          what was printed from the line that begins with Pairs to the next gap
    <!-- = demo/pairs.csv; model_a=A, model_b=B; rho_star -->0.93 [0.86, 0.99]<!-- / -->
    <!-- = demo/runs.csv; ; model, reliability as agrees with itself -->    a table of all rows, with headings
    <!-- = demo/pairs.csv; a.pooling=mean, b.pooling=mean; model_a, rho_star -->    pairs by columns of runs.csv

Pictures of results are named by where they are from: `figures/study/map.png` is study/results/figures/map.png.

Whatever stands between a mark and its end is written anew by `make docs`, from docs/data. The files there are those of
results/ that some page names; `take` copies them where an analysis has made them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from emogeo.analysis.report.numbers import ABSENT, in_words, number

ROOT = Path(__file__).parents[2]
DATA = ROOT / "docs" / "data"
RESULTS = {
    "demo": ROOT / "results" / "demo",
    "study": ROOT / "study" / "results",
    "overflow": ROOT / "study" / "overflow" / "results",
    "finetune": ROOT / "study" / "finetune",
    "diary": ROOT / "diary" / "results",
}
"""Where the commands leave what is quoted: `make demo`, `make study`, and those of docs/tutorial.md."""
_QUOTE = re.compile(r"<!-- = (?P<what>[^>]+?) -->(?P<said>.*?)<!-- / -->", re.DOTALL)
_RUNS = "runs.csv"
"""Where pages find the settings of the runs of any table."""
_PICTURE = re.compile(r"\]\(figures/(?P<of>\w+)/(?P<file>[\w.-]+\.png)\)")
_COUNTED = ("block", "layer", "block_a", "block_b", "rank", "n_units", "nonfinite")
"""Columns of whole numbers, which are floats where some are missing."""
_AND = re.compile(r",\s*(?=[\w.]+=)")
"""Between two conditions: a comma before the next column, since values may have commas of their own."""
_DIGITS = {"floor": 4}
"""The digits after the point where two are too few; so with every p."""


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
    """Copies the tables that pages quote, and the pictures that they show, from the results that are there.

    Returns:
        The names of results that are not there; what is quoted of them stays as it is.
    """
    whats = [what for page in pages() for what in quoted(page.read_text(encoding="utf-8"))]
    named = {what.split(";")[0].strip() for what in whats}
    for of in {name.partition("/")[0] for name in named}:
        _copy(RESULTS[of] / _RUNS, data / of / _RUNS)
    for name in sorted(named - {f"{of}/{_RUNS}" for of in RESULTS}):
        of, _, file = name.partition("/")
        own = [what for what in whats if what.split(";")[0].strip() == name]
        if file.endswith(".csv") and (RESULTS[of] / file).is_file():
            _take_rows(RESULTS[of] / file, data / name, own)
        else:
            _copy(RESULTS[of] / file, data / name)
    for of, file in _pictured():
        _copy(RESULTS[of] / "figures" / file, data.parent / "figures" / of / file)
    return sorted(of for of in {name.split("/")[0] for name in named} if not RESULTS[of].is_dir())


def _pictured() -> set[tuple[str, str]]:
    """Finds the pictures of results that pages show: whose they are, and their files."""
    return {
        (found["of"], found["file"])
        for page in pages()
        for found in _PICTURE.finditer(page.read_text(encoding="utf-8"))
        if found["of"] in RESULTS
    }


def _take_rows(own: Path, to: Path, whats: list[str]) -> None:
    """Copies the rows that pages quote, as they are written."""
    table = _with_runs(own)
    kept = sorted({row for what in whats for row in _rows(table, what.split(";")[1].strip(), what).index})
    to.parent.mkdir(parents=True, exist_ok=True)
    pd.read_csv(own, dtype=str, keep_default_na=False).iloc[kept].to_csv(to, index=False)


def _copy(own: Path, to: Path) -> None:
    if own.is_file():
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(own, to)


def _said(what: str, data: Path) -> str:
    file, *rest = [part.strip() for part in what.split(";")]
    if not (data / file).is_file():
        raise QuoteError(f"{what}: docs/data has no {file}. Run the command that makes it, then make docs.")
    if file.endswith(".txt"):
        return _printed((data / file).read_text(encoding="utf-8"), rest, what)
    rows = _rows(_with_runs(data / file), rest[0], what)
    columns = dict(_headed(name) for name in rest[1].split(","))
    if len(columns) > 1:
        return "\n\n" + "\n".join(_table(rows, columns, what)) + "\n\n"
    if len(rows) != 1:
        raise QuoteError(f"{what}: {len(rows)} rows, where one is quoted.")
    return _cell(rows.iloc[0], next(iter(columns)), what)


def _with_runs(file: Path) -> pd.DataFrame:
    """Reads a table; beside keys stand the columns of their runs: `run.pooling`; of pairs `a.pooling`, `b.pooling`."""
    table, runs = pd.read_csv(file), file.with_name(_RUNS)
    if not runs.is_file() or file == runs:
        return table
    for key, prefix in (("key", "run"), ("key_a", "a"), ("key_b", "b")):
        if key in table:
            own = pd.read_csv(runs, dtype={"key": str}).add_prefix(f"{prefix}.")
            table = table.astype({key: str}).merge(own, how="left", left_on=key, right_on=f"{prefix}.key")
    return table


def _headed(named: str) -> tuple[str, str]:
    """Reads `COLUMN as HEADING`; a column without a heading is its own."""
    column, _, heading = named.strip().partition(" as ")
    return column, heading or column


def _printed(text: str, blocks: list[str], what: str) -> str:
    """What was printed, or those of its blocks that begin with the given words, in a fence."""
    paragraphs = text.strip("\n").split("\n\n")
    chosen = [next((part for part in paragraphs if part.startswith(begin)), "") for begin in blocks] or paragraphs
    if not all(chosen):
        raise QuoteError(f"{what}: nothing that was printed begins so.")
    return "\n\n```\n" + "\n\n".join(chosen) + "\n```\n\n"


def _rows(table: pd.DataFrame, where: str, what: str) -> pd.DataFrame:
    """The rows whose columns have the given values, `model_a=A, model_b=B|C`; nothing stands for what is missing."""
    for column, _, value in (part.partition("=") for part in _AND.split(where) if part):
        if column not in table:
            raise QuoteError(f"{what}: no column {column}.")
        said = table[column].astype(object).where(table[column].notna(), "").astype(str)
        table = table[said.isin(value.split("|"))]
    if table.empty:
        raise QuoteError(f"{what}: no such row.")
    return table


def _table(rows: pd.DataFrame, columns: Mapping[str, str], what: str) -> Iterator[str]:
    yield f"| {' | '.join(columns.values())} |"
    yield f"|{'---|' * len(columns)}"
    for _, row in rows.iterrows():
        yield f"| {' | '.join(_cell(row, column, what) for column in columns)} |"


def _cell(row: pd.Series, column: str, what: str) -> str:
    """One value: a number with its interval where it has one, words as they are."""
    if column not in row:
        raise QuoteError(f"{what}: no column {column}.")
    value, digits = row[column], 4 if column.split("_")[0] == "p" else _DIGITS.get(column, 2)
    if pd.isna(value):
        return ABSENT
    if not isinstance(value, float):
        return str(value)
    if column in _COUNTED:
        return f"{value:.0f}"
    if f"{column}_ci_low" in row:
        return in_words(value, row[f"{column}_ci_low"], row[f"{column}_ci_high"], digits)
    return number(value, digits)
