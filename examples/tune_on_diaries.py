"""Trains a small model on the package's diaries and saves it on the way: a base and tuned pair for +study=finetune.

    python examples/tune_on_diaries.py tuned
    python train.py -m +study=finetune 'model.weights=[./tuned/base,./tuned/step030,./tuned/step100]'
    python analyze.py

All weights of SmolLM2-135M-Instruct are trained (AdamW, learning rate 1e-4, eight diaries a step, products in bf16).
40 of the 504 diaries are held out, and the loss on them is printed. The passages, which the study reads, are told by
others and of other events: no step sees one.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase

import emogeo
from emogeo.stimuli.corpus import load_corpus

HELD_OUT, BATCH, RATE = 40, 8, 1e-4


def diaries() -> list[str]:
    """Gives the texts of stimuli=diaries in a random order that is always the same."""
    texts = load_corpus(voice="diaries").texts
    random.Random(0).shuffle(texts)
    return texts


def loss(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> torch.Tensor:
    """Gives the mean negative log-likelihood of a token, in nats."""
    batch = tokenizer(list(texts), return_tensors="pt", padding=True)
    labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
    with torch.autocast(model.device.type, torch.bfloat16):
        found: torch.Tensor = model(**batch.to(model.device), labels=labels.to(model.device)).loss
    return found


def with_head(name: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Loads a model whose output embeddings are its input embeddings, which emogeo reads without them."""
    body, tokenizer = emogeo.load_model(name, precision="fp32", device="cpu")
    if not body.config.tie_word_embeddings:
        raise SystemExit(f"{name} has output embeddings of its own. Name a model that shares them with its input.")
    model = AutoModelForCausalLM.from_config(body.config)
    model.base_model.load_state_dict(body.state_dict())
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    return model, tokenizer


def tune(name: str, folder: Path, steps: Sequence[int]) -> None:
    """Trains for as many steps as the last checkpoint has, and saves it at each of them and before the first."""
    torch.manual_seed(0)
    model, tokenizer = with_head(name)
    held_out, texts = diaries()[:HELD_OUT], diaries()[HELD_OUT:]
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    for step in range(max(steps) + 1):
        if step in (0, *steps):
            with torch.no_grad():
                print(f"step {step}: {loss(model, tokenizer, held_out).item():.3f} nats a token, held out", flush=True)
            own = folder / (f"step{step:03d}" if step else "base")
            model.save_pretrained(own)
            tokenizer.save_pretrained(own)
        at = step * BATCH % len(texts)
        loss(model, tokenizer, (texts + texts)[at : at + BATCH]).backward()
        optimizer.step()
        optimizer.zero_grad()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the checkpoints go")
    parser.add_argument("--steps", type=int, nargs="+", default=[30, 100], help="the checkpoints (default: 30 100)")
    parser.add_argument("--model", default="smollm2-135m-instruct", help="an option, a hub id or a folder")
    asked = parser.parse_args()
    tune(asked.model, asked.folder, asked.steps)


if __name__ == "__main__":
    main()
