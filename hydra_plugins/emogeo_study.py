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
        model: str | None = None,
    ) -> None:
        super().__init__(max_batch_size, {**(params or {}), **({"model": model} if model else {})})
        known = dict(cells or {})
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
        """Combines each combination of the swept overrides with each run; overrides that were typed win."""
        combinations = super().get_job_batch()
        batch = [together(own, typed) for typed in combinations for own in self._runs.values()]
        distinct = len({tuple(sorted(job)) for job in batch})
        log.info(
            "%d runs: %d (%s) for each of %d combinations of what is swept",
            len(self._runs) * len(combinations),
            len(self._runs),
            ", ".join(self._runs),
            len(combinations),
        )
        if distinct < len(batch):
            log.warning("only %d of them are distinct, by what was typed", distinct)
        return batch


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
