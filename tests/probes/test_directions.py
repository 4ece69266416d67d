"""What is added: unit vectors, scaled by strength and the block's norm; controls of the same length."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.config.probes import ScenarioConfig, SteeringConfig
from emogeo.errors import GeometryError
from emogeo.probes.directions import additions_of, plan_directions

BLOCKS, D = 3, 8


def protocol(**changes: object) -> SteeringConfig:
    usual = {
        "name": "test",
        "scenarios": {"a": ScenarioConfig("So", "calm"), "b": ScenarioConfig("So", "hostile")},
        "strengths": [0.01, 0.05],
        "max_new_tokens": 4,
        "controls": 5,
        "contexts": ["I am"],
        "neutral_words": [],
    }
    return SteeringConfig(**{**usual, **changes})  # type: ignore[arg-type]


def vectors() -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    generator = np.random.default_rng(0)
    return {emotion: 3 * generator.normal(size=(BLOCKS, D)) for emotion in ("calm", "hostile", "sad")}


def test_every_strength_has_the_vector_its_controls_and_the_other_emotions() -> None:
    found = plan_directions(protocol(), vectors(), seed=0)
    counts = {(d.target, d.kind): sum((o.target, o.kind) == (d.target, d.kind) for o in found) for d in found}
    for target in ("calm", "hostile"):
        assert [counts[target, kind] for kind in ("none", "emotion", "random", "other")] == [1, 2, 10, 4]
    assert sum(d.writes for d in found) == 2 * (1 + 2 + 2)


def test_what_is_added_has_the_length_that_was_asked_for() -> None:
    found, norms = plan_directions(protocol(), vectors(), seed=0), np.array([10.0, 20.0, 40.0])
    added = additions_of(found, norms, [0, 1, 2])
    for block, rows in added.items():
        lengths = [d.strength * norms[block] for d in found]
        assert rows.norm(dim=1).numpy() == pytest.approx(lengths, rel=1e-5)
    row = next(i for i, d in enumerate(found) if (d.kind, d.target, d.strength) == ("emotion", "hostile", 0.05))
    own = vectors()["hostile"][2]
    assert added[2][row].numpy() == pytest.approx(0.05 * 40 * own / np.linalg.norm(own), rel=1e-5)


def test_random_directions_are_one_through_all_blocks_and_follow_the_seed() -> None:
    first, again, other = (
        [d for d in plan_directions(protocol(), vectors(), seed) if d.kind == "random"] for seed in (0, 0, 1)
    )
    assert all((d.vector == d.vector[0]).all() for d in first)
    assert all(np.array_equal(a.vector, b.vector) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0].vector, other[0].vector)


def test_blocks_are_those_that_have_vectors() -> None:
    found = plan_directions(protocol(), {e: v[:2] for e, v in vectors().items()}, seed=0)
    assert list(additions_of(found, np.ones(9), [4, 7])) == [4, 7]


def test_an_emotion_without_a_vector_or_a_vector_without_length_is_refused() -> None:
    own = vectors()
    with pytest.raises(GeometryError, match="no vector of hostile"):
        plan_directions(protocol(), {"calm": own["calm"]}, seed=0)
    own["sad"][1] = 0
    with pytest.raises(GeometryError, match="sad has length zero"):
        plan_directions(protocol(), own, seed=0)
