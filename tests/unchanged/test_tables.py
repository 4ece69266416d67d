"""Tables, and what figures show, are those of the first version, but for what CHANGELOG.md names.

On one machine they are equal byte by byte; another processor may round the last digits otherwise.

The first version computed `data/`: tables of a planted catalogue, and of a store of two real models read, reread,
written, replayed, steered, asked and refused.
"""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from emogeo.analysis import figures
from emogeo.analysis.analyze import all_tables
from emogeo.analysis.comparing.prepared import Readied
from emogeo.analysis.records.catalogue import read_catalogue, short_names
from emogeo.analysis.tables.baselines import baselines_table, partials_table
from emogeo.analysis.tables.effects import effects_table
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.analysis.tables.variance import cells_of, variance_table
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from emogeo.store.store import Store
from tests.planted_catalogue import Design, draw
from tests.unchanged.figure_inputs import shown

DATA = Path(__file__).parent / "data"
PERMUTATIONS = 200


def differences(tables: dict[str, pd.DataFrame], folder: Path) -> dict[str, str]:
    """Of tables that are not those of the first version, by name, where they differ."""
    found = {}
    for name, table in tables.items():
        first, now = ((folder / f"{name}.csv").read_text(), str(table.to_csv(index=False)))
        if first == now:
            continue
        try:
            pd.testing.assert_frame_equal(*(pd.read_csv(StringIO(text)) for text in (now, first)), rtol=1e-9)
        except AssertionError as error:
            found[name] = str(error)
    return found


def test_the_planted_catalogue() -> None:
    readied = draw(Design(0.5, 0.1, 0.5), 0)
    tables = {
        "pairs": pairs_table(readied, PERMUTATIONS, 0),
        "baselines": baselines_table(readied, PERMUTATIONS, 0),
        "partials": partials_table(readied),
        "effects": effects_table(readied, PERMUTATIONS, 0),
        "variance": variance_table(cells_of(readied), PERMUTATIONS, 0),
    }
    assert differences(tables, DATA / "planted") == {}


def test_a_store_of_real_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    catalogue = read_catalogue(Store(DATA / "store"))
    finished = catalogue.finished
    readied = [Readied(run, name, 0) for run, name in zip(finished, short_names(finished), strict=True)]
    config = AnalyzeConfig(store=StoreConfig(str(DATA / "store")), output=str(tmp_path), permutations=PERMUTATIONS)
    tables = all_tables(catalogue, readied, config)
    assert differences(tables, DATA / "real") == {}
    assert drawn(monkeypatch, readied, tables, tmp_path) == json.loads((DATA / "real" / "figures.json").read_text())


def drawn(
    monkeypatch: pytest.MonkeyPatch, readied: list[Readied], tables: dict[str, pd.DataFrame], folder: Path
) -> dict[str, Any]:
    """What every figure of an analysis shows, by its file."""
    from emogeo.figures import effects, models, plots

    for module in (effects, models, plots):
        monkeypatch.setattr(module, "png", lambda figure: json.dumps(shown(figure)).encode())
    own = [ready for ready in readied if ready.run.twin is None]
    figures.write_figures(own, tables, folder / "figures")
    models.write_model_figures(tables, folder / "figures")
    return {file.name: json.loads(file.read_bytes()) for file in (folder / "figures").glob("*.png")}
