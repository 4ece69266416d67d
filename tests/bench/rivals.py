"""States of texts as others read them, each as its own pages say: what `tests.bench.extraction` compares with.

Every rival loads its own model and gives the last token's state after each block, [text, block, d_model] in float32.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoModelForCausalLM, AutoTokenizer

from emogeo.models.blocks import find_blocks

States: TypeAlias = NDArray[np.float32]
Read: TypeAlias = Callable[[Sequence[str]], States]
BATCH = 16


def plain_loop(folder: Path, dtype: torch.dtype) -> Read:
    """The causal language model with its head, one text after another."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()
    last = _last_block(model.base_model)

    def read(texts: Sequence[str]) -> States:
        found = []
        with torch.inference_mode():
            for text in texts:
                hidden = model(**tokenizer(text, return_tensors="pt"), output_hidden_states=True).hidden_states
                found.append(torch.stack([own[0, -1] for own in (*hidden[1:-1], *last)]))
        return _array(found)

    return read


def batched_loop(folder: Path, dtype: torch.dtype) -> Read:
    """The transformer without its head, batches of 16 sorted by length and padded on the right."""
    tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="right")
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    model = AutoModel.from_pretrained(folder, dtype=dtype).eval()
    last = _last_block(model)

    def read(texts: Sequence[str]) -> States:
        ids = tokenizer(list(texts))["input_ids"]
        order = sorted(range(len(ids)), key=lambda row: -len(ids[row]))
        found: dict[int, torch.Tensor] = {}
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                rows = order[start : start + BATCH]
                inputs = tokenizer.pad({"input_ids": [ids[row] for row in rows]}, return_tensors="pt")
                hidden = model(**inputs, output_hidden_states=True, use_cache=False).hidden_states
                ends = inputs["attention_mask"].sum(dim=1) - 1
                at = torch.arange(len(rows))
                states = torch.stack([own[at, ends] for own in (*hidden[1:-1], *last)], dim=1)
                found.update(zip(rows, states, strict=True))
        return _array([found[row] for row in range(len(ids))])

    return read


def transformer_lens(folder: Path, dtype: torch.dtype) -> Read:
    """TransformerLens, whose cache keeps the residual stream after each block alone (`names_filter`)."""
    from transformer_lens.model_bridge import TransformerBridge

    tokenizer = AutoTokenizer.from_pretrained(folder)
    own = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()
    n_blocks = own.config.num_hidden_layers
    model = TransformerBridge.boot_transformers(str(folder), hf_model=own, tokenizer=tokenizer, dtype=dtype)
    names = [f"blocks.{block}.hook_resid_post" for block in range(n_blocks)]

    def read(texts: Sequence[str]) -> States:
        found = []
        with torch.inference_mode():
            for text in texts:
                ids = tokenizer(text, return_tensors="pt")["input_ids"]
                _, cache = model.run_with_cache(ids, names_filter=names, return_type=None)
                found.append(torch.stack([cache[name][0, -1] for name in names]))
        return _array(found)

    return read


def nnsight(folder: Path, dtype: torch.dtype) -> Read:
    """nnsight, which saves the last token's state after each block."""
    from nnsight import TransformersModel

    tokenizer = AutoTokenizer.from_pretrained(folder)
    own = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()
    model = TransformersModel(own, tokenizer=tokenizer, task="text-generation")

    def read(texts: Sequence[str]) -> States:
        found = []
        with torch.inference_mode():
            for text in texts:
                with model.trace(text):
                    states = [block.output[0, -1].save() for block in model.model.layers]
                    states.save()
                found.append(torch.stack(states))
        return _array(found)

    return read


RIVALS: dict[str, Callable[[Path, torch.dtype], Read]] = {
    "batched loop": batched_loop,
    "plain loop, with head": plain_loop,
    "TransformerLens": transformer_lens,
    "nnsight": nnsight,
}
_LIBRARIES = {"TransformerLens": "transformer_lens", "nnsight": "nnsight"}


def installed(name: str) -> bool:
    """Whether a rival's library is there; loops need none."""
    return name not in _LIBRARIES or find_spec(_LIBRARIES[name]) is not None


def _last_block(body: Any) -> list[torch.Tensor]:
    """Keeps what the last block gives, which transformers hands out after the last norm alone."""
    kept: list[torch.Tensor] = []

    def keep(_module: object, _inputs: object, output: Any) -> None:
        kept[:] = [output[0] if isinstance(output, tuple) else output]

    find_blocks(body)[2][-1].register_forward_hook(keep)
    return kept


def _array(found: list[torch.Tensor]) -> States:
    states: States = torch.stack(found).float().numpy()
    return states
