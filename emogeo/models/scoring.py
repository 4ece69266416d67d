"""The probability that a model gives to a continuation of a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import torch

from emogeo.arrays import Array
from emogeo.errors import NonFiniteError, PrecisionError
from emogeo.models.habits import one_at_a_time
from emogeo.models.inputs import forward_inputs, padded_on_the_left, takes
from emogeo.models.keeping import Arrays, Keeping, Nothing, batch_name, once
from emogeo.models.limits import refuse_too_long
from emogeo.models.loaded import LoadedModel


def continuation_logprobs(
    model: LoadedModel,
    prefixes: Sequence[list[int]],
    continuations: Sequence[list[int]],
    batch_size: int,
    kept: Keeping | None = None,
) -> Array:
    """The log-probability of each continuation after its prefix: the sum over its tokens, in nats.

    The model reads the prefix and all of the continuation but its last token; what is equal is read
    once, so alternatives of one token each cost no more than one of them.

    Args:
        prefixes: token ids, at least one each.
        continuations: one per prefix, at least one token each.
        batch_size: texts read at once, or one where padding on the left disturbs the model; without effect but for
            rounding.
        kept: keeps finished batches; those that it has are not scored again.

    Returns:
        [n]

    Raises:
        NonFiniteError: logits with NaN or infinity.
        PrecisionError: out of memory.
        StimuliError: a text longer than the positions that the model has.
    """
    if not all(prefixes) or not all(continuations):
        raise ValueError("a prefix or a continuation without tokens")
    asked: dict[tuple[int, ...], list[int]] = {}
    for row, (prefix, continuation) in enumerate(zip(prefixes, continuations, strict=True)):
        asked.setdefault((*prefix, *continuation[:-1]), []).append(row)
    refuse_too_long(model.body, [len(ids) for ids in asked], "text")
    scores = np.full(len(prefixes), np.nan)
    batch_size = 1 if len(asked) > 1 and one_at_a_time(model) else batch_size
    for batch in _batches(sorted(asked, key=lambda ids: (len(ids), ids)), batch_size):
        rows = [asked[ids] for ids in batch]
        wanted = [[continuations[row] for row in own] for own in rows]
        found = once(kept or Nothing(), batch_name("scores", batch, wanted), partial(_scores, model, batch, wanted))
        scores[[row for own in rows for row in own]] = found["scores"]
    return scores


def _scores(model: LoadedModel, batch: list[tuple[int, ...]], wanted: list[list[list[int]]]) -> Arrays:
    """Scores the continuations of each text of a batch, one after another: `scores` [continuation]."""
    keep = max(len(continuation) for own in wanted for continuation in own)
    logprobs = zip(_logprobs(model, batch, keep), wanted, strict=True)
    return {"scores": np.array([_summed(own, continuation) for own, several in logprobs for continuation in several])}


def _batches(texts: list[tuple[int, ...]], size: int) -> Iterator[list[tuple[int, ...]]]:
    for start in range(0, len(texts), size):
        yield texts[start : start + size]


def _summed(logprobs: torch.Tensor, continuation: list[int]) -> float:
    """Sums the log-probabilities of the tokens that the last positions of [position, token] predict."""
    positions = torch.arange(-len(continuation), 0, device=logprobs.device)
    tokens = torch.tensor(continuation, device=logprobs.device)
    return float(logprobs[positions, tokens].sum(dtype=torch.float64))


def _logprobs(model: LoadedModel, batch: list[tuple[int, ...]], keep: int) -> torch.Tensor:
    """Gives log-probabilities [text, position, token] at the last `keep` positions."""
    causal, _ = model.with_head
    ids, mask = padded_on_the_left([list(ids) for ids in batch], model.pad_token_id, model.input_device)
    kept = {"logits_to_keep": keep} if takes(causal, "logits_to_keep") else {}
    try:
        with torch.inference_mode():
            output = causal(**forward_inputs(causal, ids, mask), **kept)
            logits = output.logits[:, -keep:].float()
            _refuse_nonfinite(logits, mask[:, -logits.shape[1] :].bool())
            return torch.log_softmax(logits, dim=-1)
    except torch.OutOfMemoryError as error:
        raise PrecisionError(
            f"Out of memory while scoring {len(batch)} texts at once: type a smaller batch size."
        ) from error


def _refuse_nonfinite(logits: torch.Tensor, read: torch.Tensor) -> None:
    """Refuses NaN and infinity where there is text; padding does not count."""
    if bool(((torch.isnan(logits) | (logits == torch.inf)).any(dim=-1) & read).any()):
        raise NonFiniteError(
            "The model's logits are not finite: nothing can be scored at this precision. Try precision=bf16 or fp32."
        )
