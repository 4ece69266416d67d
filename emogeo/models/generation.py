"""Texts that a model writes: batched, with a KV cache, each reproducible by its own seed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial

import numpy as np
import torch
from transformers import GenerationConfig as HFGenerationConfig

from emogeo.errors import PrecisionError
from emogeo.models.habits import one_at_a_time
from emogeo.models.inputs import padded_on_the_left
from emogeo.models.keeping import Arrays, Keeping, Nothing, batch_name, once
from emogeo.models.limits import refuse_too_long
from emogeo.models.loaded import LoadedModel
from emogeo.models.sampling import chooser
from emogeo.models.steering import steered
from emogeo.models.thinking import THOUGHT, thought_length
from emogeo.stimuli.templates import Decoding, Text


@dataclass(frozen=True)
class Written:
    """What a model wrote after one prompt."""

    prompt_ids: list[int]
    ids: list[int]
    """New tokens, without a thought that was stripped and without the one that stopped it."""
    text: str
    stop: str
    """Why it ended: `stopped`, `length`, or `thought` where nothing is left because the thought did not end."""
    thought_ids: list[int] = field(default_factory=list)
    """The tokens of the thought that was stripped, written before the others."""
    thought: str = ""
    """The thought that was stripped, in words; empty for one that holds nothing."""


def write(
    model: LoadedModel,
    prompts: Sequence[Text],
    seeds: Sequence[int],
    decoding: Decoding,
    batch_size: int | None = None,
    additions: Mapping[int, torch.Tensor] | None = None,
    kept: Keeping | None = None,
) -> list[Written]:
    """Writes after each prompt.

    Where a prompt names the markers of thoughts, a thought is taken out of what is written after it.

    A sampled text depends on its prompt and its seed, not on its batch mates (but for rounding): a model that padding
    on the left disturbs writes one text at a time, except under LLM.int8, where the batch size is in the key.

    Args:
        seeds: one per prompt; without effect on greedy decoding.
        batch_size: prompts at once; None for all of them.
        additions: what is added to the residual stream while the model writes, by 0-based block,
            [prompt, d_model]: each prompt its own.
        kept: keeps finished batches; those that it has are not written again.

    Returns:
        What was written, in the order of the prompts.

    Raises:
        StimuliError: a prompt that, with what is to be written, is longer than the positions that the model has.
    """
    written: list[Written] = []
    tokens = [model.tokenize(prompt) for prompt in prompts]
    if prompts:
        refuse_too_long(model.body, [len(own) for own in tokens], "prompt", decoding.max_new_tokens)
    alone = len(prompts) > 1 and not model.batch_mates_matter and one_at_a_time(model)
    size = 1 if alone else batch_size or max(len(prompts), 1)
    for start in range(0, len(prompts), size):
        batch = slice(start, start + size)
        own = {block: vectors[batch] for block, vectors in (additions or {}).items()}
        asked, seeded = tokens[batch], list(seeds[batch])
        name = batch_name("written", asked, seeded, decoding, additions=own)
        found = once(kept or Nothing(), name, partial(_steered_batch, model, asked, seeded, decoding, own))
        written += [Written(**row) for row in json.loads(found["written"].tobytes())]
    return [_without_thought(model, prompt, own) for prompt, own in zip(prompts, written, strict=True)]


def _steered_batch(
    model: LoadedModel,
    tokens: list[list[int]],
    seeds: list[int],
    decoding: Decoding,
    additions: Mapping[int, torch.Tensor],
) -> Arrays:
    """Writes a batch: `written`, the bytes of its JSON."""
    with steered(model.body, additions):
        rows = [asdict(own) for own in _write_batch(model, tokens, seeds, decoding)]
    return {"written": np.frombuffer(json.dumps(rows).encode(), np.uint8)}


def _write_batch(model: LoadedModel, tokens: list[list[int]], seeds: list[int], decoding: Decoding) -> list[Written]:
    causal, stops = model.with_head
    ids, mask = padded_on_the_left(tokens, model.pad_token_id, model.input_device)
    config = HFGenerationConfig(
        do_sample=False,
        max_new_tokens=decoding.max_new_tokens,
        min_new_tokens=decoding.min_new_tokens or None,
        eos_token_id=stops,
        pad_token_id=model.pad_token_id,
    )
    try:
        with torch.inference_mode():
            output = causal.generate(
                input_ids=ids, attention_mask=mask, generation_config=config, logits_processor=chooser(decoding, seeds)
            )
    except torch.OutOfMemoryError as error:
        fewer = max(len(tokens) // 2, 1)
        raise PrecisionError(
            f"Out of memory while writing {len(tokens)} texts at once: type generation.batch_size={fewer}."
        ) from error
    return [
        _written(model, prompt, row, set(stops), decoding.max_new_tokens)
        for prompt, row in zip(tokens, output[:, ids.shape[1] :].tolist(), strict=True)
    ]


def _written(model: LoadedModel, prompt: list[int], new: list[int], stops: set[int], most: int) -> Written:
    end = next((i for i, token in enumerate(new) if token in stops), len(new))
    stop = "length" if end == most else "stopped"
    text = str(model.tokenizer.decode(new[:end], skip_special_tokens=True))
    return Written(prompt, new[:end], text, stop)


def _without_thought(model: LoadedModel, prompt: Text, written: Written) -> Written:
    """Takes the thought out of what was written; one that does not end leaves nothing."""
    if prompt.thought is None:
        return written
    decode = model.tokenizer.decode
    n = thought_length(decode, prompt.thought, prompt.content, written.ids)
    if n == 0:
        return written
    first, rest = (written.ids, []) if n is None else (written.ids[:n], written.ids[n:])
    thought = decode(first)
    for marker in (prompt.thought.opens, prompt.thought.closes):
        thought = thought.replace(marker, "")
    text = str(decode(rest, skip_special_tokens=True))
    stop = THOUGHT if n is None else written.stop
    return Written(written.prompt_ids, rest, text, stop, first, thought.strip())
