"""Blocks are found in any decoder, watched as they run, and put back."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from transformers import AutoModel, GPT2Config, LlamaConfig, PreTrainedModel

from emogeo.errors import WeightsError
from emogeo.models.blocks import body_of, embedding_of, find_blocks, watched
from emogeo.models.kinds import loader_of
from tests.models_table.configs import N_LAYERS, shrunk

N_BLOCKS = 3
IDS = torch.tensor([[1, 2, 3], [4, 5, 6]])


@pytest.fixture(params=["llama", "gpt2"])
def body(request: pytest.FixtureRequest) -> PreTrainedModel:
    torch.manual_seed(0)
    llama = LlamaConfig(
        vocab_size=9, hidden_size=8, intermediate_size=8, num_hidden_layers=N_BLOCKS, num_attention_heads=2
    )
    config = llama if request.param == "llama" else GPT2Config(vocab_size=9, n_embd=8, n_layer=N_BLOCKS, n_head=2)
    return AutoModel.from_config(config).eval()


def test_the_list_is_found_with_its_name_and_its_holder(body: PreTrainedModel) -> None:
    parent, name, blocks = find_blocks(body)
    assert getattr(parent, name) is blocks
    assert len(blocks) == N_BLOCKS
    assert {id(block) for block in blocks} <= {id(module) for module in body.modules()}


@pytest.mark.parametrize("n_blocks", [1, 2, N_BLOCKS])
def test_only_the_first_blocks_run_and_each_is_watched(body: PreTrainedModel, n_blocks: int) -> None:
    """Against transformers' own hidden states, of which the last is normed and left out."""
    seen: dict[int, torch.Tensor] = {}
    with torch.inference_mode():
        wanted = body(IDS, output_hidden_states=True).hidden_states
        with watched(body, n_blocks, lambda index, states: seen.update({index: states.clone()})):
            body(IDS, use_cache=False)
        again = body(IDS).last_hidden_state
    assert list(seen) == list(range(n_blocks))
    for index in range(min(n_blocks, N_BLOCKS - 1)):
        torch.testing.assert_close(seen[index], wanted[index + 1])
    torch.testing.assert_close(again, wanted[-1])


def test_hooks_and_blocks_are_put_back_after_an_error(body: PreTrainedModel) -> None:
    before = find_blocks(body)[2]
    with pytest.raises(KeyError), watched(body, 2, lambda _index, _states: None):
        raise KeyError
    after = find_blocks(body)[2]
    assert after is before
    assert not any(block._forward_hooks for block in after)


def test_a_transformer_without_a_list_of_its_blocks_is_refused(body: PreTrainedModel) -> None:
    body.config.num_hidden_layers = N_BLOCKS + 1
    name = type(body).__name__
    with pytest.raises(WeightsError, match=rf"^{name} has no list of {N_BLOCKS + 1} blocks; emogeo reads decoder-only"):
        find_blocks(body)


@pytest.mark.parametrize("architecture", ["qwen2_vl", "llava", "internvl", "idefics3", "qwen2_audio", "gemma3"])
def test_a_tower_as_deep_as_the_text_model_is_not_taken_for_it(architecture: str) -> None:
    """The blocks that are found run when a text is read; each tower has as many."""
    body = AutoModel.from_config(shrunk(architecture)).eval()
    towers = [own for own in body.modules() if isinstance(own, nn.ModuleList) and len(own) == N_LAYERS]
    assert len(towers) > 1
    seen: set[int] = set()
    with torch.inference_mode(), watched(body, N_LAYERS, lambda index, _states: seen.add(index)):
        body(input_ids=torch.tensor([[5, 6, 7]]))
    assert seen == set(range(N_LAYERS))


def test_an_architecture_without_input_embeddings_is_refused() -> None:
    body = AutoModel.from_config(shrunk("llama"))
    body.get_input_embeddings = lambda: (_ for _ in ()).throw(NotImplementedError)
    with pytest.raises(WeightsError, match="LlamaModel does not say where its input embeddings are"):
        embedding_of(body)


def test_the_transformer_without_its_head() -> None:
    named = {"llama": "LlamaModel", "llama4": "Llama4TextModel", "opt": "OPTModel", "qwen2_vl": "Qwen2VLModel"}
    found = {own: body_of(loader_of(own).from_config(shrunk(own))) for own in named}
    assert {own: type(body).__name__ for own, body in found.items()} == named


def test_of_two_lists_of_the_same_depth_the_nearer_one_is_taken() -> None:
    """GIT keeps its word embeddings in a module of their own, and its images' blocks before the text's."""
    body = AutoModel.from_config(shrunk("git"))
    assert find_blocks(body)[2] is body.encoder.layer
