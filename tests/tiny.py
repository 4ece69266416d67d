"""Tiny random checkpoints of the right architectures, laid out as the hub's cache and the index cache are."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import (
    AutoModelForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    MistralConfig,
    PreTrainedConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
)

from emogeo.config.model import ModelConfig, Source
from emogeo.models.weights.index import weights_folder, write_manifest
from emogeo.stimuli.corpus import load_corpus

ARCHITECTURES: dict[str, type[PreTrainedConfig]] = {
    "qwen2.5": Qwen2Config,
    "qwen2.5-coder": Qwen2Config,
    "smollm2": LlamaConfig,
    "llama-3.2": LlamaConfig,
    "llama-3.1": LlamaConfig,
    "gemma-3": Gemma3TextConfig,
    "mistral": MistralConfig,
}
CHAT = "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>"
WIDTH = 32
BLOCKS = 4


def write_tokenizer(folder: Path, chat_template: str | None) -> None:
    """A byte-level BPE of 400 tokens, trained on the package's passages."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = BpeTrainer(vocab_size=400, special_tokens=["<bos>", "<eos>"], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(load_corpus(topics=6).texts, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<bos>", eos_token="<eos>")
    fast.chat_template = chat_template
    fast.save_pretrained(folder)


def write_model(
    folder: Path, family: str, chat_template: str | None = None, seed: int = 0, overflow: bool = False
) -> Path:
    """A random model with four blocks of width 32; with `overflow` (Gemma), block 1 leaves fp16's range."""
    torch.manual_seed(seed)
    config = ARCHITECTURES[family](
        vocab_size=512,
        hidden_size=WIDTH,
        intermediate_size=64,
        num_hidden_layers=BLOCKS,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=512,
        initializer_range=0.2,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    model = AutoModelForCausalLM.from_config(config)
    if overflow:
        with torch.no_grad():
            model.model.layers[1].post_feedforward_layernorm.weight.fill_(3e5)
    model.save_pretrained(folder)
    write_tokenizer(folder, chat_template)
    return folder


def write_for(model: ModelConfig, hub_cache: Path, index_cache: Path) -> Path:
    """A tiny stand-in for one of the shipped model options, where that option looks for its weights."""
    chat = CHAT if model.chat_template else None
    overflow = model.family == "gemma-3"
    if model.source is Source.index:
        assert model.sha256 is not None
        folder = weights_folder(index_cache, model.name, model.sha256)
        write_model(folder, model.family, chat, overflow=overflow)
        write_manifest(folder, model.sha256)
        return folder
    assert model.revision is not None
    repository = hub_cache / f"models--{model.id.replace('/', '--')}"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(model.revision)
    return write_model(repository / "snapshots" / model.revision, model.family, chat, overflow=overflow)
