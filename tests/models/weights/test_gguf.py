"""A tiny GGUF file becomes safetensors with the same numbers, or says what it lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig

from emogeo.errors import WeightsError
from emogeo.models.weights.folder import complete
from emogeo.models.weights.gguf import convert

TOKENS = ["<bos>", "<eos>", "a", "b", "ab", "Ġ", "Ġa", "c"]
HEADS, KEY_HEADS = 4, 2
CHAT = "{% for m in messages %}{{ m.content }}{% endfor %}"
NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def tensors_of_a_llama() -> dict[str, torch.Tensor]:
    config = LlamaConfig(
        vocab_size=len(TOKENS),
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=HEADS,
        num_key_value_heads=KEY_HEADS,
        tie_word_embeddings=False,
    )
    torch.manual_seed(0)
    return dict(AutoModelForCausalLM.from_config(config).state_dict())


def rotated(weight: np.ndarray, heads: int) -> np.ndarray:
    """As llama.cpp has queries and keys: halves of a head's rows interleaved."""
    halves = weight.reshape(heads, 2, weight.shape[0] // heads // 2, weight.shape[1])
    return halves.swapaxes(1, 2).reshape(weight.shape)


def write_gguf(
    file: Path,
    tensors: dict[str, torch.Tensor],
    further: Mapping[str, torch.Tensor] | None = None,
    scaling: Callable[[gguf.GGUFWriter], object] = lambda writer: None,
    theta: float = 10_000.0,
) -> Path:
    """Writes a llama as llama.cpp does.

    Args:
        further: tensors by their names in GGUF.
        scaling: writes further fields.
        theta: the base of the frequencies of positions.
    """
    writer = gguf.GGUFWriter(file, "llama")
    scaling(writer)
    writer.add_block_count(2)
    writer.add_context_length(32)
    writer.add_embedding_length(16)
    writer.add_feed_forward_length(24)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(theta)
    writer.add_vocab_size(len(TOKENS))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3, 3, *[1] * (len(TOKENS) - 2)])
    writer.add_token_merges(["a b", "Ġ a"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_chat_template(CHAT)
    for name, tensor in tensors.items():
        _, _, inner = name.removesuffix(".weight").partition("model.layers.")
        number, _, part = inner.partition(".")
        own = f"blk.{number}.{NAMES[part]}" if inner else NAMES[name.removesuffix(".weight")]
        heads = {"attn_q": HEADS, "attn_k": KEY_HEADS}.get(own.rpartition(".")[2])
        values = tensor.numpy()
        writer.add_tensor(f"{own}.weight", values if heads is None else rotated(values, heads))
    for name, tensor in (further or {}).items():
        writer.add_tensor(name, tensor.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def test_numbers_tokenizer_and_chat_template_are_those_of_the_file(tmp_path: Path) -> None:
    tensors = tensors_of_a_llama()
    convert(write_gguf(tmp_path / "tiny.gguf", tensors), tmp_path / "out")
    assert complete(tmp_path / "out")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "out")
    assert not hasattr(model.config, "quantization_config")
    assert model.config.dtype == torch.float32
    found = model.state_dict()
    assert set(found) == set(tensors)
    for name, wanted in tensors.items():
        assert torch.equal(found[name], wanted), name
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "out")
    assert tokenizer("ab a", add_special_tokens=False)["input_ids"] == [TOKENS.index("ab"), TOKENS.index("Ġa")]
    assert tokenizer.chat_template == CHAT


def test_a_tensor_that_the_file_lacks_is_named(tmp_path: Path) -> None:
    tensors = tensors_of_a_llama()
    del tensors["model.layers.1.mlp.up_proj.weight"]
    with pytest.raises(WeightsError, match=r"tiny\.gguf: no values for \['model\.layers\.1\.mlp\.up_proj\.weight'\]"):
        convert(write_gguf(tmp_path / "tiny.gguf", tensors), tmp_path / "out")
    assert not (tmp_path / "out" / "model.safetensors").exists()


@pytest.mark.parametrize("name", ["blk.0.attn_q.bias", "blk.1.attn_q_norm.weight", "blk.0.of_another_year.weight"])
def test_a_tensor_too_many_is_named(name: str, tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "tiny.gguf", tensors_of_a_llama(), {name: torch.ones(16)})
    with pytest.raises(WeightsError, match=rf"holds 1 tensors .*\(16 numbers\), the first: {name}"):
        convert(file, tmp_path / "out")
    assert not (tmp_path / "out" / "model.safetensors").exists()


def test_tied_embeddings_and_frequencies_leave_nothing_unread(tmp_path: Path) -> None:
    tensors = tensors_of_a_llama()
    del tensors["lm_head.weight"]
    convert(write_gguf(tmp_path / "tiny.gguf", tensors, {"rope_freqs.weight": torch.ones(2)}), tmp_path / "out")
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "out").config.tie_word_embeddings
