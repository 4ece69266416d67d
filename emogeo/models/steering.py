"""Directions added to the residual stream while a model writes or reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import nn
from tqdm import tqdm
from transformers import PreTrainedModel

from emogeo.errors import NonFiniteError, PrecisionError
from emogeo.models.blocks import find_blocks
from emogeo.models.habits import one_at_a_time
from emogeo.models.inputs import forward_inputs, padded_on_the_left
from emogeo.models.keeping import Arrays, Keeping, Nothing, batch_name, once
from emogeo.models.loaded import LoadedModel
from emogeo.models.streams import moved, output_states, with_states

_SAME_NATS = 0.5
"""Mean difference of log-probabilities that a head's rounding may make. Measured at bf16 and INT8: .006 to .028 for
three models; logits scaled by an eighth: 7 to 14."""


@contextmanager
def steered(body: PreTrainedModel, additions: Mapping[int, torch.Tensor]) -> Iterator[None]:
    """Adds a vector to every position of blocks' outputs; the hooks are removed whatever happens inside.

    Args:
        additions: by 0-based block, [text or 1, d_model]: each text of a batch its own, or all the same.
    """
    blocks, config = find_blocks(body)[2], body.config.get_text_config(decoder=True)
    handles = [blocks[index].register_forward_hook(_adding(addition, config)) for index, addition in additions.items()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _adding(addition: torch.Tensor, config: Any) -> Callable[[nn.Module, object, object], object]:
    def call(_module: nn.Module, _inputs: object, output: object) -> object:
        states = output_states(output)
        changed = moved(states, addition.to(states.device), config)
        return with_states(output, changed)

    return call


def steered_logprobs(
    model: LoadedModel,
    contexts: Sequence[list[int]],
    tokens: Sequence[int],
    additions: Mapping[int, torch.Tensor],
    batch_size: int,
    progress: bool = True,
    kept: Keeping | None = None,
) -> torch.Tensor:
    """Log-probabilities of tokens right after each context, under each of many directions; the head in float32.

    Args:
        contexts: token ids.
        tokens: ids of the words.
        additions: by 0-based block, [direction, d_model]; a row of zeros steers nothing.
        batch_size: contexts at once, or one where padding on the left disturbs the model.
        kept: keeps finished batches; those that it has are not scored again.

    Returns:
        [direction, context, token], natural logarithms, float32

    Raises:
        NonFiniteError: the model has overflowed.
        PrecisionError: an LM head that is offloaded, or whose logits are made in another way than is done here.
    """
    _check_head(model, contexts[0])
    n_directions = len(next(iter(additions.values())))
    rows = [(direction, context) for direction in range(n_directions) for context in range(len(contexts))]
    found = torch.empty(n_directions, len(contexts), len(tokens))
    batch_size = 1 if len(contexts) > 1 and one_at_a_time(model) else batch_size
    batches = [rows[start : start + batch_size] for start in range(0, len(rows), batch_size)]
    kept, whole = kept or Nothing(), batch_name("words", list(contexts), list(tokens), additions=additions)
    names = [batch_name(whole, batch) for batch in batches]
    known = sum(name in kept for name in names)
    bar = tqdm(total=len(batches), initial=known, desc="scoring words", unit="batch", disable=not progress)
    with bar:
        for batch, name in zip(batches, names, strict=True):
            logprobs = once(kept, name, partial(_steered_once, model, contexts, tokens, additions, batch))["logprobs"]
            for row, (direction, context) in enumerate(batch):
                found[direction, context] = torch.as_tensor(logprobs[row])
            bar.update(name not in kept)
    return found


def _steered_once(
    model: LoadedModel,
    contexts: Sequence[list[int]],
    tokens: Sequence[int],
    additions: Mapping[int, torch.Tensor],
    batch: Sequence[tuple[int, int]],
) -> Arrays:
    """Scores words after a batch of (direction, context): `logprobs` [row, token]."""
    own = {block: vectors[[direction for direction, _ in batch]] for block, vectors in additions.items()}
    with torch.inference_mode(), steered(model.body, own):
        logprobs = _last_logprobs(model, [contexts[context] for _, context in batch])
    return {"logprobs": logprobs[:, list(tokens)].cpu().numpy()}


def _check_head(model: LoadedModel, context: list[int]) -> None:
    """Compares the logits computed here with the model's own, which are rounded as its head is."""
    causal, _ = model.with_head
    if causal.get_output_embeddings().weight.is_meta:
        raise PrecisionError("The LM head is offloaded, and words cannot be scored: leave out runtime.device_map.")
    with torch.inference_mode():
        ids = torch.tensor([context], device=model.input_device)
        given = forward_inputs(causal, ids, torch.ones_like(ids))
        usual = torch.log_softmax(causal(**given).logits[0, -1].float(), dim=-1).cpu()
        apart = float((_last_logprobs(model, [context])[0].cpu() - usual).abs().mean())
    if not apart < _SAME_NATS:
        raise PrecisionError(
            f"{type(causal).__name__} makes its logits in a way that is not known here: log-probabilities differ from "
            f"its own by {apart:.1f} nats on average. mode=steering cannot score its words."
        )


def _last_logprobs(model: LoadedModel, contexts: list[list[int]]) -> torch.Tensor:
    """Gives log-probabilities [context, vocabulary] after the last token, on the head's device."""
    causal, _ = model.with_head
    ids, mask = padded_on_the_left(contexts, model.pad_token_id, model.input_device)
    output = model.body(**forward_inputs(model.body, ids, mask))
    head = causal.get_output_embeddings()
    states = output.last_hidden_state[:, -1].float().to(head.weight.device)
    logits = nn.functional.linear(states, head.weight.float(), getattr(head, "bias", None))
    cap = getattr(causal.config.get_text_config(), "final_logit_softcapping", None)
    logits = logits if cap is None else cap * torch.tanh(logits / cap)
    if not bool(torch.isfinite(logits).all()):
        raise NonFiniteError(
            "The steered model overflows at this precision: its logits are not finite. Try precision=bf16 or fp32."
        )
    return torch.log_softmax(logits, dim=-1)
