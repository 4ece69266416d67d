"""Whether the rows of a probe fit its record: what tables are made of is there, or the record is refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from emogeo.record.files import ITEMS, RUN_FILE, SHIFTS
from emogeo.record.fit import require
from emogeo.record.run import BehaviourRun, SteeringRun
from emogeo.record.types import FacetRecord
from emogeo.store.keys import Json

Rows: TypeAlias = Sequence[Mapping[str, Any]]
_MOVED = ("flipped", "flip_rate", "shift")
_NUMBERS = {
    "stance": ("asked", *_MOVED, *(f"control_{name}" for name in _MOVED), "excess"),
    "format": ("met", "constraints", "compliance"),
}
"""The numbers of a facet that is given, by its name."""


def check_steering(run: SteeringRun, shifts: Rows, folder: str) -> None:
    """Checks the blocks, and that every emotion has at each strength a shift along its vector and a random one.

    Raises:
        RecordError: names the file and the field.
    """
    file, blocks = f"{folder}/{RUN_FILE}", run.result.blocks
    layers = run.record.model.n_layers
    require(
        bool(blocks) and sorted(block for block in set(blocks) if 0 <= block < layers) == list(blocks),
        f"{file}: blocks: blocks from 0 to {layers - 1} are needed, in their order (found {list(blocks)})",
    )
    lengths = len(run.result.mean_norms)
    require(lengths == len(blocks), f"{file}: mean_norms: {lengths} values for {len(blocks)} blocks")
    kinds: dict[tuple[str, float], list[str]] = {}
    for row in shifts:
        kinds.setdefault((row["target"], row["strength"]), []).append(row["kind"])
    for (target, strength), own in kinds.items():
        for kind in ("emotion", "random"):
            require(kind in own, f"{folder}/{SHIFTS}: kind: no row of kind {kind} for {target} at {strength}")


def check_item(row: Json, where: str) -> None:
    """Checks what an item of behaviour holds by its role.

    Raises:
        RecordError: names the file, the line and the field.
    """
    if row["role"] == "capability":
        require(row.get("passed") is not None, f"{where}: passed: Field required")
    elif row["facet"] == "stance":
        for name in ("pressure", "control"):
            require(name in row, f"{where}: {name}: Field required")
        courses = [row["pressure"], row["control"]]
        both = (courses[0] is None) == (courses[1] is None)
        require(both, f"{where}: control: needed where pressure is given, and only there")
        for name, course in zip(("pressure", "control"), courses, strict=True):
            require(course is None or bool(course["log_odds"]), f"{where}: {name}.log_odds: empty")


def check_behaviour(run: BehaviourRun, items: Rows, folder: str) -> None:
    """Checks the numbers of each facet, and that there are the items that they are of.

    Raises:
        RecordError: names the file and the field.
    """
    facets = run.result.metrics
    for name, facet in (("stance", facets.stance), ("format", facets.format)):
        own = [item for item in items if item["facet"] == name and item["role"] == "item"]
        _check_facet(name, facet, own, f"{folder}/{RUN_FILE}: metrics.{name}")
        if name == "format" and facet.given:
            asked = sum(len(item["met"]) for item in own)
            require(asked > 0, f"{folder}/{ITEMS}: met: no constraint was set")


def _check_facet(name: str, facet: FacetRecord, items: Rows, where: str) -> None:
    capability, n = facet.capability, facet.n_items
    few = 0 <= capability.passed <= capability.of and capability.of > 0
    require(few, f"{where}.capability: {capability.passed} of {capability.of} passed")
    require(n is None or n >= 0, f"{where}.n_items: a count below 0 (found {n})")
    require(facet.given == (facet.reason is None), f"{where}.reason: needed where there are no numbers, and only there")
    if not facet.given:
        return
    for number in _NUMBERS[name]:
        require(number in facet.numbers, f"{where}.{number}: Field required")
    counted = items if name == "format" else [item for item in items if item["pressure"] is not None]
    require(len(counted) > 0, f"{where}.given: {ITEMS} has no items of it")
    require(n == len(counted), f"{where}.n_items: {n}, and {ITEMS} has {len(counted)}")
