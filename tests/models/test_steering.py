"""Hooks that add: exactly, by text, nowhere else, and never left behind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from emogeo.errors import NonFiniteError, PrecisionError
from emogeo.models.blocks import find_blocks, watched
from emogeo.models.inputs import forward_inputs
from emogeo.models.loading import LoadedModel
from emogeo.models.steering import steered, steered_logprobs
from tests.models.lent import lent
from tests.models.test_generation import load
from tests.tiny import BLOCKS, CHAT, WIDTH, write_model

CONTEXTS = [[5, 9, 14], [7, 3], [11, 12, 13, 14, 15]]


@pytest.fixture(scope="module", params=["smollm2", "qwen2.5", "gemma-3"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LoadedModel:
    folder = tmp_path_factory.mktemp("steered")
    return load(write_model(folder / request.param, request.param, CHAT), folder)


def logits(model: LoadedModel, ids: list[int]) -> torch.Tensor:
    with torch.inference_mode():
        return model.with_head[0](input_ids=torch.tensor([ids])).logits[0]


def additions(strength: float, rows: int = 1, blocks: range = range(BLOCKS)) -> dict[int, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return {block: strength * torch.randn(rows, WIDTH, generator=generator) for block in blocks}


def test_nothing_added_is_bit_equal_to_no_steering(model: LoadedModel) -> None:
    plain = logits(model, CONTEXTS[0])
    with steered(model.body, additions(0.0)):
        assert torch.equal(logits(model, CONTEXTS[0]), plain)


def test_hooks_go_whatever_happens_inside(model: LoadedModel) -> None:
    plain = logits(model, CONTEXTS[0])
    with pytest.raises(RuntimeError, match="inside"), steered(model.body, additions(1.0)):
        assert not torch.equal(logits(model, CONTEXTS[0]), plain)
        raise RuntimeError("inside")
    assert torch.equal(logits(model, CONTEXTS[0]), plain)
    assert not any(block._forward_hooks for block in find_blocks(model.body)[2])


def test_a_block_puts_out_what_it_would_have_plus_the_vector(model: LoadedModel) -> None:
    vector = additions(1.0)[1]
    seen: dict[str, torch.Tensor] = {}

    def watch(name: str):  # type: ignore[no-untyped-def]
        return lambda index, states: seen.__setitem__(f"{name} {index}", states.clone())

    with torch.inference_mode():
        with watched(model.body, 2, watch("plain")):
            model.body(input_ids=torch.tensor([CONTEXTS[0]]), use_cache=False)
        with steered(model.body, {1: vector}), watched(model.body, 2, watch("steered")):
            model.body(input_ids=torch.tensor([CONTEXTS[0]]), use_cache=False)
    assert torch.equal(seen["steered 0"], seen["plain 0"])
    assert torch.allclose(seen["steered 1"], seen["plain 1"] + vector, atol=1e-6)


def test_each_direction_steers_its_own_rows(model: LoadedModel) -> None:
    own = {block: torch.cat([torch.zeros(1, WIDTH), vectors]) for block, vectors in additions(0.5, rows=2).items()}
    tokens = [1, 20, 300]
    found = steered_logprobs(model, CONTEXTS, tokens, own, batch_size=4, progress=False)
    assert found.shape == (3, len(CONTEXTS), len(tokens))
    for direction in range(3):
        alone = {block: vectors[direction : direction + 1] for block, vectors in own.items()}
        for row, context in enumerate(CONTEXTS):
            with steered(model.body, alone):
                expected = torch.log_softmax(logits(model, context)[-1].float(), dim=-1)[tokens]
            assert torch.allclose(found[direction, row], expected, atol=1e-4)


def test_an_overflow_has_a_name(model: LoadedModel) -> None:
    with pytest.raises(NonFiniteError, match="overflows"):
        steered_logprobs(model, CONTEXTS, [1], additions(float("inf")), batch_size=3, progress=False)


def test_the_model_is_left_as_it_was(model: LoadedModel) -> None:
    before = logits(model, CONTEXTS[2])
    steered_logprobs(model, CONTEXTS, [1], additions(2.0), batch_size=3, progress=False)
    assert torch.equal(logits(model, CONTEXTS[2]), before)


def test_a_head_that_does_more_than_multiply_is_refused(model: LoadedModel) -> None:
    head = model.with_head[0].get_output_embeddings()
    handle = head.register_forward_hook(lambda _module, _inputs, logits: logits * 100)
    try:
        with pytest.raises(PrecisionError, match="makes its logits in a way that is not known here"):
            steered_logprobs(model, CONTEXTS, [1], additions(1.0), batch_size=3, progress=False)
    finally:
        handle.remove()


@pytest.mark.parametrize("architecture", ["gemma3n_text", "deepseek_v4", "openai-gpt", "mllama"])
def test_the_residual_stream_moves_whatever_a_block_puts_out(architecture: str) -> None:
    own, vector = lent(architecture), torch.randn(2, 64)
    ids = torch.tensor([[5, 6, 7], [8, 9, 10]])
    states: list[dict[int, torch.Tensor]] = [{}, {}]
    for found, added in zip(states, ({}, {1: vector}), strict=True):
        with torch.inference_mode(), steered(own.body, added), watched(own.body, 3, keep(found)):
            own.body(**forward_inputs(own.body, ids, torch.ones_like(ids)))
    torch.testing.assert_close(states[1][1] - states[0][1], vector[:, None].expand(2, 3, 64), atol=1e-4, rtol=1e-3)
    assert not torch.allclose(states[1][2], states[0][2])


def keep(found: dict[int, torch.Tensor]) -> Callable[[int, torch.Tensor], None]:
    return lambda index, states: found.update({index: states.clone()})
