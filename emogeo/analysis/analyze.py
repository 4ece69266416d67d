"""Reads a store, writes tables and figures, prints what was found."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from emogeo.analysis.comparing.prepared import Readied, View
from emogeo.analysis.export.rsatoolbox import export_rdms
from emogeo.analysis.export.wandb_run import track_analysis
from emogeo.analysis.figures import MATRICES, write_figures
from emogeo.analysis.records.catalogue import Catalogue, read_catalogue, short_names
from emogeo.analysis.report.build import write_report
from emogeo.analysis.report.summary import summary
from emogeo.analysis.tables.baselines import baselines_table, partials_table
from emogeo.analysis.tables.behaviour import (
    behaviour_geometry_table,
    behaviour_items_table,
    behaviour_relations,
    behaviour_table,
)
from emogeo.analysis.tables.claims import claims_table
from emogeo.analysis.tables.descriptors import by_layer_table, descriptors_table
from emogeo.analysis.tables.effects import effects_table
from emogeo.analysis.tables.frame import write_table
from emogeo.analysis.tables.pairs import pair_matrix, pairs_table
from emogeo.analysis.tables.relations import relations_table
from emogeo.analysis.tables.runs import runs_table
from emogeo.analysis.tables.steering import (
    steering_runs,
    steering_shifts_table,
    steering_table,
    steering_texts_table,
)
from emogeo.analysis.tables.universality import base_instruct_table, universality_table
from emogeo.analysis.tables.variance import cells_of, variance_table
from emogeo.config.schema import AnalyzeConfig, Conditions, EffectsConfig, RecordSource
from emogeo.figures.models import write_model_figures
from emogeo.geometry.options import NEUTRAL
from emogeo.stimuli.conditions import CONDITIONS
from emogeo.store.store import Store
from emogeo.tracking.pull import pull_runs

log = logging.getLogger(__name__)


def analyze(config: AnalyzeConfig) -> Path:
    """Compares every finished run with every other, and each with its baselines.

    Returns:
        The folder with the tables and figures.

    Raises:
        StoreError: an empty store.
        TrackingError: source=wandb, and the server or the runs are not there.
    """
    store = Store(config.store.path)
    pulled = pull_runs(config.tracking, config.runs, store) if config.source is RecordSource.wandb else None
    catalogue = read_catalogue(store, None if pulled is None else pulled.keys)
    catalogue.left_out += pulled.left_out if pulled else []
    finished, output = catalogue.finished, Path(config.output).expanduser()
    output.mkdir(parents=True, exist_ok=True)
    named = zip(finished, short_names(finished), strict=True)
    readied = [Readied(run, name, config.seed) for run, name in named]
    tables = all_tables(catalogue, readied, config)
    for name, table in tables.items():
        write_table(table, output, name)
    own = [ready for ready in readied if ready.run.twin is None]
    for column in MATRICES:
        matrix, labels = pair_matrix(own, tables["pairs"], column), [ready.name for ready in own]
        pd.DataFrame(matrix, index=pd.Index(labels, name="run"), columns=labels).to_csv(output / f"{column}_matrix.csv")
    write_figures(own, tables, output / "figures")
    write_model_figures(tables, output / "figures")
    export_rdms(own, output / "rdms.h5")
    write_report(output / "report.html", tables, readied, catalogue, output / "figures")
    print(summary(catalogue, {ready.run.key: ready.name for ready in readied}, tables, config.store.path, output))
    if pulled is not None:
        track_analysis(config, output, pulled, tables)
    return output


def all_tables(catalogue: Catalogue, readied: Sequence[Readied], config: AnalyzeConfig) -> dict[str, pd.DataFrame]:
    """Every table by its name."""
    chance = (config.permutations, config.seed)
    viewed = [replace(ready, view=view_of(config.effects)) for ready in readied]
    tables = {
        "runs": runs_table(catalogue.runs, readied),
        "pairs": pairs_table(readied, *chance),
        "baselines": baselines_table(readied, *chance),
        "partials": partials_table(readied),
        "effects": effects_table(viewed, *chance),
        "variance": variance_table(cells_of(viewed), *chance),
        "descriptors": descriptors_table(catalogue.runs, readied, *chance),
        "descriptors_by_layer": by_layer_table(readied),
    }
    tables |= _of_models(readied, tables) | _of_steering(catalogue) | _of_behaviour(catalogue, config.seed)
    beside = behaviour_geometry_table(tables["behaviour"], tables["universality"])
    relations = [
        relations_table(tables["universality"], tables["descriptors"], *chance),
        behaviour_relations(beside, tables["behaviour"], *chance),
    ]
    tables |= {"behaviour_geometry": beside, "relations": pd.concat(relations, ignore_index=True)}
    return tables | {"claims": claims_table(tables)}


def _of_models(readied: Sequence[Readied], tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {
        "universality": universality_table(readied, tables["pairs"], tables["partials"]),
        "base_instruct": base_instruct_table(readied, tables["pairs"], tables["descriptors"]),
    }


def _of_steering(catalogue: Catalogue) -> dict[str, pd.DataFrame]:
    runs = steering_runs(catalogue.probes)
    return {
        "steering": steering_table(runs),
        "steering_texts": steering_texts_table(runs),
        "steering_shifts": steering_shifts_table(runs),
    }


def _of_behaviour(catalogue: Catalogue, seed: int) -> dict[str, pd.DataFrame]:
    return {
        "behaviour": behaviour_table(catalogue, seed),
        "behaviour_items": behaviour_items_table(catalogue),
    }


def view_of(effects: EffectsConfig) -> View:
    """The conditions of the effects tables."""
    without = {NEUTRAL} if effects.conditions is Conditions.emotions else set()
    return View(tuple(condition for condition in CONDITIONS if condition not in without), effects.recentre)
