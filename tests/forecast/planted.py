"""Planned runs with planted numbers, and records that say how fast a machine has read."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

from emogeo.config.precision import Dtype, Quantization
from emogeo.forecast.network import Network
from emogeo.forecast.work import Model, Planned, Reads, Writes
from emogeo.models.precision import Precision
from emogeo.store.keys import key_of
from emogeo.store.store import RUNS, Store

BF16 = Precision(Dtype.bf16, Quantization.none, None)
SMALL = Network(params=1e9, n_layers=10, d_model=100, cached=50, vocabulary=1000)
MODEL = Model("small", "small", BF16, "cpu", SMALL, here=True)


def key(name: str) -> str:
    return key_of({"name": name})


def reads(name: str = "pass", also: tuple[str, ...] = (), model: Model = MODEL, **changes: Any) -> Reads:
    own: dict[str, Any] = {"texts": 50, "tokens": 1000, "n_blocks": 10, "token_budget": 1024, **changes}
    return Reads(model, key(name), tuple(map(key, also)), **own)


def writes(name: str = "texts", model: Model = MODEL, **changes: Any) -> Writes:
    own: dict[str, Any] = {"texts": 10, "before": 200, "new_tokens": 800, "at_once": 5, **changes}
    return Writes(model, key(name), **own)


def run(name: str, *read: Reads, **changes: Any) -> Planned:
    return Planned(name, "small", key(name), read, **changes)


def record_speed(store: Store, name: str, speed: float, **changes: Any) -> None:
    """Writes what a run says of its speed."""
    said = {
        "status": "finished",
        "model": {"name": "small", "params_b": 1.0, "n_layers": 10},
        "precision": "bf16",
        "provenance": {
            "platform": platform.platform(),
            "n_blocks": 10,
            "readings": {"passages": {"tokens_per_s": speed, "device": "cpu"}},
        },
    }
    store.write(RUNS, key(name), {"run.json": json.dumps({**said, **changes}).encode()})


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))
