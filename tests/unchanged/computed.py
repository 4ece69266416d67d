"""What an analysis of the planted catalogue, and of the store of the first version, gives now."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from emogeo.analysis import drawing
from emogeo.analysis.all_tables import all_tables, viewed
from emogeo.analysis.comparing.order import shared_order
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.effects import write_effect_figures
from emogeo.analysis.figures.write import FigureWriter
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.records.names import short_names
from emogeo.analysis.tables.baselines import baselines_table
from emogeo.analysis.tables.beyond import Options, beyond_table
from emogeo.analysis.tables.effects import effects_of, effects_table
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.analysis.tables.variance import distances_of, variance_table
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from emogeo.figures import curves, effects, halves, matrices, measures, models, overlap
from emogeo.store.store import Store
from tests.planted_catalogue import Design, draw
from tests.unchanged.figure_inputs import shown

DATA = Path(__file__).parent / "data"
_PERMUTATIONS, _PICTURE = 200, b"\x89PNG"


@dataclass(frozen=True)
class Computed:
    """Tables as CSV and what figures show, by name."""

    name: str
    tables: dict[str, str]
    figures: dict[str, Any]


def planted() -> Computed:
    """The published design with enough units, its geometries planted."""
    runs = draw(Design(0.5, 0.1, 0.5), 0)
    found = effects_of(runs, _PERMUTATIONS, 0)
    tables = {
        "pairs": pairs_table(runs, _PERMUTATIONS, 0),
        "baselines": baselines_table(runs, _PERMUTATIONS, 0),
        "beyond": beyond_table(runs, {}, Options(_PERMUTATIONS, 0)),
        "effects": effects_table(found),
        "variance": variance_table(distances_of(runs), _PERMUTATIONS, 0),
    }
    with _figures() as folder:
        write_effect_figures(found, tables["variance"].frame, FigureFolder(folder))
        return Computed("planted", _csv(tables), _read(folder))


def real() -> Computed:
    """Two real models, as the first version has recorded them; of a copy, since an analysis keeps rows in its store."""
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(DATA / "store", Path(copy) / "store")
        return _real(Path(copy))


def _real(data: Path) -> Computed:
    catalogue = read_catalogue(Store(data / "store"))
    finished = catalogue.finished
    runs = [PreparedRun(run, name, 0) for run, name in zip(finished, short_names(finished), strict=True)]
    config = AnalyzeConfig(store=StoreConfig(str(data / "store")), output="", permutations=_PERMUTATIONS)
    found = effects_of(viewed(runs, config), _PERMUTATIONS, 0)
    tables = all_tables(catalogue, runs, found, config)
    own: Sequence[PreparedRun] = [run for run in runs if run.run.reread_of is None]
    with _figures() as folder:
        FigureWriter(own, found, FigureFolder(folder), shared_order(own)).draw(
            {name: table.frame for name, table in tables.items()}
        )
        return Computed("real", _csv(tables, data), _read(folder))


def _csv(tables: dict[str, Table], data: Path = DATA) -> dict[str, str]:
    """Tables as CSV, wherever their data lie: commands in them name the store."""
    return {name: str(table.frame.to_csv(index=False)).replace(str(data), "data") for name, table in tables.items()}


@contextmanager
def _figures() -> Iterator[Path]:
    """A folder into which figures write what they show instead of their picture; charts, which show tables, nothing."""
    patches = [
        patch.object(module, "png", lambda figure: json.dumps(shown(figure)).encode())
        for module in (curves, effects, halves, matrices, measures, models, overlap)
    ]
    patches += [patch.object(module, "write_chart", lambda *_: None) for module in (drawing,)]
    with tempfile.TemporaryDirectory() as folder:
        for own in patches:
            own.start()
        try:
            yield Path(folder)
        finally:
            for own in patches:
                own.stop()


def _read(folder: Path) -> dict[str, Any]:
    """Gives what figures show; charts of Vega-Lite are pictures, and left aside."""
    found = {file.stem: file.read_bytes() for file in sorted(folder.glob("*.png"))}
    return {name: json.loads(content) for name, content in found.items() if not content.startswith(_PICTURE)}
