"""Which runs are meant: the same filters for records of a store and for runs of W&B."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from emogeo.config.analyze import RunsConfig
from emogeo.config.model import Init
from emogeo.record.types import AnyRecord, GeometryRecord
from emogeo.stimuli.messages import listed

TRIAL = "trial"
"""The tag of runs that no analysis takes unless it asks for them."""
_NAMED = ("model", "mode", "precision", "keys")
"""Filters of which a run fits one name or another."""
_LISTED = 20
_SHORT = 12
"""The digits of a key that a message shows."""


@dataclass(frozen=True)
class Facts:
    """What the filters ask of a run."""

    key: str
    model: str
    """The model's name; of an untrained twin, that of the model whose architecture it has."""
    mode: str
    precision: str
    """As resolved: bf16, int8(6)+bf16."""
    group: str | None = None
    tags: tuple[str, ...] = ()
    created: datetime | None = None
    """When it was computed; None where only the record says so, which is not here yet."""
    twin: bool = False
    reread: bool = False

    @property
    def belongs_to_another(self) -> bool:
        """Whether the run belongs to another: an untrained twin, or a reread."""
        return self.twin or self.reread


def facts_of(record: AnyRecord) -> Facts:
    """Gives the facts of a record."""
    twin, tracking = record.model.init is not Init.trained, record.config.tracking
    return Facts(
        key=record.key,
        model=record.model.name,
        mode=record.mode.value,
        precision=record.precision,
        group=tracking.group,
        tags=(*tracking.tags, *(["untrained", record.model.init.value] if twin else [])),
        created=datetime.fromisoformat(record.provenance.created),
        twin=twin,
        reread=isinstance(record, GeometryRecord) and record.reread_of is not None,
    )


Rule = Callable[[Facts], bool]


def suits(facts: Facts, wanted: RunsConfig) -> bool:
    """Whether a run is meant; a trial is only where its tag is asked for."""
    return not on_trial(facts, wanted) and all(rule(facts) for _, rule in _rules(wanted))


def on_trial(facts: Facts, wanted: RunsConfig) -> bool:
    """Whether a run is a trial that nobody asks for."""
    return TRIAL in facts.tags and TRIAL not in wanted.tags


def _rules(wanted: RunsConfig) -> list[tuple[str, Rule]]:
    """Gives the filters that are set, by the name of their field."""
    since, until = wanted.period
    rules: list[tuple[str, bool, Rule]] = [
        ("model", bool(wanted.model), lambda own: _like([own.model], wanted.model)),
        ("mode", bool(wanted.mode), lambda own: own.mode in {mode.value for mode in wanted.mode}),
        ("precision", bool(wanted.precision), lambda own: _like(_precisions(own), wanted.precision)),
        ("keys", bool(wanted.keys), lambda own: own.key.startswith(tuple(wanted.keys))),
        ("group", wanted.group is not None, lambda own: own.group == wanted.group),
        ("tags", bool(wanted.tags), lambda own: set(wanted.tags) <= set(own.tags)),
        ("since", since is not None, lambda own: own.created is None or since is None or own.created >= since),
        ("until", until is not None, lambda own: own.created is None or until is None or own.created < until),
        ("twins", not wanted.twins, lambda own: not own.twin),
        ("rereads", not wanted.rereads, lambda own: not own.reread),
    ]
    return [(name, rule) for name, given, rule in rules if given]


def is_filtered(wanted: RunsConfig) -> bool:
    """Whether any filter is set."""
    return bool(_rules(wanted))


def _like(names: Iterable[str], patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _precisions(facts: Facts) -> list[str]:
    """Gives a precision in full, and without what it was resolved to: int8(6)+bf16, int8."""
    return [facts.precision, facts.precision.partition("+")[0].partition("(")[0]]


def strays(every: Sequence[Facts], wanted: RunsConfig) -> RunsConfig:
    """Gives the names in filters that no run fits: a name that is mistyped, among others that are not."""

    def is_stray(field: str, name: object) -> bool:
        alone: dict[str, Any] = {field: [name]}
        return not any(rule(own) for _, rule in _rules(RunsConfig(**alone)) for own in every)

    found: dict[str, Any] = {
        field: [name for name in getattr(wanted, field) if is_stray(field, name)] for field in _NAMED
    }
    return RunsConfig(**found)


def as_typed(wanted: RunsConfig) -> dict[str, str]:
    """Gives what is typed for each filter that is set, by the name of its field."""
    return {name: f"runs.{name}={_typed(getattr(wanted, name))}" for name, _ in _rules(wanted)}


def nothing_suits(every: Sequence[Facts], wanted: RunsConfig, where: str) -> str:
    """Says which filter leaves nothing, what there is to choose from, and what to type."""
    typed = as_typed(wanted)
    alone = [name for name, rule in _rules(wanted) if not any(map(rule, every))]
    if alone:
        return f"No run of {where} fits {typed[alone[0]]}. {_instead(every, alone[0])}"
    own = [facts for facts in every if not on_trial(facts, wanted)]
    if not own:
        return f"Every run of {where} has the tag {TRIAL}; type runs.tags={TRIAL} to analyse them."
    both = " and ".join(typed.values())
    return f"No run of {where} fits {both} together; there are {len(own)} runs. Leave one filter out."


def _instead(every: Sequence[Facts], name: str) -> str:
    """Says what there is where no run fits a filter, and what to type."""
    if name in {"twins", "rereads"}:
        kind = "an untrained twin" if name == "twins" else "a reread"
        return f"Each of its {len(every)} runs is {kind}; type runs.{name}=true, or leave it out."
    there = sorted({value for facts in every for value in _values(facts, name)})
    if not there:
        return f"None of its {len(every)} runs has a {name.rstrip('s')}; leave runs.{name} out."
    first = there[-1] if name == "since" else there[0]
    of = "runs of " if name in {"model", "mode", "precision", "since", "until"} else ""
    return f"It has {of}{listed(there, _LISTED)}: type runs.{name}={first}, say."


def _values(facts: Facts, name: str) -> list[str]:
    """Gives what a run has of that which a filter asks for."""
    if name in {"since", "until"}:
        return [] if facts.created is None else [facts.created.date().isoformat()]
    if name == "keys":
        return [facts.key[:_SHORT]]
    found = getattr(facts, name)
    return list(found) if isinstance(found, tuple) else [] if found is None else [str(found)]


def _typed(value: object) -> str:
    if isinstance(value, list):
        return ",".join(str(getattr(each, "value", each)) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
