"""The texts of another cell, found by its key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from emogeo.cell.writing import Story, read_stories
from emogeo.errors import StoreError
from emogeo.tracking.store import GENERATIONS, RUNS, Store

_SHOWN = 5


@dataclass(frozen=True)
class Replayed:
    """Stories and where they come from."""

    key: str
    """Of the generations record."""
    name: str
    """What the texts are called in tables."""
    weights: dict[str, str]
    """Identity of the weights that wrote them."""
    written: dict[str, Any]
    """How they were written."""
    stories: list[Story]


def replayed(store: Store, source: str | None) -> Replayed:
    """The texts of a generation run.

    Args:
        source: key of the run, or its first digits.

    Raises:
        StoreError: no such run, several, or one that has no written texts; says which there are.
    """
    wanted = source or ""
    found = [key for key in store.keys(RUNS) if key.startswith(wanted)]
    runs = [json.loads(store.read(RUNS, key)["run.json"]) for key in found] if len(found) == 1 else []
    if not runs or runs[0].get("generation") is None:
        raise StoreError(f"mode.source={source}: {_problem(store, found)}")
    run = runs[0]
    key = str(run["generation"]["key"])
    stories = read_stories(store, key)
    facts = json.loads(store.read(GENERATIONS, key)["generation.json"])
    written = {**run["generation"]["written"], "run": run["key"]}
    return Replayed(key, str(run["stimuli"]), facts["weights"], written, stories)


def _problem(store: Store, found: list[str]) -> str:
    if len(found) > 1:
        return f"{len(found)} runs of {store.path} begin so: {', '.join(found[:_SHOWN])}."
    problem = "that run has read texts, not written them." if found else f"no run of {store.path} begins so."
    writers = _writers(store)
    more = f" and {len(writers) - _SHOWN} more" if len(writers) > _SHOWN else ""
    return (
        f"{problem} Runs with written texts: {', '.join(writers[:_SHOWN]) or 'none; type mode=generation first'}{more}."
    )


def _writers(store: Store) -> list[str]:
    listed = []
    for key in store.keys(RUNS):
        try:  # only to be listed, so unverified
            run = json.loads((store.folder(RUNS, key) / "run.json").read_bytes())
            if run.get("generation") is not None:
                listed.append(f"{key} ({run['title']})")
        except (OSError, ValueError, AttributeError, KeyError):
            continue
    return listed
