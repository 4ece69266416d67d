"""Makes every table of an analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from tqdm import tqdm

from emogeo.analysis.comparing.corpora import blocked_texts, read_corpora
from emogeo.analysis.comparing.prepared import PreparedBare, PreparedRun, View
from emogeo.analysis.records.catalogue import Catalogue
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
from emogeo.analysis.tables.effects import Effect, effects_table
from emogeo.analysis.tables.evidence import evidence_of
from emogeo.analysis.tables.finetune import finetune_table
from emogeo.analysis.tables.frame import Table, stacked
from emogeo.analysis.tables.kept import Kept, dependence_of_run
from emogeo.analysis.tables.lens import lens_table
from emogeo.analysis.tables.map import map_tables
from emogeo.analysis.tables.measures import measures_tables
from emogeo.analysis.tables.overlap import overlap_tables
from emogeo.analysis.tables.pairs import pairs_table
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
from emogeo.config.analyze import AnalyzeConfig, Conditions, EffectsConfig
from emogeo.machine import give_memory_back
from emogeo.record.run import Run
from emogeo.stimuli.norms import Norm
from emogeo.store.store import Store

Step = Callable[[], Table | Mapping[str, Table]]
"""Makes a table, or several by name."""
Draw = Callable[[Mapping[str, Table]], None]
"""Draws the figures of the tables that are made."""
_KEPT = ("corpus", "beyond", "pairs", "about", "baselines", "descriptors")
"""The tables whose rows are kept for the next analysis, beside effects and those of `lone_steps`."""
_GRIDS = 100
"""How many comparisons over depth of other analyses are kept: each takes hundreds of kB."""


def all_tables(
    catalogue: Catalogue,
    prepared: Sequence[PreparedRun],
    effects: Sequence[Effect],
    config: AnalyzeConfig,
    norms: Sequence[Norm] = (),
    bare: Sequence[PreparedBare] = (),
    apart: RunDistances | None = None,
    draw: Draw = lambda _: None,
    lone: Mapping[str, Step] | None = None,
) -> dict[str, Table]:
    """Makes every table, by its name.

    Args:
        norms: those of the user's own.
        apart: distances that are known.
        draw: is called before the first and after each.
        lone: what waits for the tables of `lone_steps`, where they are being made already.
    """
    kept = {name: Kept(keeping(config), name) for name in _KEPT}
    kept["depth"] = Kept(keeping(config), "depth", _GRIDS)
    tables: dict[str, Table] = {}
    steps: dict[str, Step] = {
        **_of_runs(tables, prepared, config, kept, norms, bare),
        "effects": lambda: effects_table(effects),
        "variance": lambda: variance_table(
            apart or distances_of(viewed(read_here(prepared), config)), *chance_of(config)
        ),
        "runs": lambda: runs_table(catalogue.runs, prepared, catalogue.bare),
        "descriptors": lambda: descriptors_table(catalogue.runs, prepared, *chance_of(config), kept["descriptors"]),
        "models": lambda: _of_models(read_here(prepared), tables, config),
        "probes": lambda: _of_steering(catalogue) | _of_behaviour(catalogue, config.seed) | _of_readout(catalogue),
        "relations": lambda: _relations(tables, config),
        **(lone or lone_steps(prepared, bare, config, norms)),
    }
    draw(tables)
    with tqdm(steps, desc="analysis", unit="table", disable=None) as bar:
        for name in bar:
            bar.set_postfix_str(name)
            made = steps[name]()
            tables |= made if isinstance(made, Mapping) else {name: made}
            if name in kept:
                kept[name].write()
            draw(tables)
            give_memory_back()
    read = [run for run in catalogue.runs if run.record.imported is None]
    return tables | {"claims": claims_table(evidence_of(tables, effects, read))}


def lone_steps(
    prepared: Sequence[PreparedRun],
    bare: Sequence[PreparedBare],
    config: AnalyzeConfig,
    norms: Sequence[Norm] = (),
) -> dict[str, Step]:
    """Gives what makes the tables that take long and neither need others nor are needed by them.

    Figures of maps are drawn last, after those of the tables that are made meanwhile.
    """
    store, which = Store(config.store.path), config.pairs

    def keeping_rows(name: str, make: Callable[[Kept], Mapping[str, Table]]) -> Step:
        def made() -> Mapping[str, Table]:
            kept = Kept(keeping(config), name)
            tables = make(kept)
            kept.write()
            return tables

        return made

    steps: dict[str, Callable[[Kept], Mapping[str, Table]]] = {
        "measures": lambda kept: measures_tables(prepared, which, kept),
        "overlap": lambda kept: overlap_tables(prepared, which, kept),
        "decoding": lambda kept: decoding_tables(prepared, bare, store, *chance_of(config), kept),
        "map": lambda kept: map_tables(prepared, config.seed, bare, norms, config.map.axes, kept),
    }
    return {name: keeping_rows(name, make) for name, make in steps.items()}


def _of_runs(
    tables: Mapping[str, Table],
    prepared: Sequence[PreparedRun],
    config: AnalyzeConfig,
    kept: Mapping[str, Kept],
    norms: Sequence[Norm],
    bare: Sequence[PreparedBare],
) -> dict[str, Step]:
    """Gives what makes the tables of runs and of pairs of runs, in order: one or several tables each."""
    chance, store, which = chance_of(config), Store(config.store.path), config.pairs
    corpora, options = read_corpora(prepared, partial(dependence_of_run, kept["corpus"])), Options(*chance, which)
    return {
        "corpus": lambda: corpus_table(corpora),
        "beyond": lambda: beyond_table(prepared, blocked_texts(corpora), options, kept["beyond"]),
        "pairs": lambda: pairs_table(
            prepared, *chance, tables["beyond"].frame, config.equivalence, bare, which, kept["pairs"]
        ),
        "baselines": lambda: baselines_table(prepared, *chance, norms, kept["baselines"]),
        "rdm_differences": lambda: rdm_differences_table(prepared, config.seed),
        "about": lambda: about_table(prepared, *chance, norms, bare, kept["about"]),
        "lens": lambda: lens_table(prepared),
        "descriptors_by_layer": lambda: by_layer_table(prepared),
        "depth": lambda: depth_tables(prepared, bare, store, *chance, kept["depth"]),
    }


def _relations(tables: Mapping[str, Table], config: AnalyzeConfig) -> dict[str, Table]:
    universality, behaviour = tables["universality"].frame, tables["behaviour"].frame
    beside = behaviour_geometry_table(behaviour, universality)
    relations = [
        relations_table(universality, tables["descriptors"].frame, *chance_of(config)),
        behaviour_relations(beside.frame, behaviour, *chance_of(config)),
    ]
    return {"behaviour_geometry": beside, "relations": stacked(relations)}


def keeping(config: AnalyzeConfig) -> Path | None:
    """Gives the store where rows are kept for the next analysis; None where conditions have other names than there."""
    return None if config.conditions.rename else Path(config.store.path).expanduser()


def chance_of(config: AnalyzeConfig) -> tuple[int, int]:
    """Gives the number of relabellings, and the seed that they are drawn with."""
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
    return [each.viewed(view_of(each.run, config.effects)) for each in prepared]


def view_of(run: Run, effects: EffectsConfig) -> View:
    """Gives the conditions of a run in the effects tables."""
    if effects.conditions is not Conditions.emotions:
        return View(recentre=effects.recentre)
    neutral = run.config.stimuli.neutral
    return View(tuple(condition for condition in run.conditions if condition != neutral), effects.recentre)


def read_here(prepared: Sequence[PreparedRun]) -> list[PreparedRun]:
    """Leaves out imported states: how their texts were read is not known, so they differ in more than one factor."""
    return [each for each in prepared if each.run.record.imported is None]
