"""Tiny random checkpoints with a small tokenizer."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import AutoModel, PreTrainedTokenizerFast

from emogeo.models.kinds import loader_of
from emogeo.stimuli.corpus import load_corpus
from tests.models_table.configs import ALSO, HEARING, shrunk

_TOKENS = 320


def write_checkpoint(folder: Path, architecture: str) -> Path:
    """Writes a checkpoint with random weights, with its LM head where the architecture has one."""
    config = shrunk(architecture)
    loader: Any = AutoModel
    if (architecture not in ALSO or architecture in HEARING) and not config.is_encoder_decoder:
        loader = loader_of(architecture)
    torch.manual_seed(0)
    model = loader.from_config(config)
    enlarge(model)
    model.save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder


def enlarge(model: torch.nn.Module) -> None:
    """Makes matrices larger than they are drawn, so that every block changes the states by a good part."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim < 2 or parameter.numel() == 1:
                continue
            scale = float(parameter.std())
            if scale == 0 and not bool(parameter.any()):
                parameter.normal_(0.0, 0.1)
            elif 0 < scale < 0.1:
                parameter.mul_(0.1 / scale)


@cache
def tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE, trained on some of the package's passages."""
    own = Tokenizer(BPE())
    own.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    own.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = BpeTrainer(vocab_size=_TOKENS, special_tokens=["<bos>", "<eos>"], initial_alphabet=alphabet)
    own.train_from_iterator(load_corpus(topics=6).texts[:30], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=own, bos_token="<bos>", eos_token="<eos>")
