"""A geometry from arrays: what it is made of, what its doors refuse, and that names and forms move no figure."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist, squareform

from emogeo.arrays import Array
from emogeo.errors import ConfigError, GeometryError
from emogeo.geometry.criteria import reliability_by_layer
from emogeo.geometry.geometry import Geometry
from emogeo.geometry.options import Centring
from emogeo.geometry.rdm import cosine_rdm
from emogeo.geometry.states import LabelledStates, States
from tests.planted import labels

N_UNITS = 12
EMOTIONS, TOPICS = labels(N_UNITS)
NAMES = tuple(sorted(set(EMOTIONS)))


def planted(seed: int = 0, layers: int = 3) -> Array:
    """[text, layer, feature], emotions clearest in the middle layer."""
    generator = np.random.default_rng(seed)
    codes = np.random.default_rng(7).normal(size=(len(NAMES), 16))
    strength = np.array([0.1, 1.0, 0.3])[:layers]
    signal = strength[:, None] * codes[[NAMES.index(e) for e in EMOTIONS]][:, None]
    return np.asarray(signal + generator.normal(size=(len(EMOTIONS), layers, 16)))


def test_it_is_what_its_parts_say() -> None:
    states = planted()
    geometry = Geometry.from_states(states, EMOTIONS, TOPICS, layer="reliability", name="mine")
    assert geometry.layer == 1
    means = np.stack([states[[e == name for e in EMOTIONS], 1].mean(axis=0) for name in NAMES])
    np.testing.assert_allclose(geometry.rdm, cosine_rdm(means - means.mean(axis=0), NAMES))
    np.testing.assert_allclose(geometry.vectors[:, 1], means - means.mean(axis=0))
    by_layer = reliability_by_layer(LabelledStates(states, EMOTIONS, TOPICS, NAMES), Centring.grand_mean, 0)
    assert geometry.reliability is not None
    np.testing.assert_allclose(astuple(geometry.reliability), astuple(by_layer[1]), rtol=0, atol=1e-12)
    np.testing.assert_allclose(geometry.curves["reliability"], [own.value for own in by_layer], rtol=0, atol=1e-12)
    assert geometry.choice.held_out is not None
    assert geometry.conditions == NAMES
    assert geometry.n_units == N_UNITS


def test_curves_are_those_of_each_layers_centred_vectors() -> None:
    states = planted()
    curves = Geometry.from_states(states, EMOTIONS, TOPICS, layer="reliability").curves
    for layer in range(3):
        means = np.stack([states[[e == name for e in EMOTIONS], layer].mean(axis=0) for name in NAMES])
        values = np.linalg.svd(means - means.mean(axis=0), compute_uv=False) ** 2
        assert curves["participation_ratio"][layer] == pytest.approx(values.sum() ** 2 / (values**2).sum())


def test_the_rdm_of_all_layers_is_that_of_their_vectors_side_by_side_with_equal_weight() -> None:
    states = planted()
    means = np.stack([states[[e == name for e in EMOTIONS]].mean(axis=0) for name in NAMES])
    centred = means - means.mean(axis=0)
    joined = np.hstack([centred[:, layer] / np.linalg.norm(centred[:, layer]) for layer in range(3)])
    found = Geometry.from_states(states, EMOTIONS, TOPICS, layer="all")
    np.testing.assert_allclose(found.rdm, squareform(pdist(joined, "cosine")), atol=1e-12)


def test_a_layer_is_named_in_the_words_of_the_command_line() -> None:
    states = planted()
    chosen = {
        layer: Geometry.from_states(states, EMOTIONS, TOPICS, layer=layer).layer
        for layer in ("middle", "all", "min_mean_cosine", 0, -1, 0.4)
    }
    assert chosen["middle"] == 1
    assert chosen["all"] is None
    assert chosen[0] == 0
    assert chosen[-1] == 2
    assert chosen[0.4] == 0
    with pytest.raises(ConfigError, match=r"layer='best' is not an option. Allowed: all, index"):
        Geometry.from_states(states, EMOTIONS, TOPICS, layer="best")
    with pytest.raises(ConfigError, match="3 blocks, 0 to 2"):
        Geometry.from_states(states, EMOTIONS, TOPICS, layer=3)
    with pytest.raises(ConfigError, match="needs 8 units and there are 1"):
        Geometry.from_states(states[:21], EMOTIONS[:21])
    with pytest.raises(ConfigError, match=r"centring='mean' is not an option"):
        Geometry.from_states(states, EMOTIONS, TOPICS, centring="mean")


def test_one_layer_alone_needs_no_choice() -> None:
    states = planted()
    flat, whole = Geometry.from_states(states[:, 1], EMOTIONS, TOPICS), Geometry.from_states(states, EMOTIONS, TOPICS)
    assert whole.layer == 1
    np.testing.assert_array_equal(flat.rdm, whole.rdm)
    assert flat.layer == 0
    assert flat.reliability == whole.reliability
    with pytest.raises(ConfigError, match="0 to 0"):
        Geometry.from_states(states[:, 1], EMOTIONS, TOPICS, layer=5)


def test_a_block_that_was_not_run_cannot_be_named() -> None:
    values = planted().astype(np.float32)[:, :1]
    states = States("tiny", values, tuple(EMOTIONS), tuple(TOPICS), tuple(map(str, range(252))), 4, values[:, 0])
    assert Geometry.from_states(states).layer == 0
    with pytest.raises(ConfigError, match="max_depth stops after 1 of 4"):
        Geometry.from_states(states, layer=3)


def test_centring_on_neutral_leaves_enough_conditions() -> None:
    rows = [row for row, emotion in enumerate(EMOTIONS) if emotion in {"neutral", "sad", "calm", "happy"}]
    with pytest.raises(GeometryError, match="3 conditions are left by centring; 4 are needed"):
        Geometry.from_states(
            planted()[rows], [EMOTIONS[r] for r in rows], [TOPICS[r] for r in rows], centring="neutral", layer=0
        )


def test_states_carry_their_labels() -> None:
    values = planted().astype(np.float32)
    texts = tuple(f"{t} {e}" for t, e in zip(TOPICS, EMOTIONS, strict=True))
    sentences = np.random.default_rng(1).normal(size=(9, 3, 16)).astype(np.float32)
    states = States("tiny", values, tuple(EMOTIONS), tuple(TOPICS), texts, 6, values[:, 0], sentences)
    geometry = Geometry.from_states(states)
    assert geometry.name == "tiny"
    assert geometry.descriptors().anisotropy is not None
    assert geometry.labels.texts == texts
    assert len(pd.DataFrame(states.to_dict())) == len(texts)


def test_a_result_prints_in_a_few_lines_and_goes_into_a_table() -> None:
    geometry = Geometry.from_states(planted(), EMOTIONS, TOPICS, name="<b>mine</b>")
    assert len(str(geometry).splitlines()) <= 4
    assert "reliability 0." in str(geometry)
    assert "<b>" not in geometry._repr_html_()
    assert "&lt;b&gt;mine" in geometry._repr_html_()
    row = pd.DataFrame([geometry.to_dict()]).iloc[0]
    assert row["reliability_ci_low"] < row["reliability"] < row["reliability_ci_high"]
    assert row["layer"] == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"states": np.zeros(5)}, r"shape \[5\]; give \[text, feature\]"),
        ({"states": np.array([["a"] * 3] * 252)}, "holds <U1, not real numbers"),
        ({"states": np.full((252, 3, 16), np.nan)}, "the first is of text 0, layer 0"),
        ({"emotions": None}, "Give emotions="),
        ({"emotions": EMOTIONS[:-1]}, "emotions has 251 entries for the states of 252 texts"),
        ({"topics": TOPICS[:-1]}, "topics has 251 entries"),
        ({"emotions": [*EMOTIONS[:-1], ""]}, r"emotions\[251\] is ''"),
        ({"emotions": [*EMOTIONS[:-1], "joyful"], "conditions": NAMES}, "Unknown label joyful; allowed: afraid"),
        ({"conditions": [*NAMES, "joyful"]}, "no text of joyful"),
        ({"emotions": ["a", "b", "c"] * 84}, r"3 conditions \(a, b, c\).*at least 4"),
        ({"emotions": ["bored" if e == "neutral" else e for e in EMOTIONS], "centring": "neutral"}, "centring=neutral"),
    ],
)
def test_each_wrong_input_has_its_own_message(change: dict[str, object], said: str) -> None:
    given = {"states": planted(), "emotions": EMOTIONS, "topics": TOPICS, "layer": "middle", **change}
    with pytest.raises(GeometryError, match=said):
        Geometry.from_states(**given)  # type: ignore[arg-type]


def test_texts_without_crossed_topics_are_grouped() -> None:
    geometry = Geometry.from_states(planted(), EMOTIONS, layer="middle")
    assert geometry.n_units == N_UNITS
    assert all(unit.startswith("group-") for unit in geometry.units)


def test_any_conditions_will_do() -> None:
    states = planted()[: 6 * 10]
    emotions, topics = list("uvwxyz") * 10, [str(n) for n in range(10) for _ in range(6)]
    geometry = Geometry.from_states(states, emotions, topics)
    assert geometry.conditions == tuple("uvwxyz")


def test_a_geometry_can_stand_in_a_set_and_its_halves_show_their_size() -> None:
    geometry = Geometry.from_states(planted(), EMOTIONS, TOPICS, layer="middle")
    assert len({geometry, geometry}) == 1
    assert repr(geometry.halves) == "Halves of 12 units and 21 conditions, seed 0"
