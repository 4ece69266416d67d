"""Directions that are added to the residual stream: an emotion's vector, a random one, another emotion's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from emogeo.arrays import Array
from emogeo.config.probes import SteeringConfig
from emogeo.errors import GeometryError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Direction:
    """One direction to add."""

    target: str
    """The emotion whose words are looked at."""
    kind: str
    """The kind of direction: none, emotion, random, or other (the vector of another emotion)."""
    name: str
    """The name of the emotion, or the number of the random direction."""
    strength: float
    vector: Array
    """[block, d_model], of unit length in every block; zeros for none"""
    writes: bool
    """Whether texts are written along it."""

    @property
    def named(self) -> dict[str, Any]:
        """Names the direction in a record."""
        return {"target": self.target, "kind": self.kind, "name": self.name, "strength": self.strength}


def plan_directions(steering: SteeringConfig, vectors: Mapping[str, Array], seed: int) -> list[Direction]:
    """Plans, for each emotion of a scenario: no direction, its vector, random ones, and the other emotions' vectors.

    A random direction is the same in every block, as emotion vectors nearly are from one to the next: it adds up.

    Args:
        vectors: the vectors of each emotion, [block, d_model].

    Raises:
        GeometryError: an emotion without a vector, or a vector of length zero.
    """
    unit = {emotion: _unit(vector, emotion) for emotion, vector in vectors.items()}
    shape = next(iter(unit.values())).shape
    draws = np.random.default_rng(seed).standard_normal((steering.controls, shape[1]))
    random = [_unit(np.tile(draw, (shape[0], 1)), "random") for draw in draws]
    found = []
    for target in sorted({scenario.emotion for scenario in steering.scenarios.values()}):
        if target not in unit:
            raise GeometryError(f"That run has no vector of {target}; it has {', '.join(unit)}.")
        found.append(Direction(target, "none", "", 0.0, np.zeros(shape), True))
        for strength in steering.strengths:
            found.append(Direction(target, "emotion", target, strength, unit[target], True))
            found += [
                Direction(target, "random", str(number), strength, vector, number == 0)
                for number, vector in enumerate(random)
            ]
            found += [
                Direction(target, "other", emotion, strength, vector, False)
                for emotion, vector in unit.items()
                if emotion != target
            ]
    return found


def additions_of(directions: Sequence[Direction], norms: Array, blocks: Sequence[int]) -> dict[int, torch.Tensor]:
    """Gives each block's additions: [direction, d_model] = unit vector x strength x the block's mean residual norm.

    Args:
        norms: [block of the model]
        blocks: the blocks that the directions have vectors for.
    """
    import torch

    return {
        block: torch.tensor(
            np.stack([direction.vector[row] * direction.strength * norms[block] for direction in directions]),
            dtype=torch.float32,
        )
        for row, block in enumerate(blocks)
    }


def _unit(vector: Array, name: str) -> Array:
    lengths = np.linalg.norm(vector, axis=1, keepdims=True)
    if not (lengths > 0).all():
        raise GeometryError(f"The vector of {name} has length zero: it cannot be steered along.")
    return np.asarray(vector / lengths)
