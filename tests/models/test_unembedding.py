"""What reads the stream out into tokens: tied and untied heads, in memory and in files, norms of several kinds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer, LlamaConfig, PreTrainedConfig

from emogeo.config.model import Init, Source
from emogeo.errors import WeightsError
from emogeo.models.loaded import LoadedModel
from emogeo.models.unembedding import Unembedding, final_norm, unembedding_of
from emogeo.models.weights.resolve import Weights
from tests.models.lent import lent
from tests.models_table.configs import shrunk
from tests.tiny import write_tokenizer

D = 32


def llama(**changed: object) -> LlamaConfig:
    return LlamaConfig(
        vocab_size=512,
        hidden_size=D,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=4,
        **changed,
    )


def written(folder: Path, config: PreTrainedConfig) -> tuple[LoadedModel, Weights, torch.nn.Module]:
    """A checkpoint on disk, loaded without its head, and the whole model."""
    torch.manual_seed(1)
    whole = AutoModelForCausalLM.from_config(config).eval()
    for own in whole.parameters():
        torch.nn.init.normal_(own, std=0.3)
    whole.save_pretrained(folder)
    write_tokenizer(folder, None)
    body = AutoModel.from_pretrained(folder).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.pad_token = tokenizer.eos_token
    return LoadedModel(body, tokenizer), weights_at(folder), whole


def weights_at(folder: Path) -> Weights:
    return Weights("tiny", "llama", "base", None, Source.folder, "tiny", "sha256:0", folder)


def promised(whole: torch.nn.Module, directions: torch.Tensor) -> torch.Tensor:
    """The plain product: RMS norm by hand, then every row of the head."""
    scale = whole.model.norm.weight / torch.sqrt(
        (directions**2).mean(dim=1, keepdim=True) + whole.model.norm.variance_epsilon
    )
    return (directions * scale) @ whole.get_output_embeddings().weight.T


def logits(own: Unembedding, directions: torch.Tensor) -> torch.Tensor:
    return own.normed(directions) @ own.weight.float().T


@pytest.mark.parametrize("tied", [True, False])
def test_a_head_tied_or_of_its_own_gives_the_plain_product(tmp_path: Path, tied: bool) -> None:
    model, weights, whole = written(tmp_path, llama(tie_word_embeddings=tied))
    own = unembedding_of(model, weights)
    directions = torch.nn.functional.normalize(torch.randn(7, D), dim=1)
    assert own.tied is tied and own.norm is model.body.norm
    n = len(model.tokenizer)
    assert own.weight.shape == (n, D), "tokens that the tokenizer has"
    with torch.inference_mode():
        torch.testing.assert_close(logits(own, directions), promised(whole, directions)[:, :n])
    with_head = replace(model, causal=whole)
    torch.testing.assert_close(unembedding_of(with_head, weights).weight, own.weight)


def test_another_name_in_the_files_is_found_by_its_end(tmp_path: Path) -> None:
    model, weights, whole = written(tmp_path, llama(tie_word_embeddings=False))
    tensors = load_file(tmp_path / "model.safetensors")
    tensors["embed_out.weight"] = tensors.pop("lm_head.weight")
    save_file(tensors, tmp_path / "model.safetensors")
    found = unembedding_of(model, weights).weight
    torch.testing.assert_close(found, whole.lm_head.weight.detach()[: len(found)])


@pytest.mark.parametrize("how", ["lost", "scaled"])
def test_a_head_that_cannot_be_read_ends_in_a_sentence(tmp_path: Path, how: str) -> None:
    model, weights, _ = written(tmp_path, llama(tie_word_embeddings=False))
    tensors = load_file(tmp_path / "model.safetensors")
    if how == "lost":
        del tensors["lm_head.weight"]
    else:
        tensors["lm_head.weight_scale"] = torch.ones(1)
    save_file(tensors, tmp_path / "model.safetensors")
    with pytest.raises(WeightsError, match="the files of tiny have no unembedding that can be read"):
        unembedding_of(model, weights)


@pytest.mark.parametrize("kind", ["gpt2", "gpt_neox", "llama", "gemma3_text", "mamba"])
def test_the_final_norm_is_what_stands_between_the_last_block_and_the_end(kind: str) -> None:
    model = lent(kind)
    norm = final_norm(model)
    normed = [own for own in model.body.modules() if "norm" in type(own).__name__.lower()]
    assert norm is not None and norm is (model.body.norm_f if kind == "mamba" else normed[-1])


def test_a_bias_of_the_norm_is_no_promotion() -> None:
    model = lent("gpt2", head=True)
    norm = final_norm(model)
    with torch.no_grad():
        norm.bias.normal_()
    own = Unembedding(model.causal.get_output_embeddings().weight, norm, True, torch.device("cpu"))
    assert own.normed(torch.zeros(1, own.weight.shape[1])).abs().max() == 0
    direction = torch.randn(1, own.weight.shape[1])
    torch.testing.assert_close(own.normed(direction), -own.normed(-direction))


def test_without_a_norm_the_direction_is_taken_as_it_is() -> None:
    own = Unembedding(torch.eye(4), None, False, torch.device("cpu"))
    torch.testing.assert_close(own.normed(torch.eye(4)[:2]), torch.eye(4)[:2])


def test_twins_and_other_widths_are_refused_by_name(tmp_path: Path) -> None:
    model, weights, whole = written(tmp_path, llama(tie_word_embeddings=False))
    with pytest.raises(WeightsError, match="has learned no words"):
        unembedding_of(model, replace(weights, init=Init.random))
    whole.set_output_embeddings(torch.nn.Linear(D // 2, 512, bias=False))
    with pytest.raises(WeightsError, match="takes states of width 16, and its blocks give 32"):
        unembedding_of(replace(model, causal=whole), weights)
    whole.set_output_embeddings(torch.nn.Identity())
    with pytest.raises(WeightsError, match="tiny has no unembedding"):
        unembedding_of(replace(model, causal=whole), weights)


def test_an_architecture_without_a_class_with_a_head_ends_in_a_sentence(tmp_path: Path) -> None:
    model, weights, _ = written(tmp_path, llama(tie_word_embeddings=True))
    shrunk("t5").save_pretrained(tmp_path)
    with pytest.raises(WeightsError, match=r"tiny has no class with an unembedding \("):
        unembedding_of(model, weights)
