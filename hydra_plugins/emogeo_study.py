"""Hydra's sweeper for studies: a list of runs, each a list of overrides, for every combination of what is swept.

Hydra finds plugins in this namespace only.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hydra._internal.core_plugins.basic_sweeper import BasicSweeper, BasicSweeperConf
from hydra.core.config_store import ConfigStore
from hydra.errors import CompactHydraException

log = logging.getLogger(__name__)


@dataclass
class StudySweeperConf(BasicSweeperConf):
    """`hydra.sweeper` of a study."""

    _target_: str = "hydra_plugins.emogeo_study.StudySweeper"
    cells: dict[str, list[str]] = field(default_factory=dict)
    """Each run's overrides, under a readable name; the name of another run stands for that run's overrides."""
    only: list[str] | None = None
    """The names of the runs that are wanted; null for all."""
    choose: list[str] = field(default_factory=list)
    """Options that the study's runs have themselves: what is typed of them chooses among the runs."""
    model: str | None = None
    """The models that are swept, as in model=A,B; under this name, a W&B sweep can set them."""


ConfigStore.instance().store(group="hydra/sweeper", name="study", node=StudySweeperConf, provider="emogeo")


class StudySweeper(BasicSweeper):
    """Starts every run of a study for every combination of the swept overrides (models, say)."""

    def __init__(
        self,
        max_batch_size: int | None,
        params: dict[str, str] | None = None,
        cells: dict[str, list[str]] | None = None,
        only: list[str] | None = None,
        choose: list[str] | None = None,
        model: str | None = None,
    ) -> None:
        super().__init__(max_batch_size, {**(params or {}), **({"model": model} if model else {})})
        known, self._choose = dict(cells or {}), choose or []
        named = {item for own in known.values() for item in own if "=" not in item}
        if named - set(known):
            raise CompactHydraException(
                f"hydra.sweeper.cells: there is no run {', '.join(sorted(named - set(known)))}."
            )
        if only is not None and not only:
            raise CompactHydraException(f"hydra.sweeper.only is empty. Allowed: {', '.join(known)}.")
        unknown = sorted(set(only or ()) - set(known))
        if unknown:
            raise CompactHydraException(
                f"hydra.sweeper.only: {', '.join(unknown)} is no run of this study. Allowed: {', '.join(known)}."
            )
        self._runs = {name: overrides_of(name, known) for name in known if only is None or name in only}

    def get_job_batch(self) -> Sequence[Sequence[str]]:
        """Combines each combination of the swept overrides with each run; overrides that were typed win, or choose."""
        combinations = super().get_job_batch()
        pairs = [(typed, own) for typed in combinations for own in self._runs.values()]
        kept = [chosen for typed, own in pairs if (chosen := chosen_by(own, typed, self._choose)) is not None]
        self._refuse_unknown(combinations)
        batch = [job for at, job in enumerate(kept) if not self._choose or job not in kept[:at]]
        distinct = len({tuple(sorted(job)) for job in batch})
        log.info(
            "%d runs: %d (%s) for each of %d combinations of what is swept",
            len(batch),
            len(self._runs),
            ", ".join(self._runs),
            len(combinations),
        )
        if distinct < len(batch):
            log.warning("only %d of them are distinct, by what was typed", distinct)
        return batch

    def _refuse_unknown(self, combinations: Sequence[Sequence[str]]) -> None:
        """Refuses an option that was typed to choose among the runs, and that none of them has."""
        for name in self._choose:
            allowed = {o.partition("=")[2] for own in self._runs.values() for o in own if _key(o) == name}
            typed = {o.partition("=")[2] for job in combinations for o in job if _key(o) == name}
            if typed - allowed:
                raise CompactHydraException(
                    f"{name}={','.join(sorted(typed - allowed))} is in no run of this study. "
                    f"Allowed: {', '.join(sorted(allowed))}."
                )


def chosen_by(own: Sequence[str], typed: Sequence[str], choose: Sequence[str]) -> list[str] | None:
    """Joins a run's overrides with those that were typed; None where these choose other runs.

    Args:
        choose: the options that choose among runs; a run that leaves such an option open is never left out by it.
    """
    wanted = {_key(override): override for override in typed if _key(override) in choose}
    given = {_key(override): override for override in own}
    if any(name in given and given[name] != override for name, override in wanted.items()):
        return None
    return together(own, [override for override in typed if _key(override) not in wanted])


def overrides_of(name: str, runs: Mapping[str, Sequence[str]]) -> list[str]:
    """Gives a run's overrides, with those of the runs that it names in their place."""
    found: list[str] = []
    for item in runs[name]:
        found = together(found, [item] if "=" in item else overrides_of(item, runs))
    return found


def together(first: Sequence[str], last: Sequence[str]) -> list[str]:
    """Joins overrides; the last one of a field wins, and a new option of a group removes the fields of the old one.

    A field of a group stays where `first` leaves the group's option open: it is meant for any.
    """
    keys, old = {_key(override) for override in last}, {_key(override) for override in first}
    kept = (o for o in first if _key(o) not in keys and _key(o).partition(".")[0] not in keys & old)
    return [*kept, *last]


def _key(override: str) -> str:
    return override.partition("=")[0].lstrip("+~")
