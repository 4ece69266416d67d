"""Runs in rows: what each is, and how large."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from emogeo.amounts import counted, in_bytes
from emogeo.analysis.records.names import settings_of
from emogeo.analysis.summary.narrow import Column, narrow
from emogeo.config.mode import Mode
from emogeo.keeping.contents import StoredRun
from emogeo.keeping.uses import Uses
from emogeo.record.run import BareRun, Run, run_of
from emogeo.record.types import AnyRecord, ReadoutRecord, SteeringRecord
from emogeo.store.keys import Json
from emogeo.terminal import one_line

SHORT = 8
"""The digits of a key that a row shows."""
_SHORTEST, _REST = 20, 60
"""The fewest letters of a model's name that a row has room for; and the columns beside it."""
_SETTINGS = ("stimuli", "prompt_template", "context", "pooling", "selection", "centring", "denoising", "norm", "seed")
"""Settings in columns of their own where runs differ in them, the most telling ones first."""


def listing(runs: Sequence[StoredRun], uses: Uses, width: int) -> list[str]:
    """Gives lines of at most `width` columns: a row a run, what all have in common in the heading.

    The size is that of the run's own files. States are those of all passes that it has used, which it may share.
    """
    ordered = in_order(runs)
    if not ordered:
        return [f"{uses.contents.store.path} holds no run."]
    keys = {run.key for run in ordered}
    own = sum(run.size for run in ordered)
    states = sum(each.size for each in uses.passes if keys & each.users)
    title = f"{counted(len(ordered), 'run')}, {in_bytes(own)} and {in_bytes(states)} of states"
    lines = narrow(title, _columns(ordered, uses, max(_SHORTEST, width - _REST)), "--json", width)
    return [*lines, *(line for run in ordered if run.reason for line in ("", f"{run.key[:SHORT]}: {run.reason}"))]


def rows(runs: Sequence[StoredRun], uses: Uses) -> list[Json]:
    """Gives the same as objects for JSON; sizes are in bytes."""
    return [
        {
            "key": run.key,
            "status": run.status,
            "size": run.size,
            "states": _states(run, uses),
            "reason": run.reason or (run.record.reason if run.record else None),
            **(_described(run.record) if run.record else {}),
        }
        for run in in_order(runs)
    ]


def in_order(runs: Iterable[StoredRun]) -> list[StoredRun]:
    """Sorts runs by model and settings; those that cannot be read come last."""
    return sorted(runs, key=_order)


def settings(record: AnyRecord) -> dict[str, str]:
    """Gives in words what may tell runs of one model apart."""
    run = run_of(record, {})
    if isinstance(run, Run | BareRun) and (isinstance(run, Run) or run.finished):
        return {name: one_line(word) for name, word in settings_of(run).items()}
    found = {"precision": record.precision, "mode": record.mode.value, "seed": f"seed {record.config.seed}"}
    return {**found, "stimuli": one_line(record.stimuli)} if isinstance(record, ReadoutRecord) else found


def _described(record: AnyRecord) -> Json:
    reread_of = getattr(record, "reread_of", None)
    vectors = record.vectors if isinstance(record, SteeringRecord | ReadoutRecord) else None
    tracking = record.config.tracking
    return {
        "title": record.title,
        "model": record.model.title,
        "created": record.provenance.created,
        "recipe": record.recipe,
        "group": tracking.group,
        "tags": list(tracking.tags),
        "reread_of": reread_of,
        "vectors": vectors,
        "settings": settings(record),
    }


def _columns(runs: Sequence[StoredRun], uses: Uses, letters: int) -> list[Column]:
    def column(title: str, cell: Callable[[StoredRun], str], right: bool = False) -> Column:
        return Column(title, [cell(run) for run in runs], right)

    said = {run.key: settings(run.record) if run.record else {} for run in runs}

    def setting(name: str) -> Callable[[StoredRun], str]:
        return lambda run: said[run.key].get(name, "")

    always = [
        column("key", lambda run: run.key[:SHORT]),
        column("model", lambda run: clipped(_model(run), letters)),
        column("status", lambda run: run.status),
        column("size", lambda run: in_bytes(run.size), right=True),
        column("computed", lambda run: run.record.provenance.created[:10] if run.record else ""),
    ]
    parts = [
        column("precision", setting("precision")),
        column("mode", _mode),
        *(column(name.replace("_", " "), setting(name)) for name in _SETTINGS),
    ]
    differing = [each for each in parts if len(set(each.cells)) > 1]
    states = column("states", lambda run: in_bytes(_states(run, uses)), right=True)
    return [*always, *differing[:2], states, *differing[2:]]


def _model(run: StoredRun) -> str:
    if run.record is None:
        return ""
    return one_line(run.record.model.title)


def _mode(run: StoredRun) -> str:
    if run.record is None:
        return ""
    mode, again = run.record.mode, getattr(run.record, "reread_of", None) is not None
    return "reread" if again and mode is Mode.comprehension else f"{mode.value}{' reread' if again else ''}"


def _states(run: StoredRun, uses: Uses) -> int:
    return sum(own.size for own in uses.passes_of(run.key))


def clipped(text: str, letters: int) -> str:
    """Gives a name with its middle left out where it is longer than some letters."""
    half = letters // 2
    return text if len(text) <= letters else f"{text[: letters - half]}…{text[1 - half :]}"


def _order(run: StoredRun) -> tuple[bool, str, list[str], str]:
    if run.record is None:
        return True, "", [], run.key
    return False, run.record.model.title, list(settings(run.record).values()), run.key
