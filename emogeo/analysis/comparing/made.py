"""Runs whose states or texts were made with different libraries, or on different devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from emogeo.record.run import Run
from emogeo.record.versions import LIBRARIES, STATES, origin_of, origins, releases, said
from emogeo.stimuli.messages import listed

_PASSES = {"facts": "factual sentences", "neutral": "neutral texts"}
"""What the other passes of a run read."""
_NAMED = 3
"""The most runs that a flag names of many."""


def made_otherwise(a: Run, b: Run) -> list[str]:
    """Says in what the origins of the states, and of the texts, of two runs are known to differ."""
    own, its = origins(a.record), origins(b.record)
    both = {what: said(own[what], its[what]) for what in own if what in its}
    return [f"{what}: made with {differing}" for what, differing in both.items() if differing]


def made_in_parts(run: Run) -> list[str]:
    """Says in what the parts of one run differ: its states, the texts that a model wrote, and other passes."""
    found, passes = origins(run.record), run.record.provenance.readings
    if STATES not in found:
        return []
    others = {what: made for what, made in found.items() if what != STATES}
    others |= {_PASSES[name]: origin_of(own) for name, own in passes.items() if name in _PASSES}
    both = {what: said(made, found[STATES]) for what, made in others.items()}
    return [f"{what}, then states: made with {differing}" for what, differing in both.items() if differing]


def flags_of_origins(runs: Sequence[Run], name_of: Callable[[Run], str]) -> list[str]:
    """Says in one sentence which runs' states were made with which releases and devices; none where all are alike.

    Args:
        name_of: gives what a run is called.
    """
    parts = [part for what in (*LIBRARIES, "device", "hardware") if (part := _differing(what, runs, name_of))]
    if len(parts) > 1 and parts[-2].startswith("device"):
        parts.pop()  # other devices are other hardware
    if not parts:
        return []
    return [f"States were made differently: {'; '.join(parts)}. Differences between such runs may come from that."]


def _differing(what: str, runs: Sequence[Run], name_of: Callable[[Run], str]) -> str:
    groups: dict[str, list[str]] = {}
    for run in runs:
        made = origins(run.record).get(STATES)
        value = None if made is None else releases(made).get(what)
        if value is not None:
            groups.setdefault(value, []).append(name_of(run))
    if len(groups) < 2:
        return ""
    return f"{what} {', '.join(f'{value} ({listed(names, _NAMED)})' for value, names in groups.items())}"
