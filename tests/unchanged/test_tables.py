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

from emogeo.analysis.analyze import all_tables, viewed
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.figures.write import write_figures
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.records.names import short_names
from emogeo.analysis.tables.baselines import baselines_table
from emogeo.analysis.tables.claims import Evidence, _bias, _method, _precision, _sub_parameters
from emogeo.analysis.tables.effects import Effect, effects_of, effects_table
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.analysis.tables.partials import partials_table
from emogeo.analysis.tables.variance import cells_of, variance_table
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from emogeo.store.store import Store
from tests.planted_catalogue import Design, draw
from tests.unchanged.figure_inputs import shown

DATA = Path(__file__).parent / "data"
PERMUTATIONS = 200


def differences(tables: dict[str, Table], folder: Path) -> dict[str, str]:
    """Of tables that are not those of the first version, by name, where they differ."""
    found = {}
    for name, table in tables.items():
        first, now = ((folder / f"{name}.csv").read_text(), str(table.frame.to_csv(index=False)))
        if first == now:
            continue
        try:
            pd.testing.assert_frame_equal(*(pd.read_csv(StringIO(text)) for text in (now, first)), rtol=1e-9)
        except AssertionError as error:
            found[name] = str(error)
    return found


def test_the_planted_catalogue() -> None:
    prepared = draw(Design(0.5, 0.1, 0.5), 0)
    effects = effects_of(prepared, PERMUTATIONS, 0)
    tables = {
        "pairs": pairs_table(prepared, PERMUTATIONS, 0),
        "baselines": baselines_table(prepared, PERMUTATIONS, 0),
        "partials": partials_table(prepared),
        "effects": effects_table(effects),
        "variance": variance_table(cells_of(prepared), PERMUTATIONS, 0),
    }
    assert differences(tables, DATA / "planted") == {}
    none = pd.DataFrame()
    evidence = Evidence(none, none, none, none, effects)
    verdicts = {judge.__name__: judge(evidence) for judge in (_method, _sub_parameters, _precision, _bias)}
    claims = {name: [verdict.verdict, verdict.note] for name, verdict in verdicts.items()}
    assert claims == json.loads((DATA / "planted" / "claims.json").read_text())


def test_a_store_of_real_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    catalogue = read_catalogue(Store(DATA / "store"))
    finished = catalogue.finished
    prepared = [PreparedRun(run, name, 0) for run, name in zip(finished, short_names(finished), strict=True)]
    config = AnalyzeConfig(store=StoreConfig(str(DATA / "store")), output=str(tmp_path), permutations=PERMUTATIONS)
    effects = effects_of(viewed(prepared, config), PERMUTATIONS, 0)
    tables = all_tables(catalogue, prepared, effects, config)
    assert differences(tables, DATA / "real") == {}
    assert drawn(monkeypatch, prepared, tables, effects, tmp_path) == json.loads(
        (DATA / "real" / "figures.json").read_text()
    )


def drawn(
    monkeypatch: pytest.MonkeyPatch,
    prepared: list[PreparedRun],
    tables: dict[str, Table],
    effects: list[Effect],
    folder: Path,
) -> dict[str, Any]:
    """What every figure of an analysis shows, by its file."""
    from emogeo.figures import curves, halves, matrices, models
    from emogeo.figures import effects as of_effects

    for module in (curves, halves, matrices, models, of_effects):
        monkeypatch.setattr(module, "png", lambda figure: json.dumps(shown(figure)).encode())
    own = [ready for ready in prepared if ready.run.reread_of is None]
    write_figures(own, {name: table.frame for name, table in tables.items()}, effects, folder / "figures")
    return {file.name: json.loads(file.read_bytes()) for file in (folder / "figures").glob("*.png")}
