"""The material of the report: tables, runs and figures."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from emogeo.analysis.charts.chart import ENDINGS
from emogeo.analysis.comparing.prepared import PreparedBare, PreparedRun
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.parts import Absent, Chart, Column, Part, Picture, Sheet, Text, data_link, sheet
from emogeo.analysis.report.sentences import number_of
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.notes import Note
from emogeo.record.run import AnyRun
from emogeo.stimuli.conditions import STUDIED, Noun


@dataclass(frozen=True)
class Material:
    """Tables, runs and figures of one analysis."""

    tables: Mapping[str, Table]
    """The tables by name; one that is absent counts as empty."""
    prepared: Sequence[PreparedRun]
    catalogue: Catalogue
    figures: Path
    """The folder of PNG files."""
    bare: Sequence[PreparedBare] = ()
    """Imported geometries without texts."""
    wait: Callable[[str], None] = lambda _: None
    """Waits until the figures whose names begin so are in the folder, or will not be."""

    @cached_property
    def names(self) -> dict[str, str]:
        """Gives a short name for each finished run's key."""
        named = {each.run.key: each.name for each in self.prepared}
        return named | {each.run.key: each.name for each in self.bare}

    @cached_property
    def untrained(self) -> set[str]:
        """Gives the keys of the runs of untrained twins."""
        return {run.key for run in self.catalogue.runs if run.untrained}

    @property
    def noun(self) -> Noun:
        """Gives the word for the conditions of all runs."""
        return self.catalogue.noun

    @property
    def studied(self) -> bool:
        """Whether a run has the conditions of arXiv 2604.11050, all of them: its claims are about these alone."""
        return any(set(run.conditions) == set(STUDIED) for run in self.catalogue.finished if not run.untrained)

    @property
    def records(self) -> list[AnyRun]:
        """Lists every record, of geometries and of probes."""
        return [*self.catalogue.runs, *self.catalogue.bare, *self.catalogue.probes]

    def table(self, name: str) -> pd.DataFrame:
        """Gives a table, empty where there is none."""
        return self.tables[name].frame if name in self.tables else pd.DataFrame()

    def of_trained(self, name: str, key: str = "key") -> pd.DataFrame:
        """Gives a table's rows of trained runs; an empty table where there is none."""
        table = self.table(name)
        return table if table.empty else table[~table[key].isin(self.untrained)]

    def trained_pairs(self, name: str) -> tuple[pd.DataFrame, list[Part]]:
        """Gives a table's pairs of trained runs, and a sentence that counts those of untrained twins.

        Where all runs are untrained, it gives their pairs.
        """
        table, trained = self.table(name), self.of_trained(name, "key_a")
        if len(trained) == len(table) or (trained.empty and self.of_trained("runs").empty):
            return table, []
        n = len(table.loc[table["key_a"].isin(self.untrained), ["key_a", "key_b"]].drop_duplicates())
        return trained, [Text(f"Not shown: {number_of(n, 'pair')} of untrained twins, which are nulls ({name}.csv).")]

    def notes(self, name: str, rows: pd.DataFrame, column: str = "note") -> list[Sequence[Note]]:
        """Gives the notes of each of some rows of a table."""
        return self.tables[name].notes_of(rows, column)

    def shown(self, name: str, title: str, columns: Sequence[Column], why: str, command: str) -> list[Part]:
        """Shows a whole table, or says why it is empty and what would fill it."""
        table = self.table(name)
        return [Absent(why, command)] if table.empty else [sheet(table, title, name, columns)]

    def picture(self, file: str, title: str, of: Sheet | None = None) -> list[Part]:
        """Shows a figure of the folder with its table; nothing where it was not drawn."""
        self.wait(file.removesuffix(".png"))
        path = self.figures / file
        return [Picture(title, file, data_link(path.read_bytes(), "image/png"), of)] if path.is_file() else []

    def chart(self, name: str, title: str, spec: Mapping[str, Any], said: str, of: Sheet | None = None) -> list[Part]:
        """Shows a chart, and says which of its files are in the folder of figures.

        Args:
            name: of its files, without an ending.
            spec: the chart in Vega-Lite.
            said: what it shows, for those who do not see it.
            of: the table that it shows.
        """
        self.wait(name)
        files = [f"{name}{ending}" for ending in ENDINGS if (self.figures / f"{name}{ending}").is_file()]
        return [Chart(title, spec, said, files, of)]

    def drawn(self, name: str, title: str, said: str) -> list[Part]:
        """Shows a chart of the folder of figures; nothing where it was not drawn.

        Args:
            name, said: see `chart`.
        """
        self.wait(name)
        path = self.figures / f"{name}.vl.json"
        if not path.is_file():
            return []
        spec = json.loads(path.read_text(encoding="utf-8"))
        spec.pop("title", None)  # the page has its own
        return self.chart(name, title, spec, said)

    def pictures(self, prefix: str) -> list[Part]:
        """Shows every figure whose name begins with these letters, which also give its title."""
        self.wait(prefix)
        files = sorted(path.name for path in self.figures.glob(f"{prefix}*.png"))
        titles = [file.removesuffix(".png").replace("_", " ").capitalize() for file in files]
        return [part for file, title in zip(files, titles, strict=True) for part in self.picture(file, title)]
