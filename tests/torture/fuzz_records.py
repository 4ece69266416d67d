"""Whole records with one thing changed and a manifest that fits: each is left out by name, or taken in without harm.

`python -m tests.torture.fuzz_records --cases 10000` goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import logging
import random
import shutil
import signal
import tempfile
import traceback
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from emogeo.analysis.analyze import all_tables, bare_of, comparable, read_here, viewed
from emogeo.analysis.charts.chart import unchecked
from emogeo.analysis.records.catalogue import Catalogue, read_catalogue
from emogeo.analysis.report.build import write_report
from emogeo.analysis.report.material import Material
from emogeo.analysis.summary.summary import summary
from emogeo.analysis.tables.effects import effects_of
from emogeo.analysis.tables.frame import Table, without_formulas
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from emogeo.store.manifest import MANIFEST, manifest_of
from emogeo.store.store import RUNS
from tests.torture.hostile import Altered, altered
from tests.torture.whole_records import Whole, whole_store

SEED = 20261126
_SECONDS = 60
"""A case that takes longer is one without end."""
_STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Outcome:
    """What became of a case."""

    number: int
    record: str
    what: str
    became: str
    """`left out`, `taken in`, or `HARM`."""
    said: str = ""


class Fuzzed:
    """A store of whole records in which one at a time is altered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store, self.whole = whole_store(folder)
        self.beside = next(own for own in self.whole if own.name == "beside")

    def case(self, number: int) -> Outcome:
        """Alters a record, analyses the store with it, and puts the record back."""
        draw = random.Random(f"{SEED}:{number}")
        own = draw.choice([each for each in self.whole if each is not self.beside])
        found = altered(dict(own.files), draw) if draw.random() < 0.98 else self._swapped(own, draw)
        key = found.key or own.key
        folders = {self.store.folder(own.kind, name) for name in (key, own.key)}
        shutil.rmtree(self.store.folder(own.kind, own.key))
        try:
            _write(self.store.folder(own.kind, key), found.files)
            became, said = self._judged(own, key, found)
        finally:
            for folder in folders:
                shutil.rmtree(folder, ignore_errors=True)
            _write(self.store.folder(own.kind, own.key), own.files)
        return Outcome(number, own.name, found.what, became, said)

    def _swapped(self, own: Whole, draw: random.Random) -> Altered:
        other = draw.choice([each for each in self.whole if each.kind == own.kind and each is not own])
        return Altered(dict(other.files), f"the files of {other.name}", impossible=own.kind == RUNS)

    def _judged(self, own: Whole, key: str, found: Altered) -> tuple[str, str]:
        try:
            with _in_time(), warnings.catch_warnings():
                warnings.simplefilter("error")
                return self._analysed(own, key, found)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            return "HARM", f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"[:600]

    def _analysed(self, own: Whole, key: str, found: Altered) -> tuple[str, str]:
        keys = {self.beside.key, key if own.kind == RUNS else self._named("geometry")}
        catalogue = read_catalogue(self.store, keys)
        if own.kind == RUNS and catalogue.left_out:
            return _left_out(catalogue, str(self.store.folder(RUNS, key)))
        if found.impossible and own.kind == RUNS:
            return "HARM", "taken in"
        self._results(catalogue)
        if own.kind == RUNS and catalogue.left_out:
            return _left_out(catalogue, str(self.store.folder(RUNS, key)))
        return "taken in", ""

    def _named(self, name: str) -> str:
        return next(each.key for each in self.whole if each.name == name)

    def _results(self, catalogue: Catalogue, page: bool = False) -> None:
        """Makes tables, the summary and, where asked for, the page."""
        config = AnalyzeConfig(store=StoreConfig(str(self.store.path)), output="results", permutations=19)
        prepared, bare = comparable(catalogue, self.store, 0), bare_of(catalogue)
        effects = effects_of(viewed(read_here(prepared), config), 19, 0, config.equivalence)
        tables = all_tables(catalogue, prepared, effects, config, (), bare)
        material = Material(tables, prepared, catalogue, self.folder / "figures", bare)
        with tempfile.TemporaryDirectory(dir=self.folder) as made:
            _check_tables(tables)
            _check_terminal(summary(material, effects, str(self.store.path), Path("results"), 80))
            if page:
                with unchecked():
                    write_report(Path(made) / "r.html", tables, prepared, catalogue, self.folder / "figures", bare)
                check_page((Path(made) / "r.html").read_text())


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**files, MANIFEST: manifest_of(files)}.items():
        (folder / name).write_bytes(content)


def _left_out(catalogue: Catalogue, folder: str) -> tuple[str, str]:
    (said,) = catalogue.left_out
    if not said.startswith(folder):
        raise AssertionError(f"names no record: {said}")
    _check_terminal(said)
    if "\n" in said or len(said) > len(folder) + 600:
        raise AssertionError(f"no single sentence: {said[:200]!r} ({len(said)} letters)")
    return "left out", said.removeprefix(folder)


def odd_letters(text: str) -> list[str]:
    """What steers a terminal, but for line ends."""
    return sorted({letter for letter in text if unicodedata.category(letter) in _STEERING} - {"\n"})


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would compute a cell."""
    return cell.startswith(_FORMULA) and not _is_number(cell)


def _check_terminal(text: str) -> None:
    odd = odd_letters(text)
    if odd:
        raise AssertionError(f"control characters on the terminal: {odd}")


def _check_tables(tables: Mapping[str, Table]) -> None:
    for name, table in tables.items():
        written = without_formulas(table.frame).to_csv(index=False)
        for column in table.frame.columns:
            values = table.frame[column]
            if values.dtype.kind == "f" and np.isinf(values).any():
                raise AssertionError(f"{name}.{column}: infinite")
        for row in csv.reader(io.StringIO(written, newline="")):
            for cell in row:
                if is_formula(cell):
                    raise AssertionError(f"{name}.csv: a formula: {cell[:40]!r}")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return not cell.startswith(("\t", "\r"))


def check_page(page: str) -> None:
    """Refuses a page that has markup from a record in it."""
    for markup in ("<script>alert(1)", "<img src=x", "<b>\"'"):
        if markup in page:
            at = page.index(markup)
            raise AssertionError(f"markup in the page: {page[max(0, at - 80) : at + 40]!r}")


@contextlib.contextmanager
def _in_time() -> Iterator[None]:
    def late(*_: object) -> None:
        raise TimeoutError("without end")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def main(words: Sequence[str] | None = None) -> int:
    """Tries cases; 0 where none did harm."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--kept", type=Path, default=Path("results/torture/records.jsonl"))
    asked = parser.parse_args(words)
    asked.kept.parent.mkdir(parents=True, exist_ok=True)
    done = _done(asked.kept)
    _end_line(asked.kept)
    with tempfile.TemporaryDirectory() as folder, asked.kept.open("a", encoding="utf-8") as kept:
        fuzzed = Fuzzed(Path(folder))
        for number in range(asked.first, asked.first + asked.cases):
            if number not in done:
                done[number] = asdict(fuzzed.case(number))
                kept.write(json.dumps(done[number]) + "\n")
                kept.flush()
    print(table([Outcome(**own) for _, own in sorted(done.items())]))
    return int(any(own["became"] == "HARM" for own in done.values()))


def _done(kept: Path) -> dict[int, Any]:
    """The cases of an earlier call; a line that it was stopped in is tried again."""
    found = {}
    for line in kept.read_text(encoding="utf-8").splitlines() if kept.is_file() else ():
        with contextlib.suppress(ValueError):
            row = json.loads(line)
            found[row["number"]] = row
    return found


def _end_line(kept: Path) -> None:
    if kept.is_file() and not kept.read_bytes().endswith(b"\n"):
        with kept.open("ab") as stream:
            stream.write(b"\n")


def table(outcomes: Sequence[Outcome]) -> str:
    """Counts what became of each kind of record, and lists what did harm."""
    counts = Counter((own.record, own.became) for own in outcomes)
    kinds, ways = sorted({own.record for own in outcomes}), ("left out", "taken in", "HARM")
    lines = [f"{'record':20}" + "".join(f"{way:>10}" for way in ways)]
    lines += [f"{kind:20}" + "".join(f"{counts[kind, way]:>10}" for way in ways) for kind in kinds]
    harm = [own for own in outcomes if own.became == "HARM"]
    return "\n".join([*lines, *(f"{own.number}: {own.record}: {own.what}: {own.said}" for own in harm)])


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # of passes that are broken
    raise SystemExit(main())
