"""What a store has of a run, and options with which the tiny model writes."""

from __future__ import annotations

from typing import Any

import numpy as np

from emogeo.config.train import TrainConfig
from emogeo.extraction.stories import Story
from emogeo.extraction.written import read_stories
from emogeo.runs.task import Outcome
from emogeo.store.store import RUNS, Store
from emogeo.store.tensors import unpack

LOOSE = ("mode=generation", "prompt_template=loose", "generation.temperature=1.0", "generation.max_new_tokens=8")


def stories(config: TrainConfig, outcome: Outcome) -> list[Story]:
    return read_stories(Store(config.store.path), outcome.record.generation.key)


def states(config: TrainConfig, outcome: Outcome) -> np.ndarray[Any, Any]:
    return unpack(Store(config.store.path).read(RUNS, outcome.key)["vectors.safetensors"])["passages"]


def tensors(config: TrainConfig, key: str, file: str) -> dict[str, np.ndarray[Any, Any]]:
    return unpack(Store(config.store.path).read(RUNS, key)[file])
