"""A batch is named by all that it gives rise to, and computed once."""

from __future__ import annotations

import numpy as np
import torch

from emogeo.models.keeping import Arrays, Nothing, batch_name, once


class Remembering(Nothing):
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.batches: dict[str, Arrays] = {}

    def found(self, name: str) -> Arrays | None:
        return self.batches.get(name)

    def keep(self, name: str, arrays: Arrays) -> None:
        self.batches[name] = arrays


def test_whatever_differs_has_another_name() -> None:
    added = {1: torch.ones(2, 3)}
    names = [
        batch_name("a", [[1, 2], [3]]),
        batch_name("a", [[1], [2, 3]]),
        batch_name("b", [[1, 2], [3]]),
        batch_name("a", [[1, 2], [3]], additions=added),
        batch_name("a", [[1, 2], [3]], additions={2: added[1]}),
        batch_name("a", [[1, 2], [3]], additions={1: added[1].reshape(3, 2)}),
        batch_name("a", [[1, 2], [3]], additions={1: added[1] + 1e-6}),
    ]
    assert len(set(names)) == len(names)
    assert batch_name("a", [[1, 2], [3]], additions={1: added[1].bfloat16()}) == names[3], "the same numbers"
    assert all(len(name) == 64 for name in names)


def test_a_batch_is_computed_once() -> None:
    calls: list[int] = []

    def compute() -> Arrays:
        calls.append(1)
        return {"scores": np.array([0.5])}

    kept = Remembering()
    assert [float(once(kept, "a", compute)["scores"][0]) for _ in range(2)] == [0.5, 0.5]
    assert len(calls) == 1
    once(Nothing(), "a", compute)
    once(Nothing(), "a", compute)
    assert len(calls) == 3
    assert "a" not in Nothing()
