"""Whole records with one thing changed and a manifest that fits: each is left out by name, or taken in without harm.

`python -m tests.torture.fuzz_records` goes on where it was stopped; a case of it is fourteen records that
are altered and analysed at once.
"""

from __future__ import annotations

import contextlib
import csv
import io
import logging
import os
import random
import shutil
import signal
import tempfile
import traceback
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emogeo.analysis.all_tables import all_tables, read_here, viewed
from emogeo.analysis.analyze import bare_of, comparable
from emogeo.analysis.charts.chart import unchecked
from emogeo.analysis.records.catalogue import Catalogue, read_catalogue
from emogeo.analysis.report.build import write_report
from emogeo.analysis.report.material import Material
from emogeo.analysis.summary.summary import summary
from emogeo.analysis.tables.effects import effects_of
from emogeo.analysis.tables.frame import Table, without_formulas
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from emogeo.errors import StoreError
from emogeo.extraction.replay import written
from emogeo.store.manifest import MANIFEST, manifest_of
from emogeo.store.store import ACTIVATIONS, GENERATIONS, RUNS
from emogeo.terminal import one_line
from tests.torture.hostile import Altered, altered
from tests.torture.lying import lying
from tests.torture.trial import Found, Trial, main_of
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


@dataclass(frozen=True)
class Case:
    """A record that is to be altered, and how."""

    number: int
    own: Whole
    found: Altered
    folder: Path
    """Where it lies then."""

    @property
    def needs(self) -> set[str]:
        """Gives the folders that must be its own while it is tried."""
        return {self.own.key, self.folder.name}


class Fuzzed:
    """A store of whole records in which some are altered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store, self.whole = whole_store(folder)
        self.beside = next(own for own in self.whole if own.name == "beside")

    def case(self, number: int) -> Outcome:
        """Alters a record, analyses the store with it, and puts the record back."""
        return self._alone(self._drawn(number))

    def cases(self, numbers: Sequence[int]) -> list[Outcome]:
        """Does so with several cases of different records at once; one by one where that does harm."""
        outcomes: list[Outcome] = []
        waiting = [self._drawn(number) for number in numbers]
        while waiting:
            together = _apart(waiting)
            waiting = [case for case in waiting if case not in together]
            outcomes += self._together(together)
        return sorted(outcomes, key=lambda own: own.number)

    def _drawn(self, number: int) -> Case:
        draw = random.Random(f"{SEED}:{number}")
        others = [each for each in self.whole if each is not self.beside]
        own, way = others[number % len(others)], draw.random()
        if way < 0.94:
            found = altered(dict(own.files), draw)
        else:
            found = lying(own.files, draw) if way < 0.98 else self._swapped(own, draw)
        return Case(number, own, found, self.store.folder(own.kind, found.key or own.key))

    def _swapped(self, own: Whole, draw: random.Random) -> Altered:
        other = draw.choice([each for each in self.whole if each is not own])
        must = own.kind != other.kind or own.kind != ACTIVATIONS
        return Altered(dict(other.files), f"the files of {other.name}", impossible=must)

    def _alone(self, case: Case) -> Outcome:
        try:
            (outcome,) = self._tried([case])
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            said = f"{type(error).__name__}: {error} ({Path(last.filename).name}:{last.lineno})"[:600]
            return Outcome(case.number, case.own.name, case.found.what, "HARM", said)
        return outcome

    def _together(self, cases: Sequence[Case]) -> list[Outcome]:
        with contextlib.suppress(Exception):
            return self._tried(cases)
        return [self._alone(case) for case in cases]

    def _tried(self, cases: Sequence[Case]) -> list[Outcome]:
        """Alters the records, analyses the store, and puts them back.

        Raises:
            Exception: the harm that they did.
        """
        for case in cases:
            shutil.rmtree(self.store.folder(case.own.kind, case.own.key))
        try:
            for case in cases:
                _write(case.folder, case.found.files, case.found.manifest)
            with _in_time(), warnings.catch_warnings():
                warnings.simplefilter("error")
                return self._judged(cases)
        finally:
            for case in cases:
                shutil.rmtree(case.folder, ignore_errors=True)
            for case in cases:
                _write(self.store.folder(case.own.kind, case.own.key), case.own.files)

    def _judged(self, cases: Sequence[Case]) -> list[Outcome]:
        keys = {self.beside.key, self._named("geometry")}
        catalogue = read_catalogue(self.store, keys | {case.folder.name for case in cases if case.own.kind == RUNS})
        analysed = [case for case in cases if case.own.kind != GENERATIONS]
        for case in cases:
            if case.found.impossible and case.own.kind == RUNS and not _said_of(case, catalogue):
                raise AssertionError("taken in")
        if any(not _said_of(case, catalogue) for case in analysed):
            self._results(catalogue)
        return [self._outcome(case, catalogue) for case in cases]

    def _outcome(self, case: Case, catalogue: Catalogue) -> Outcome:
        said = self._of_texts(case) if case.own.kind == GENERATIONS else _said_of(case, catalogue)
        if said is not None:
            _check_sentence(said, str(case.folder))
        elif case.found.impossible and case.own.kind != ACTIVATIONS:
            raise AssertionError("taken in")
        became = "taken in" if said is None else "left out"
        return Outcome(case.number, case.own.name, case.found.what, became, (said or "").removeprefix(str(case.folder)))

    def _of_texts(self, case: Case) -> str | None:
        """Reads texts as a replay does: what is wrong with them, or None."""
        try:
            written(self.store, case.folder.name)
        except StoreError as error:
            return one_line(str(error))
        return None

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
                    write_report(Path(made) / "r.html", material)
                check_page((Path(made) / "r.html").read_text())


def _apart(cases: Sequence[Case]) -> list[Case]:
    """Takes as many cases as touch different records."""
    taken: list[Case] = []
    for case in cases:
        if not any(case.needs & other.needs for other in taken):
            taken.append(case)
    return taken


def _write(folder: Path, files: Mapping[str, bytes], manifest: bytes | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**files, MANIFEST: manifest_of(files) if manifest is None else manifest}.items():
        (folder / name).write_bytes(content)


def _said_of(case: Case, catalogue: Catalogue) -> str | None:
    """Finds why a run was left out; None where it was taken in."""
    return next((said for said in catalogue.left_out if said.startswith(str(case.folder))), None)


def _check_sentence(said: str, folder: str) -> None:
    if not said.startswith(folder):
        raise AssertionError(f"names no record: {said}")
    _check_terminal(said)
    if "\n" in said or len(said) > len(folder) + 600:
        raise AssertionError(f"no single sentence: {said[:200]!r} ({len(said)} letters)")


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


GROUP = 14
"""So many cases are analysed at once: one of each record that is altered."""


def begin(folder: Path) -> Callable[[int, Path], Found]:
    """Prepares the trial: a case of it is a group of altered records."""
    logging.disable(logging.WARNING)  # of passes that are broken
    stores = dict[int, Fuzzed]()

    def attempt(number: int, own: Path) -> Found:
        if os.getpid() not in stores:
            place = folder / f"store-{os.getpid()}"
            place.mkdir()
            stores[os.getpid()] = Fuzzed(place)
        outcomes = stores[os.getpid()].cases(range(number * GROUP, (number + 1) * GROUP))
        return found_of(outcomes)

    return attempt


def found_of(outcomes: Sequence[Outcome]) -> Found:
    """Sums a group up: what was taken in and should not have been is wrongly believed."""
    harm = [own for own in outcomes if own.became == "HARM"]
    believed = [own for own in harm if own.said.startswith("AssertionError: taken in")]
    left_out = sum(own.became == "left out" for own in outcomes)
    said = "; ".join(f"{own.number}: {own.record}: {own.what}: {own.said}" for own in harm)
    return Found(
        PART, of=len(outcomes), believed=len(believed), broken=len(harm) - len(believed), left_out=left_out, note=said
    )


PART = "left out by name or harmless"
TRIAL = Trial("records", "altered records", 715, begin, batches=None)


if __name__ == "__main__":
    raise SystemExit(main_of(TRIAL))
