"""Reads a store, writes tables and figures, prints what was found."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pandas as pd

from emogeo.analysis.all_tables import Draw, all_tables, chance_of, keeping, lone_steps, read_here, viewed
from emogeo.analysis.charts.chart import library, unchecked
from emogeo.analysis.comparing.chosen import choose
from emogeo.analysis.comparing.order import shared_order
from emogeo.analysis.comparing.paired import families, leaves_out
from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.drawing import FigureFolder, processes
from emogeo.analysis.export.rsatoolbox import export_rdms
from emogeo.analysis.export.wandb_run import track_analysis
from emogeo.analysis.figures.readout import write_readout_figures
from emogeo.analysis.figures.runs import MATRICES
from emogeo.analysis.figures.write import FigureWriter, drawn_runs
from emogeo.analysis.meanwhile import meanwhile
from emogeo.analysis.output import check_place, whole
from emogeo.analysis.records.catalogue import Catalogue, read_catalogue, refuse_empty
from emogeo.analysis.records.names import short_names
from emogeo.analysis.report.answer import answer
from emogeo.analysis.report.build import write_report
from emogeo.analysis.report.maps import write_first_map
from emogeo.analysis.report.material import Material
from emogeo.analysis.summary.summary import KEPT, KEPT_WIDTH, summary
from emogeo.analysis.tables.effects import Effect, effects_of
from emogeo.analysis.tables.frame import without_formulas, write_tables
from emogeo.analysis.tables.kept import NOTHING, Kept, prepare
from emogeo.analysis.tables.pairs import pair_matrix
from emogeo.analysis.tables.readout import (
    readout_runs,
)
from emogeo.analysis.tables.variance import RunDistances, distances_of
from emogeo.config.analyze import AnalyzeConfig, RecordSource
from emogeo.errors import GeometryError
from emogeo.machine import give_memory_back
from emogeo.stimuli.norm_files import read_norms
from emogeo.stimuli.norms import Norm
from emogeo.store.store import RUNS, Store
from emogeo.terminal import columns
from emogeo.tracking.pull import pull_runs

log = logging.getLogger(__name__)
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
    with _library() as vega:
        return _analyzed(config, output, norms, vega)


@contextmanager
def _library() -> Iterator[Callable[[], str]]:
    """Has the library of charts made while the store is read, and gives what waits for it.

    It goes through a file without a name: whoever hands so much over waits, with its memory, until it is taken.
    """
    name = "the library of charts"
    with TemporaryFile("w+", encoding="utf-8") as file, meanwhile({name: lambda: _write_library(file)}) as made:

        def wait() -> str:
            try:
                made[name]()
            except OSError:  # of a full disk
                return library()
            file.seek(0)
            return file.read()

        yield wait


def _write_library(file: IO[str]) -> None:
    file.write(library())
    file.flush()


def _analyzed(config: AnalyzeConfig, output: Path, norms: Sequence[Norm], vega: Callable[[], str]) -> Path:
    """Makes the analysis.

    Args:
        vega: gives the JavaScript that draws charts.
    """
    store = Store(config.store.path)
    pulled = pull_runs(config.tracking, config.runs, store) if config.source is RecordSource.wandb else None
    catalogue = read_catalogue(store, None if pulled is None else pulled.keys, config.conditions.rename)
    catalogue.left_out += pulled.left_out if pulled else []
    choose(catalogue, config.runs, config.store.path, tagged=pulled is None)
    halves = Kept(keeping(config), "halves")
    prepared = comparable(catalogue, store, config.seed, halves)
    bare = bare_of(catalogue)
    _say_what_is_left_out(prepared, config)
    with meanwhile(lone_steps(prepared, bare, config, norms)) as lone, whole(output) as folder, processes() as pool:
        effects, apart = _effects(prepared, config, halves)
        figures = FigureFolder(folder / "figures", Kept(keeping(config), "figures", _FIGURES), pool)
        draw = _drawing(prepared, effects, config, bare, figures)
        tables = all_tables(catalogue, prepared, effects, config, norms, bare, apart, draw, lone)
        frames = {name: table.frame for name, table in tables.items()}
        material = Material(tables, prepared, catalogue, figures.path, bare, figures.wait)
        _write_all(material, folder, figures, vega)
        figures.kept.write()
        account = partial(summary, material, effects, config.store.path, output)
        (folder / KEPT).write_text(account(KEPT_WIDTH, whole=True) + "\n", encoding="utf-8")
    print(account(columns()))
    if pulled is not None:
        track_analysis(config, output, pulled, frames)
    return output


def _effects(prepared: Sequence[PreparedRun], config: AnalyzeConfig, halves: Kept) -> tuple[list[Effect], RunDistances]:
    """Compares minimal pairs, and every two runs, over the conditions of the effects tables."""
    own, kept = viewed(read_here(prepared), config), Kept(keeping(config), "effects")
    _prepare(own, halves)
    found = effects_of(own, *chance_of(config), config.equivalence, kept), distances_of(own)
    kept.write()
    own.clear()
    give_memory_back()
    return found


def _prepare(own: Sequence[PreparedRun], halves: Kept) -> None:
    for each in own:
        with suppress(GeometryError):  # which each comparison of it says again
            prepare(each, halves)
    halves.write()


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
) -> Draw:
    """Gives what draws the figures of tables while others are made."""
    own = subjects([each for each in prepared if each.run.reread_of is None])
    order = shared_order([*prepared, *bare])
    writer = FigureWriter(drawn_runs(own, config.figures), effects, figures, order, config.equivalence, bare)
    return lambda tables: writer.draw({name: table.frame for name, table in tables.items()})


def _write_all(material: Material, folder: Path, figures: FigureFolder, vega: Callable[[], str]) -> None:
    """Writes tables, matrices, the figures of probes and of the answer, and the report."""
    prepared, bare = material.prepared, material.bare
    frames = {name: table.frame for name, table in material.tables.items()}
    written = figures.later("the writing of tables", partial(write_tables, frames, folder))
    own = subjects([each for each in prepared if each.run.reread_of is None])
    _write_matrices([*own, *bare], frames["pairs"], folder)
    export_rdms([*own, *bare], folder / "rdms.h5")
    write_readout_figures(readout_runs(material.catalogue.probes), figures)
    write_first_map(material, answer(material).pair, figures)
    with unchecked():
        write_report(folder / "report.html", material, vega)
    figures.finish()
    written()


def comparable(catalogue: Catalogue, store: Store, seed: int, kept: Kept = NOTHING) -> list[PreparedRun]:
    """Prepares the finished runs; one whose halves cannot be made is left out of the catalogue, by name.

    Args:
        kept: the reliabilities of earlier analyses.

    Raises:
        StoreError: no run is left.
    """
    finished, prepared = catalogue.finished, []
    for run, name in zip(finished, short_names([*finished, *catalogue.bare]), strict=False):
        own = PreparedRun(run, name, seed)
        try:
            prepare(own, kept)
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


def _write_matrices(own: Sequence[Compared], pairs: pd.DataFrame, output: Path) -> None:
    labels = [each.name for each in own]
    for column in MATRICES:
        matrix = pd.DataFrame(pair_matrix(own, pairs, column), index=pd.Index(labels, name="run"), columns=labels)
        without_formulas(matrix).to_csv(output / f"{column}_matrix.csv")
