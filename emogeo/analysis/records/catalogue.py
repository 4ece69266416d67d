"""The runs of a store."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tqdm import tqdm

from emogeo.analysis.records.names import settings_of
from emogeo.errors import ConfigError, StoreError
from emogeo.installation import command
from emogeo.record.files import RDM, TEXTS
from emogeo.record.reading import read_run
from emogeo.record.renamed import renamed
from emogeo.record.run import BareRun, BehaviourRun, ReadoutRun, Run, SteeringRun
from emogeo.stimuli.conditions import Noun, noun_of
from emogeo.stimuli.messages import listed
from emogeo.store.later import FilesOnDisk
from emogeo.store.store import RUNS, Store
from emogeo.terminal import one_line

SHOW_PROGRESS = 60
"""The number of runs from which on a progress bar is shown."""
SHOWN = 30
"""The most conditions that an error lists."""


@dataclass
class Catalogue:
    """The runs whose records are whole, and what was left out and why."""

    runs: list[Run] = field(default_factory=list)
    """The runs that measure a geometry."""
    probes: list[SteeringRun | BehaviourRun | ReadoutRun] = field(default_factory=list)
    """The runs of steering, behaviour and readout."""
    left_out: list[str] = field(default_factory=list)
    bare: list[BareRun] = field(default_factory=list)
    """Imported vectors and RDMs whose texts are not known."""

    @property
    def finished(self) -> list[Run]:
        return [run for run in self.runs if run.finished]

    @property
    def noun(self) -> Noun:
        """The word for the conditions of all runs: of every text that was read, and of every vector that steered."""
        read = (run.record.emotions for run in self.runs)
        steered = (run.result.words for run in self.probes if isinstance(run, SteeringRun) and run.finished)
        imported = (run.conditions for run in self.bare)
        return noun_of({condition for own in (*read, *steered, *imported) for condition in own})


def read_catalogue(
    store: Store, only: Collection[str] | None = None, rename: Mapping[str, str] | None = None
) -> Catalogue:
    """Reads every run of a store, in a fixed order (model, then what else tells runs apart, then key).

    A record whose parts do not fit together is left out, with the file and the field that are wrong.

    Args:
        only: keys of the runs to read; None for all.
        rename: other names of conditions.

    Raises:
        StoreError: a store without a single run.
        ConfigError: names of conditions that no run has, or two conditions of one run that would be one.
    """
    catalogue, texts = Catalogue(), dict[bytes, bytes]()
    keys = [key for key in store.keys(RUNS) if only is None or key in only]
    for key in tqdm(keys, desc="reading", unit="run", disable=len(keys) < SHOW_PROGRESS or None):
        _add(catalogue, store, key, texts)
    refuse_empty(catalogue, store)
    if rename:
        _rename(catalogue, rename)
    catalogue.probes.sort(key=lambda run: (run.record.mode.value, run.model, run.record.precision, run.key))
    catalogue.bare.sort(key=lambda run: (run.record.title, run.key))
    catalogue.runs.sort(key=lambda run: (run.model, *settings_of(run).values(), run.reread_of is not None, run.key))
    return catalogue


def refuse_empty(catalogue: Catalogue, store: Store) -> None:
    """Says what was left out and what to type where there is no run to analyse.

    Raises:
        StoreError: that.
    """
    if not (catalogue.runs or catalogue.bare or catalogue.probes):
        broken = "".join(f" Left out: {reason}" for reason in catalogue.left_out)
        raise StoreError(
            f"{store.path} holds no whole run.{broken} Run `{command('train')}` first, or give store.path=FOLDER."
        )


def _rename(catalogue: Catalogue, rename: Mapping[str, str]) -> None:
    runs: list[Run | BareRun] = [*catalogue.finished, *catalogue.bare]
    conditions = {name for run in runs for name in run.conditions}
    unknown = sorted(set(rename) - conditions)
    if unknown:
        raise ConfigError(
            f"conditions.rename: no run has a condition {unknown[0]!r}. There are {listed(sorted(conditions), SHOWN)}."
        )
    catalogue.runs = [renamed(run, rename) if run.finished else run for run in catalogue.runs]
    catalogue.bare = [renamed(run, rename) for run in catalogue.bare]


def _add(catalogue: Catalogue, store: Store, key: str, texts: dict[bytes, bytes]) -> None:
    """Adds a run, of which a geometry's states stay on the disk, and texts that others have read too are held once."""
    try:
        run = read_run(store, key)
    except StoreError as error:
        catalogue.left_out.append(one_line(str(error)))
        return
    if isinstance(run, Run):
        held = {name: texts.setdefault(own, own) for name, own in run.files.items() if name in (TEXTS, RDM)}
        catalogue.runs.append(Run(run.record, FilesOnDisk(store, RUNS, key, run.files, held)))
    elif isinstance(run, BareRun):
        catalogue.bare.append(run)
    else:
        catalogue.probes.append(run)
