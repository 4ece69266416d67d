"""The folder of figures is of one analysis alone."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from emogeo.analysis.charts.chart import COLUMN_ENDING, ENDINGS
from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.comparing.order import shared_order
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.write import ALL_OF, OF_MANY, FigureWriter, drawn_runs, of_drawn
from emogeo.analysis.tables.about import ABOUT_COLUMNS
from emogeo.analysis.tables.decoding import decoding_tables
from emogeo.analysis.tables.depth import GRID_COLUMNS
from emogeo.analysis.tables.finetune import FINETUNE_COLUMNS
from emogeo.analysis.tables.frame import typed
from emogeo.analysis.tables.map import map_tables
from emogeo.analysis.tables.measures import MEASURE_COLUMNS
from emogeo.analysis.tables.overlap import STRATA_COLUMNS
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from emogeo.config.analyze import Figures
from emogeo.store.store import Store
from tests.analysis.comparing.test_paired import planted
from tests.analysis.planted_effects import effect
from tests.analysis.planted_models import PlantedModel, catalogue

PICTURES = (".pdf", ".png", ".svg")
WORDS = ["key_a", "key_b", "model_a", "model_b", "note"]


def test_every_kind_is_written_and_what_lay_there_before_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "rdm_of_another_analysis.png").write_bytes(b"old")
    (folder / "map_of_another_analysis.vl.json").write_text("{}")
    (folder / "notes.txt").write_text("mine")
    (ready,) = catalogue([PlantedModel("m", "m", "base", 1.0)])
    names = ("model_a", "model_b", "family_a", "family_b")
    alike = [("a", "b", "f", "f"), ("a", "c", "f", "g"), ("b", "c", "f", "g")]
    universality = pd.DataFrame(alike, columns=list(names)).assign(reading="r", rho=0.5, rho_star=[0.6, 0.7, 0.8])
    tables = {
        "pairs": typed([], PAIR_COLUMNS, WORDS).frame,
        "measures": typed([], MEASURE_COLUMNS, ["key_a", "key_b", "measure"]).frame,
        "variance": pd.DataFrame({"share": [np.nan]}),
        "universality": universality,
        "descriptors_by_layer": pd.DataFrame(),
        "steering_shifts": pd.DataFrame(),
        "about": typed([], ABOUT_COLUMNS, ["run", "predictor"]).frame,
        "overlap_strata": pd.DataFrame(columns=STRATA_COLUMNS),
        "finetune": pd.DataFrame(columns=FINETUNE_COLUMNS),
        "depth_grid": pd.DataFrame(columns=GRID_COLUMNS),
        **{name: table.frame for name, table in map_tables([ready], 0).items()},
        **{name: table.frame for name, table in decoding_tables([ready], [], Store(tmp_path), 9, 0).items()},
    }
    effects = [effect(Factor(EffectKind.sub_parameter, Contrast.all_writing), "m", rho=0.5, n_units=4)]
    FigureWriter([ready], effects, FigureFolder(folder), shared_order([ready])).draw(tables)
    drawn = [file.name for file in folder.iterdir() if not file.name.endswith(COLUMN_ENDING)]
    assert sorted(drawn) == [
        *(f"decoding_confusion{end}" for end in sorted(ENDINGS)),
        *(f"layers_of_effect{end}" for end in PICTURES),
        *(f"map_m-bf16_{ready.run.key[:8]}{end}" for end in sorted(ENDINGS)),
        "notes.txt",
        *(f"rdm_m-bf16_{ready.run.key[:8]}{end}" for end in PICTURES),
        *(f"reliability_by_layer{end}" for end in PICTURES),
        *(f"rho_matrix{end}" for end in PICTURES),
        *(f"rho_star_matrix{end}" for end in PICTURES),
        *(f"sub_parameters{end}" for end in PICTURES),
        *(f"tree_m-bf16_{ready.run.key[:8]}{end}" for end in sorted(ENDINGS)),
        *(f"universality_1{end}" for end in PICTURES),
    ]
    FigureWriter([], [], FigureFolder(folder), []).draw({**tables, "universality": universality.iloc[:0]})
    assert [file.name for file in folder.iterdir()] == ["notes.txt"]


def test_a_figure_is_drawn_once_as_soon_as_its_tables_are_there(tmp_path: Path) -> None:
    (ready,) = catalogue([PlantedModel("m", "m", "base", 1.0)])
    figures = FigureFolder(tmp_path)
    writer = FigureWriter([ready], [], figures, shared_order([ready]))
    drawn: list[list[str]] = []
    with patch.object(FigureFolder, "draw", lambda _, name, *__, **___: drawn[-1].append(name)):
        for tables in ({}, {"pairs": typed([], PAIR_COLUMNS, WORDS).frame}):
            for _ in range(2):
                drawn.append([])
                writer.draw(tables)
    rdm = f"rdm_m-bf16_{ready.run.key[:8]}"
    assert drawn == [["reliability_by_layer", rdm], [], ["agreement", "rho_matrix", "rho_star_matrix"], []]


def test_rows_of_runs_that_are_not_drawn_are_left_out() -> None:
    frame = pd.DataFrame({"key_a": ["a", "a", "t"], "key_b": ["b", "t", "u"]})
    assert list(of_drawn(frame, {"a", "b"})["key_b"]) == ["b"]
    assert list(of_drawn(pd.DataFrame({"key": ["a", "t"]}), {"a", "b"})["key"]) == ["a"]
    assert of_drawn(pd.DataFrame(), {"a"}).empty


def test_of_many_runs_those_are_drawn_that_most_models_have_in_common() -> None:
    few = planted()[:ALL_OF]
    assert drawn_runs(few) == few
    many = [each for each in planted() if each.name != "a last grand_mean"]
    assert drawn_runs(many, Figures.all) == many
    names = [each.name for each in drawn_runs(many)]
    assert len(names) == OF_MANY
    alike = [f"{model} last none" for model in "abcde"] + [f"{model} last neutral" for model in "abcde"]
    assert names == [each.name for each in many if each.name in {*alike, "a mean grand_mean", "b mean grand_mean"}]
