"""Reads a store, writes tables and figures, prints what was found."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from emogeo.analysis.charts.chart import unchecked
from emogeo.analysis.comparing.chosen import choose
from emogeo.analysis.comparing.corpora import blocked_texts, read_corpora
from emogeo.analysis.comparing.paired import families, leaves_out
from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun, View
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.drawing import FigureFolder, processes
from emogeo.analysis.export.rsatoolbox import export_rdms
from emogeo.analysis.export.wandb_run import track_analysis
from emogeo.analysis.figures.readout import write_readout_figures
from emogeo.analysis.figures.runs import MATRICES
from emogeo.analysis.figures.write import FigureWriter, drawn_runs
from emogeo.analysis.output import check_place, whole
from emogeo.analysis.records.catalogue import Catalogue, read_catalogue, refuse_empty
from emogeo.analysis.records.names import short_names
from emogeo.analysis.report.answer import answer
from emogeo.analysis.report.build import write_report
from emogeo.analysis.report.maps import write_first_map
from emogeo.analysis.report.material import Material
from emogeo.analysis.summary.summary import KEPT, KEPT_WIDTH, summary
from emogeo.analysis.tables.about import about_table
from emogeo.analysis.tables.base_instruct import base_instruct_table
from emogeo.analysis.tables.baselines import baselines_table
from emogeo.analysis.tables.behaviour import behaviour_items_table, behaviour_table
from emogeo.analysis.tables.behaviour_geometry import behaviour_geometry_table, behaviour_relations
from emogeo.analysis.tables.beyond import Options, beyond_table
from emogeo.analysis.tables.claims import claims_table
from emogeo.analysis.tables.corpus import corpus_table
from emogeo.analysis.tables.decoding import decoding_tables
from emogeo.analysis.tables.depth import depth_tables
from emogeo.analysis.tables.descriptors import by_layer_table, descriptors_table
from emogeo.analysis.tables.effects import Effect, effects_of, effects_table
from emogeo.analysis.tables.evidence import evidence_of
from emogeo.analysis.tables.finetune import finetune_table
from emogeo.analysis.tables.frame import Table, stacked, without_formulas, write_table
from emogeo.analysis.tables.kept import Kept
from emogeo.analysis.tables.lens import lens_table
from emogeo.analysis.tables.map import map_tables
from emogeo.analysis.tables.measures import measures_tables
from emogeo.analysis.tables.overlap import overlap_tables
from emogeo.analysis.tables.pairs import pair_matrix, pairs_table
from emogeo.analysis.tables.rdm_differences import rdm_differences_table
from emogeo.analysis.tables.readout import (
    readout_confusion_table,
    readout_projections_table,
    readout_runs,
    readout_table,
    readout_texts_table,
)
from emogeo.analysis.tables.relations import relations_table
from emogeo.analysis.tables.runs import runs_table
from emogeo.analysis.tables.steering import (
    steering_runs,
    steering_shifts_table,
    steering_table,
    steering_texts_table,
)
from emogeo.analysis.tables.universality import universality_table
from emogeo.analysis.tables.variance import RunDistances, distances_of, variance_table
from emogeo.config.analyze import AnalyzeConfig, Conditions, EffectsConfig, RecordSource
from emogeo.errors import GeometryError
from emogeo.record.run import Run
from emogeo.stimuli.norm_files import read_norms
from emogeo.stimuli.norms import Norm
from emogeo.store.store import RUNS, Store
from emogeo.terminal import columns
from emogeo.tracking.pull import pull_runs

log = logging.getLogger(__name__)
_Step = Callable[[], Table | Mapping[str, Table]]
"""Makes a table, or several by name."""
_Draw = Callable[[Mapping[str, Table]], None]
"""Draws the figures of the tables that are made."""
_KEPT = ("beyond", "pairs", "about", "measures", "overlap", "decoding")
"""The tables whose rows are kept for the next analysis."""
_FIGURES = 100
"""How many figures of other analyses are kept."""


def analyze(config: AnalyzeConfig) -> Path:
    """Compares every finished run with every other, and each with its baselines.

    Returns:
        The folder with the tables and figures.

    Raises:
        ConfigError: an output where other files lie, or that cannot be written.
        StimuliError: norms that cannot be read.
        StoreError: an empty store.
        TrackingError: source=wandb, and the server or the runs are not there.
    """
    output = Path(config.output).expanduser()
    check_place(output)
    norms = read_norms(config.norms)
    store = Store(config.store.path)
    pulled = pull_runs(config.tracking, config.runs, store) if config.source is RecordSource.wandb else None
    catalogue = read_catalogue(store, None if pulled is None else pulled.keys, config.conditions.rename)
    catalogue.left_out += pulled.left_out if pulled else []
    choose(catalogue, config.runs, config.store.path, tagged=pulled is None)
    prepared = comparable(catalogue, store, config.seed)
    bare = bare_of(catalogue)
    _say_what_is_left_out(prepared, config)
    with whole(output) as folder, processes() as pool:
        own = viewed(read_here(prepared), config)
        effects, apart = effects_of(own, *_chance(config), config.equivalence), distances_of(own)
        del own  # their products, which nothing else is made of
        figures = FigureFolder(folder / "figures", Kept(_keeping(config), "figures", _FIGURES), pool)
        draw = _drawing(prepared, effects, config, bare, figures)
        tables = all_tables(catalogue, prepared, effects, config, norms, bare, apart, draw)
        frames = {name: table.frame for name, table in tables.items()}
        material = Material(tables, prepared, catalogue, figures.path, bare)
        _write_all(material, folder, figures)
        figures.kept.write()
        account = partial(summary, material, effects, config.store.path, output)
        (folder / KEPT).write_text(account(KEPT_WIDTH, whole=True) + "\n", encoding="utf-8")
    print(account(columns()))
    if pulled is not None:
        track_analysis(config, output, pulled, frames)
    return output


def _say_what_is_left_out(prepared: Sequence[PreparedRun], config: AnalyzeConfig) -> None:
    """Says which comparisons and figures of many runs are not made, and what to type for them."""
    own = [each for each in prepared if each.run.reread_of is None and not each.run.untrained]
    if leaves_out(prepared, config.pairs):
        some, every = len(families(prepared, config.pairs)[0]), len(own) * (len(own) - 1) // 2
        log.info("%d of %d pairs of runs are compared: comparable ones, and those one parameter apart.", some, every)
        log.info("pairs=all compares every two.")
    drawn = drawn_runs(own, config.figures)
    if len(drawn) < len(own):
        log.info("%d of %d runs are drawn. figures=all draws all of them.", len(drawn), len(own))


def _drawing(
    prepared: Sequence[PreparedRun],
    effects: Sequence[Effect],
    config: AnalyzeConfig,
    bare: Sequence[PreparedBare],
    figures: FigureFolder,
) -> _Draw:
    """Gives what draws the figures of tables while others are made."""
    own = subjects([each for each in prepared if each.run.reread_of is None])
    writer = FigureWriter(drawn_runs(own, config.figures), effects, figures, config.equivalence, bare)
    return lambda tables: writer.draw({name: table.frame for name, table in tables.items()})


def _write_all(material: Material, folder: Path, figures: FigureFolder) -> None:
    """Writes tables, matrices, the figures of probes and of the answer, and the report."""
    prepared, bare = material.prepared, material.bare
    for name, table in material.tables.items():
        write_table(table, folder, name)
    frames = {name: table.frame for name, table in material.tables.items()}
    own = subjects([each for each in prepared if each.run.reread_of is None])
    _write_matrices([*own, *bare], frames["pairs"], folder)
    export_rdms([*own, *bare], folder / "rdms.h5")
    write_readout_figures(readout_runs(material.catalogue.probes), figures)
    write_first_map(material, answer(material).pair, figures)
    figures.finish()
    with unchecked():
        write_report(folder / "report.html", material.tables, prepared, material.catalogue, figures.path, bare)


def comparable(catalogue: Catalogue, store: Store, seed: int) -> list[PreparedRun]:
    """Prepares the finished runs; one whose halves cannot be made is left out of the catalogue, by name.

    Raises:
        StoreError: no run is left.
    """
    finished, prepared = catalogue.finished, []
    for run, name in zip(finished, short_names([*finished, *catalogue.bare]), strict=False):
        own = PreparedRun(run, name, seed)
        try:
            own.halves.prepare()
        except GeometryError as error:
            catalogue.runs = [other for other in catalogue.runs if other is not run]
            catalogue.left_out.append(f"{store.folder(RUNS, run.key)}: {error}")
        else:
            prepared.append(own)
    refuse_empty(catalogue, store)
    return prepared


def bare_of(catalogue: Catalogue) -> list[PreparedBare]:
    """Names the imported geometries without texts, among all runs."""
    names = short_names([*catalogue.finished, *catalogue.bare])[len(catalogue.finished) :]
    return [PreparedBare(run, name) for run, name in zip(catalogue.bare, names, strict=True)]


def read_here(prepared: Sequence[PreparedRun]) -> list[PreparedRun]:
    """Leaves out imported states: how their texts were read is not known, so they differ in more than one factor."""
    return [each for each in prepared if each.run.record.imported is None]


def _write_matrices(own: Sequence[Compared], pairs: pd.DataFrame, output: Path) -> None:
    labels = [each.name for each in own]
    for column in MATRICES:
        matrix = pd.DataFrame(pair_matrix(own, pairs, column), index=pd.Index(labels, name="run"), columns=labels)
        without_formulas(matrix).to_csv(output / f"{column}_matrix.csv")


def all_tables(
    catalogue: Catalogue,
    prepared: Sequence[PreparedRun],
    effects: Sequence[Effect],
    config: AnalyzeConfig,
    norms: Sequence[Norm] = (),
    bare: Sequence[PreparedBare] = (),
    apart: RunDistances | None = None,
    draw: _Draw = lambda _: None,
) -> dict[str, Table]:
    """Makes every table, by its name.

    Args:
        norms: those of the user's own.
        apart: distances that are known.
        draw: is called before the first and after each.
    """
    kept = {name: Kept(_keeping(config), name) for name in _KEPT}
    tables: dict[str, Table] = {}
    steps: dict[str, _Step] = {
        **_of_runs(tables, prepared, config, kept, norms, bare),
        "effects": lambda: effects_table(effects),
        "variance": lambda: variance_table(
            apart or distances_of(viewed(read_here(prepared), config)), *_chance(config)
        ),
        "runs": lambda: runs_table(catalogue.runs, prepared, catalogue.bare),
        "descriptors": lambda: descriptors_table(catalogue.runs, prepared, *_chance(config)),
        "models": lambda: _of_models(read_here(prepared), tables, config),
        "probes": lambda: _of_steering(catalogue) | _of_behaviour(catalogue, config.seed) | _of_readout(catalogue),
        "relations": lambda: _relations(tables, config),
    }
    draw(tables)
    with tqdm(steps, desc="analysis", unit="table", disable=None) as bar:
        for name in bar:
            bar.set_postfix_str(name)
            made = steps[name]()
            tables |= made if isinstance(made, Mapping) else {name: made}
            draw(tables)
    for own in kept.values():
        own.write()
    read = [run for run in catalogue.runs if run.record.imported is None]
    return tables | {"claims": claims_table(evidence_of(tables, effects, read))}


def _of_runs(
    tables: Mapping[str, Table],
    prepared: Sequence[PreparedRun],
    config: AnalyzeConfig,
    kept: Mapping[str, Kept],
    norms: Sequence[Norm],
    bare: Sequence[PreparedBare],
) -> dict[str, _Step]:
    """Gives what makes the tables of runs and of pairs of runs, in order: one or several tables each."""
    chance, store, which = _chance(config), Store(config.store.path), config.pairs
    corpora, options = read_corpora(prepared), Options(*chance, which)
    return {
        "corpus": lambda: corpus_table(corpora),
        "map": lambda: map_tables(prepared, config.seed, bare, norms, config.map.axes),
        "beyond": lambda: beyond_table(prepared, blocked_texts(corpora), options, kept["beyond"]),
        "pairs": lambda: pairs_table(
            prepared, *chance, tables["beyond"].frame, config.equivalence, bare, which, kept["pairs"]
        ),
        "baselines": lambda: baselines_table(prepared, *chance, norms),
        "rdm_differences": lambda: rdm_differences_table(prepared, config.seed),
        "about": lambda: about_table(prepared, *chance, norms, bare, kept["about"]),
        "lens": lambda: lens_table(prepared),
        "measures": lambda: measures_tables(prepared, which, kept["measures"]),
        "overlap": lambda: overlap_tables(prepared, which, kept["overlap"]),
        "descriptors_by_layer": lambda: by_layer_table(prepared),
        "depth": lambda: depth_tables(prepared, bare, store, *chance),
        "decoding": lambda: decoding_tables(prepared, bare, store, *chance, kept["decoding"]),
    }


def _relations(tables: Mapping[str, Table], config: AnalyzeConfig) -> dict[str, Table]:
    universality, behaviour = tables["universality"].frame, tables["behaviour"].frame
    beside = behaviour_geometry_table(behaviour, universality)
    relations = [
        relations_table(universality, tables["descriptors"].frame, *_chance(config)),
        behaviour_relations(beside.frame, behaviour, *_chance(config)),
    ]
    return {"behaviour_geometry": beside, "relations": stacked(relations)}


def _keeping(config: AnalyzeConfig) -> Path | None:
    """Gives the store where rows are kept for the next analysis; None where conditions have other names than there."""
    return None if config.conditions.rename else Path(config.store.path).expanduser()


def _chance(config: AnalyzeConfig) -> tuple[int, int]:
    return config.permutations, config.seed


def _of_models(prepared: Sequence[PreparedRun], tables: Mapping[str, Table], config: AnalyzeConfig) -> dict[str, Table]:
    pairs = tables["pairs"].frame
    return {
        "universality": universality_table(prepared, pairs),
        "base_instruct": base_instruct_table(prepared, pairs, tables["descriptors"].frame),
        "finetune": finetune_table(prepared, Store(config.store.path), config.equivalence),
    }


def _of_steering(catalogue: Catalogue) -> dict[str, Table]:
    runs = steering_runs(catalogue.probes)
    return {
        "steering": steering_table(runs),
        "steering_texts": steering_texts_table(runs),
        "steering_shifts": steering_shifts_table(runs),
    }


def _of_readout(catalogue: Catalogue) -> dict[str, Table]:
    runs = readout_runs(catalogue.probes)
    return {
        "readout": readout_table(runs),
        "readout_texts": readout_texts_table(runs),
        "readout_projections": readout_projections_table(runs),
        "readout_confusion": readout_confusion_table(runs),
    }


def _of_behaviour(catalogue: Catalogue, seed: int) -> dict[str, Table]:
    return {
        "behaviour": behaviour_table(catalogue, seed),
        "behaviour_items": behaviour_items_table(catalogue),
    }


def viewed(prepared: Sequence[PreparedRun], config: AnalyzeConfig) -> list[PreparedRun]:
    """Restricts runs to the conditions of the effects tables."""
    return [replace(each, view=view_of(each.run, config.effects)) for each in prepared]


def view_of(run: Run, effects: EffectsConfig) -> View:
    """Gives the conditions of a run in the effects tables."""
    if effects.conditions is not Conditions.emotions:
        return View(recentre=effects.recentre)
    neutral = run.config.stimuli.neutral
    return View(tuple(condition for condition in run.conditions if condition != neutral), effects.recentre)
