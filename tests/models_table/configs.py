"""Configurations of architectures, shrunk to a few thousand parameters by the names of their fields."""

from __future__ import annotations

import re
from typing import Any

from transformers import AutoConfig, PreTrainedConfig
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
)

VOCABULARY = 384
N_LAYERS = 4
HEARING = ("qwen2_audio", "voxtral")
ALSO = ("t5", "modernbert", "distilbert", "mpnet", "deberta-v2", "nomic_bert", *HEARING)
"""Architectures beside those that write text: encoders, which are refused, and models that hear."""

_RULES: tuple[tuple[str, Any], ...] = (
    (r"(text_|tgt_|src_)?vocab_size(_per_layer_input)?", VOCABULARY),
    (r"hidden_size|d_model|n_embd|embed_dim|hidden_dim|dim|model_dim|hidden_sizes?|embedding_size|width", 64),
    (r"(num_hidden|n|num|depth|encoder|decoder|num_encoder|num_decoder)_?layers?|depth|n_layer|num_blocks", N_LAYERS),
    (r"(num_attention|n|num|encoder_attention|decoder_attention|num_encoder|num_decoder)_?heads?|n_head", 4),
    (r"num_key_value_heads|num_kv_heads|n_head_kv|multi_query_group_num", 2),
    (r"head_dim|attention_head_dim|d_kv|v_head_dim|global_head_dim", 16),
    (r"(shared_)?intermediate_sizes?|ffn_dim|d_ff|n_inner|mlp_dim|(encoder|decoder)_ffn_dim|ffn_hidden_size", 128),
    (r"(moe|shared|shared_expert|expert)_?(expert)?_?(intermediate|ffn_hidden)_size", 64),
    (r"(num|n_routed|num_local|moe_num|n)_?experts", 4),
    (r"(num_experts_per_tok|top_k|moe_k|moe_topk|num_selected_experts|top_k_experts)", 2),
    (r"n_group|topk_group|num_expert_group", 1),
    (r"first_k_dense_replace|num_dense_layers", 1),
    (r"q_lora_rank|kv_lora_rank|o_lora_rank|index_head_dim|qk_nope_head_dim", 16),
    (r"qk_rope_head_dim", 8),
    (r"index_n_heads", 2),
    (r"index_topk", 64),
    (r"mamba_d_state|state_size|ssm_state_size|mamba_d_head|mamba_head_dim|time_step_rank|mamba_dt_rank", 16),
    (r"linear_(key|value)_head_dim", 16),
    (r"linear_num_(key|value)_heads", 2),
    (r"lru_width", 64),
    (r"max_position_embeddings|n_positions|n_ctx|max_seq_len|seq_length|max_sequence_length|context_length", 256),
    (r"sliding_window|attention_window_size|window_size|attention_chunk_size", 16),
    (r"image_size", 32),
    (r"patch_size", 8),
    (r"(bos|pad|eos|unk|pad_token|text_config_pad)_token_id", 0),
    (r"rotary_dim", 8),
    (r"mamba_n_heads|mamba_num_heads|n_mamba_heads", 8),
    (r"n_positions|original_max_position_embeddings", 256),
    (r"attention_hidden_size", 64),
)
_COMPILED = tuple((re.compile(rf"^(?:{names})$"), value) for names, value in _RULES)
_MAMBA = {"mamba_n_heads": 8, "mamba_d_head": 16, "mamba_expand": 2}
_GEMMA3N = {"num_kv_shared_layers": 2, "layer_types": ["sliding_attention", "full_attention"] * 2}
_QWEN4 = {"indexer_num_heads": 2, "index_num_heads": 2, "ngram_vocab_size_base": 64}
_MROPE = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]}
_WITH_MROPE = ("qwen2_vl", "qwen2_5_vl", "qwen2_5_omni_thinker", "paddleocr_vl", "glmga", "glm4v", "glm46v", "glm_ocr")
SPECIAL: dict[str, dict[str, Any]] = {
    "falcon_h1": {**_MAMBA, "mamba_d_ssm": 128},
    "mamba2": {"num_heads": 8, "head_dim": 16, "n_groups": 2},
    "blt": {"encoder_hash_byte_group_vocab": 64},
    "gpt_neo": {"attention_types": [[["global", "local"], 2]], "attention_layers": ["global", "local"] * 2},
    "hunyuan_v1_dense": {"head_dim": 16},
    "hunyuan_v1_moe": {"head_dim": 16},
    "ministral": {"head_dim": 16},
    "laguna": {"num_attention_heads_per_layer": [4] * N_LAYERS},
    "rwkv": {"attention_hidden_size": 64},
    "xlm": {"emb_dim": 64, "n_words": VOCABULARY},
    "xlnet": {"d_head": 16},
    "zaya": {"num_experts_per_tok": 1},
    "zamba": {"attention_hidden_size": 128, "attention_head_dim": 32, "n_mamba_heads": 2, "mamba_dt_rank": 4},
    "ctrl": {"dff": 96},
    "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1, "mamba_dt_rank": 4},
    "bamba": {**_MAMBA, "attn_layer_indices": [1, 3]},
    "granitemoehybrid": {**_MAMBA, "layer_types": ["linear_attention", "full_attention"] * 2},
    "deepseek_v2": {"topk_method": "greedy", "num_experts_per_tok": 2, "n_group": 1, "topk_group": 1},
    "dots1": {"n_routed_experts": 4, "num_local_experts": 4, "n_group": 1, "topk_group": 1},
    "gemma3n_text": _GEMMA3N,
    "gemma3n": {"text_config": _GEMMA3N},
    "nemotron": {"num_key_value_heads": 4},
    "zamba2": {
        "layers_block_type": ["linear_attention", "hybrid"] * 2,
        "hybrid_layer_ids": [1, 3],
        "mamba_headdim": 16,
        "kv_channels": 16,
        "attention_hidden_size": 128,
        "attention_head_dim": 32,
    },
    "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 2},
    "xlstm": {"embedding_dim": 64, "num_heads": 2},
    "kimi_linear": {"num_expert_group": 1, "topk_group": 1, "num_experts": 4, "num_experts_per_token": 2},
    "bailing_hybrid": {"n_group": 1, "topk_group": 1, "num_experts": 4, "num_experts_per_tok": 2},
    "dbrx": {"attn_config": {"rope_theta": 10000.0, "kv_n_heads": 2, "clip_qkv": 8.0}},
    "xmod": {"default_language": "en_XX"},
    "qwen4_exp_text": _QWEN4,
    "qwen4_exp": {"text_config": _QWEN4},
    "reformer": {"is_decoder": True, "axial_pos_embds_dim": [16, 48], "axial_pos_shape": [16, 16]},
    "chameleon": {"vocabulary_map": {"<image>": 7, "IMGIMGA": 8}},
    **{name: {"text_config": {"rope_parameters": _MROPE}} for name in _WITH_MROPE},
}
"""Fields by architecture that the rules above do not fit."""


def architectures() -> list[str]:
    """The names of architectures that write text, alone or beside images, and of some that do not."""
    return sorted({*MODEL_FOR_CAUSAL_LM_MAPPING_NAMES, *MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES, *ALSO})


def shrunk(architecture: str) -> PreTrainedConfig:
    """A tiny configuration of an architecture."""
    usual = AutoConfig.for_model(architecture)
    fields = _shrunk_fields(usual.to_dict())
    fields = _merged(fields, SPECIAL.get(architecture, {}))
    fields.pop("model_type", None)
    return type(usual)(**fields)


def _shrunk_fields(fields: dict[str, Any]) -> dict[str, Any]:
    found = {name: _shrunk_value(name, value) for name, value in fields.items()}
    if fields.get("num_key_value_heads") == fields.get("num_attention_heads") and "num_key_value_heads" in fields:
        found["num_key_value_heads"] = found["num_attention_heads"]
    if fields.get("qk_rope_head_dim") is not None and fields.get("head_dim") == fields["qk_rope_head_dim"]:
        found["head_dim"] = found["qk_rope_head_dim"]
    if found.get("per_layer_config"):
        own = next(iter(fields["per_layer_config"].values()))
        full = [i for i, kind in enumerate(_patterned(fields["layer_types"])) if kind == "full_attention"]
        found["per_layer_config"] = {str(i): _shrunk_fields(own) for i in full}
    for name in ("layer_types", "mlp_layer_types", "layers_block_type", "block_types"):
        if isinstance(fields.get(name), list) and fields[name]:
            found[name] = _patterned(fields[name])
    return found


def _shrunk_value(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _shrunk_fields(value)
    if name == "mrope_section":
        return [2, 3, 3]
    if isinstance(value, list) and len(value) > N_LAYERS and _is_by_layer(name):
        return _shrunk_value(name, value[:1])[:1] * N_LAYERS if name == "intermediate_size" else value[:N_LAYERS]
    if not isinstance(value, int) or isinstance(value, bool):
        return value
    small = next((small for pattern, small in _COMPILED if pattern.match(name)), None)
    return value if small is None else small


def _is_by_layer(name: str) -> bool:
    return name in {
        "intermediate_size",
        "activation_sparsity_pattern",
        "layers_block_type",
        "num_attention_heads_per_layer",
    }


def _patterned(types: list[Any]) -> list[Any]:
    """The first few of a list of kinds of layers, with every kind in it that the whole list has."""
    kinds = list(dict.fromkeys(types))[:N_LAYERS]
    return (kinds * N_LAYERS)[:N_LAYERS] if len(kinds) > 1 else types[:1] * N_LAYERS


def _merged(fields: dict[str, Any], special: dict[str, Any]) -> dict[str, Any]:
    merged = dict(fields)
    for name, value in special.items():
        inner = merged.get(name)
        merged[name] = _merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged
