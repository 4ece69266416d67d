"""What a record says of its run, its weights and its machine."""

from __future__ import annotations

import platform
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from emogeo.config.mode import Mode
from emogeo.config.model import Source
from emogeo.config.precision import Dtype, Quantization
from emogeo.models.precision import Precision
from emogeo.models.weights.resolve import Weights
from emogeo.record.types import Heading
from emogeo.runs import heading as module
from emogeo.runs.heading import card_of, heading, surroundings
from tests.planted_records import usual_config


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    (tmp_path / "config.json").write_text('{"num_hidden_layers": 7}')
    return Weights("mine", "llama", "base", 1.5, Source.hub, "Org/Mine", "c0ffee", tmp_path)


def test_a_heading_has_every_field_but_the_reason(weights: Weights) -> None:
    config = usual_config("recipe=crossed")
    precision = Precision(Dtype.bf16, Quantization.int8, 6.0)
    found = heading("k", "a title", config, weights, precision, {"a": 1})
    assert set(found) == {field.name for field in fields(Heading)} - {"reason"}
    head = Heading(**found)
    assert (head.key, head.title, head.precision, head.recipe) == ("k", "a title", "int8(6)+bf16", "crossed")
    assert (head.mode, head.config, head.meaning) == (Mode.generation, config, {"a": 1})
    assert head.status == "finished"


def test_a_card_is_of_the_weights_that_were_used(weights: Weights) -> None:
    card = card_of(weights)
    assert card.n_layers == 7
    for name in ("name", "family", "variant", "params_b", "source", "id", "revision"):
        assert getattr(card, name) == getattr(weights, name), name


def test_surroundings_are_now_and_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LIBRARIES", ("numpy", "no-such-library"))
    before = datetime.now(UTC).replace(microsecond=0)
    found = surroundings("cuda:1")
    assert before <= datetime.fromisoformat(found.created) <= datetime.now(UTC)
    assert (found.python, found.device) == (platform.python_version(), "cuda:1")
    assert found.libraries == {"numpy": np.__version__, "no-such-library": None}
