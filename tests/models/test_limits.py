"""Texts that a model has no positions for, and tokens that it has no embedding for, are refused before a pass."""

from __future__ import annotations

import pytest
import torch
from transformers import PreTrainedTokenizerFast

from emogeo.config.states import PoolingConfig
from emogeo.errors import StimuliError, WeightsError
from emogeo.models.activations import PassPlan, read
from emogeo.models.generation import write
from emogeo.models.limits import beyond_training, padding_token, table_length, trained_length
from emogeo.models.scoring import continuation_logprobs
from emogeo.stimuli.templates import Decoding, Text
from tests.models.lent import lent

PLAN = PassPlan(PoolingConfig(), 4, 4096, progress=False)
LONG = Text("long ", True, ids=tuple([5] * 257))


@pytest.mark.parametrize("architecture", ["gpt2", "opt", "gpt_neo", "gptj", "codegen", "gpt_bigcode"])
def test_a_table_of_positions_ends(architecture: str) -> None:
    model = lent(architecture, head=True)
    assert (trained_length(model.body), table_length(model.body)) == (256, 256)
    with pytest.raises(
        StimuliError, match=r"^text 1 has 257 tokens; \w+Model has learned 256 positions\. Take shorter"
    ):
        read(model, [Text("short", True), LONG], PLAN)
    with pytest.raises(StimuliError, match=r"^text 0 has 257 tokens"):
        continuation_logprobs(model, [[5] * 250], [[5] * 8], 1)
    decoding = Decoding(max_new_tokens=250, min_new_tokens=0, temperature=None, top_p=1.0)
    with pytest.raises(StimuliError, match=r"prompt 0 has 10 tokens and 250 are to be written.*max_new_tokens=N"):
        write(model, [Text("", True, ids=(5,) * 10)], [0], decoding)


@pytest.mark.parametrize("architecture", ["llama", "gpt_neox", "mamba", "bloom"])
def test_computed_positions_go_on_and_are_counted(architecture: str) -> None:
    model = lent(architecture)
    assert table_length(model.body) is None
    found = read(model, [Text("short", True), LONG], PLAN)
    assert found.beyond_training == (trained_length(model.body) is not None)
    assert beyond_training(model.body, [1, 2]) == 0


def test_a_token_outside_the_embedding_is_named() -> None:
    model = lent("llama")
    with pytest.raises(
        WeightsError, match=r"^Text 1 has the token 384, and the model has 384 embeddings: the tokenizer"
    ):
        read(model, [Text("short", True), Text("", True, ids=(5, 384))], PLAN)


def test_padding_is_within_the_embedding() -> None:
    model = lent("llama")
    own = PreTrainedTokenizerFast(tokenizer_object=model.tokenizer._tokenizer, pad_token="<pad>")
    own.add_tokens([f"<extra {i}>" for i in range(100)])
    assert padding_token(model.body, own) == own.pad_token_id < 384
    own.pad_token = "<extra 99>"
    assert own.pad_token_id >= 384
    assert padding_token(model.body, own) == 0
    own.pad_token = None
    assert padding_token(model.body, own) == 0
    with torch.inference_mode():
        assert read(model, [Text("short", True), Text("a longer one", True)], PLAN).states.shape == (2, 4, 64)
