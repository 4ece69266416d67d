"""What batch mates and padding change is found at load time, whatever the architecture."""

from __future__ import annotations

import logging

import pytest
import torch
from transformers import BertConfig, LlamaConfig

from emogeo.config.states import PoolingConfig
from emogeo.errors import WeightsError
from emogeo.models import habits
from emogeo.models.activations import PassPlan, read
from emogeo.models.generation import write
from emogeo.models.habits import Habits, habits_of, one_at_a_time, reading_habits, relative, tolerance_of, writes_alone
from emogeo.models.loading import LoadedModel
from emogeo.models.scoring import continuation_logprobs
from emogeo.stimuli.templates import Decoding, Text
from tests.models.lent import lent

TRAINED = 24
LONG = "It rained on and on, and nobody at the table said a word about it until the lamp had burnt down. " * 2
TEXTS = [Text(LONG, True), Text("She closed the door", True), Text(LONG[:70], True), Text("Why now?", True)]


def dynamic() -> LoadedModel:
    """A Llama whose rotary frequencies grow with the longest text of a batch beyond 24 tokens."""
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 4, "num_attention_heads": 4}
    rope = {"rope_type": "dynamic", "factor": 4.0, "rope_theta": 10000.0}
    return lent(LlamaConfig(vocab_size=384, max_position_embeddings=TRAINED, rope_parameters=rope, **sizes))


def alone(architecture: str | None) -> torch.Tensor:
    """States of each text in a model that has read nothing before."""
    rows = [read(dynamic() if architecture is None else lent(architecture), [text], plan()).states for text in TEXTS]
    return torch.cat([torch.from_numpy(row) for row in rows])


def plan(budget: int = 4096) -> PassPlan:
    return PassPlan(PoolingConfig(), 4, budget, progress=False)


def test_a_usual_model_reads_and_writes_in_batches() -> None:
    model = lent("llama", head=True)
    assert reading_habits(model) == Habits()
    assert not writes_alone(model)
    assert len(read(model, TEXTS, plan()).batches) == 1


def test_frequencies_that_grow_with_batch_mates_are_found_and_start_over(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        model = dynamic()
        found = read(model, TEXTS, plan())
    assert habits_of(model).reads_alone
    assert "batch mates change a text's states by" in caplog.text
    assert sorted(found.batches) == [[0], [1], [2], [3]]
    assert relative(torch.from_numpy(found.states), alone(None)) < 1e-5
    assert found.beyond_training == 2


def test_without_the_check_they_would_be_wrong() -> None:
    model = dynamic()
    habits._READING[model.body] = Habits()
    assert relative(torch.from_numpy(read(model, TEXTS, plan()).states), alone(None)) > 0.05


@pytest.mark.parametrize(("architecture", "singly"), [("recurrent_gemma", True), ("mamba", False)])
def test_written_and_scored_together_as_alone(architecture: str, singly: bool) -> None:
    model = lent(architecture, head=True)
    assert one_at_a_time(model) is singly
    decoding = Decoding(max_new_tokens=5, min_new_tokens=5, temperature=None, top_p=1.0)
    together = [own.ids for own in write(model, TEXTS, [0] * len(TEXTS), decoding)]
    assert together == [write(model, [text], [0], decoding)[0].ids for text in TEXTS]
    prefixes, continuations = [model.tokenize(text) for text in TEXTS], [[5, 6], [7], [8, 9], [5]]
    scores = continuation_logprobs(model, prefixes, continuations, 4)
    apart = [continuation_logprobs(model, [a], [b], 1)[0] for a, b in zip(prefixes, continuations, strict=True)]
    assert scores == pytest.approx(apart, abs=1e-4)


def test_a_model_that_looks_ahead_is_refused() -> None:
    with pytest.raises(
        WeightsError, match=r"^BertModel reads in both directions \(a later word changes earlier states"
    ):
        habits_of(lent(BertConfig(**sizes())))


def test_blocks_that_run_more_than_once_have_no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    model = lent("llama")
    blocks = model.body.layers
    usual = blocks[2].forward
    monkeypatch.setattr(blocks[2], "forward", lambda *a, **k: blocks[3](usual(*a, **k), **k))
    with pytest.raises(WeightsError, match="runs each block 2 times for a text"):
        habits_of(model)


def test_what_the_library_raises_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    model = lent("llama")

    def fault(*_: object, **__: object) -> None:
        raise AssertionError("N must be divisible by block_n")

    monkeypatch.setattr(model.body.layers[1], "forward", fault)
    with pytest.raises(WeightsError, match="LlamaModel cannot read a short text as it is loaded here: N must be"):
        habits_of(model)


def test_relative_distance_and_tolerance() -> None:
    wanted = torch.tensor([[3.0, 4.0], [0.0, 1.0]])
    assert relative(wanted + torch.tensor([[0.0, 0.5], [0.0, 0.0]]), wanted) == pytest.approx(0.1)
    assert relative(torch.full((2, 2), torch.nan), wanted) == 0.0
    body = lent("llama").body
    assert (tolerance_of(body), tolerance_of(body.to(torch.bfloat16))) == (1e-3, 0.1)


def sizes() -> dict[str, int]:
    named = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "vocab_size")
    return dict(zip(named, (32, 64, 4, 4, 384), strict=True))
