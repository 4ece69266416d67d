"""The runs that an analysis is about, with the twins and rereads that belong to them."""

from __future__ import annotations

import logging
from dataclasses import replace

from emogeo.analysis.comparing.twins import twins_of
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.config.analyze import RunsConfig
from emogeo.errors import StoreError
from emogeo.record.chosen import TRIAL, Facts, as_typed, facts_of, is_filtered, nothing_suits, on_trial, strays, suits

log = logging.getLogger(__name__)


def choose(catalogue: Catalogue, wanted: RunsConfig, where: str, tagged: bool = True) -> None:
    """Leaves the runs that are meant; untrained twins and rereads of these stay, unless they are left out by name.

    A warning names what was typed in a filter and fits none of them.

    Args:
        where: the store, for the message.
        tagged: whether groups and tags are those of the records; False where they were asked for on W&B.

    Raises:
        StoreError: no run is meant; says what there is.
    """
    facts = _facts(catalogue)
    if not tagged:
        wanted = replace(wanted, group=None, tags=[])
        facts = {key: replace(own, group=None, tags=()) for key, own in facts.items()}
    trials = {key for key, own in facts.items() if on_trial(own, wanted)}
    meant = {key for key, own in facts.items() if suits(own, wanted)}
    if not meant:
        raise StoreError(nothing_suits(list(facts.values()), wanted, where))
    if absent := as_typed(strays([facts[key] for key in meant], wanted)):
        log.warning("none of the runs that are meant fits %s", " or ".join(absent.values()))
    if is_filtered(wanted):
        meant |= _beside(catalogue, meant, wanted) - trials
    _keep(catalogue, meant)
    if trials:
        said = f"runs with the tag {TRIAL}, {len(trials)} of them; type runs.tags={TRIAL} to analyse them"
        catalogue.left_out.append(said)


def _facts(catalogue: Catalogue) -> dict[str, Facts]:
    every = [*catalogue.runs, *catalogue.bare, *catalogue.probes]
    return {run.key: facts_of(run.record) for run in every}


def _beside(catalogue: Catalogue, meant: set[str], wanted: RunsConfig) -> set[str]:
    """Finds the untrained twins of the runs that are meant, and the rereads of all of these."""
    own = [run for run in catalogue.finished if run.key in meant and not run.untrained]
    twins = {twin.key for run in own for twin in twins_of(run, catalogue.runs)} if wanted.twins else set[str]()
    if not wanted.rereads:
        return twins
    repeated = meant | twins
    return twins | {run.key for run in catalogue.runs if run.reread_of in repeated}


def _keep(catalogue: Catalogue, keys: set[str]) -> None:
    catalogue.runs = [run for run in catalogue.runs if run.key in keys]
    catalogue.bare = [run for run in catalogue.bare if run.key in keys]
    catalogue.probes = [run for run in catalogue.probes if run.key in keys]
