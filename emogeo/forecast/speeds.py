"""How fast this machine has read: from the records of a store, by model and precision."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

from emogeo.forecast.work import Model
from emogeo.record.files import RUN_FILE
from emogeo.runs.made import hardware_of
from emogeo.store.store import RUNS, Store

CPU_FLOPS, GPU_FLOPS = 1e11, 1e14
"""Assumed operations a second, of a core and of a GPU, where nothing was recorded; a token takes two a parameter."""
CPU_WRITING, GPU_WRITING = 4.0, 30.0
"""A token that is written takes as long as so many that are read: assumed."""
RECORDED, SCALED, ASSUMED = "recorded", "scaled", "assumed"


@dataclass(frozen=True)
class Seen:
    """The speed of one pass."""

    model: str
    precision: str
    on_gpu: bool
    params: float | None
    """None where nobody has said how many the model has."""
    tokens_per_s: float
    """With all blocks."""


@dataclass(frozen=True)
class Speed:
    """Tokens a second that a model reads with all of its blocks, and where the number comes from."""

    tokens_per_s: float
    origin: str


def speeds_in(store: Store) -> list[Seen]:
    """Lists the speeds that were recorded on this GPU or processor, each pass over a run's texts once.

    Earlier versions did not record what it is called; of their runs those of this platform count.
    """
    found = dict.fromkeys(seen for key in store.keys(RUNS) if (seen := _seen(_said(store, key))) is not None)
    return list(found)


def speed_of(model: Model, seen: list[Seen], cores: int) -> Speed:
    """Gives a model's speed: recorded at its precision; else scaled by parameters from others; else assumed."""
    on_gpu = model.device.startswith("cuda")
    here = [own for own in seen if own.on_gpu is on_gpu]
    alike = [own for own in here if own.precision == model.precision.label]
    same = [own.tokens_per_s for own in alike if own.model == model.name]
    if same:
        return Speed(median(same), RECORDED)
    others = _operations(alike) or _operations(here)
    if others:
        return Speed(median(others) / model.network.params, SCALED)
    flops = GPU_FLOPS if on_gpu else CPU_FLOPS * cores
    return Speed(flops / (2 * model.network.params), ASSUMED)


def _operations(seen: list[Seen]) -> list[float]:
    """Multiplies speeds by parameters, where these are known."""
    return [own.tokens_per_s * own.params for own in seen if own.params is not None]


def _said(store: Store, key: str) -> Mapping[str, Any]:
    """Reads what a run says of itself, unverified: a broken one says nothing."""
    try:
        found = json.loads((store.folder(RUNS, key) / RUN_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _seen(said: Mapping[str, Any]) -> Seen | None:
    try:
        model, origin = said["model"], said["provenance"]
        read = origin["readings"]["passages"]
        made = read.get("made_with")
        here = made["hardware"] == hardware_of(made["device"]) if made else origin["platform"] == platform.platform()
        if not here or not read["tokens_per_s"]:
            return None
        share = origin["n_blocks"] / model["n_layers"]
        return Seen(
            str(model["name"]),
            str(said["precision"]),
            str(read["device"]).startswith("cuda"),
            1e9 * float(model["params_b"]) if model["params_b"] else None,
            float(read["tokens_per_s"]) * share,
        )
    except (AttributeError, KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def is_refused(store: Store, key: str) -> bool:
    """Whether a run that is there was refused."""
    return bool(_said(store, key).get("status") == "refused")
