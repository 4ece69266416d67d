"""Tokens that are drawn: each text by its own seed, from the logits after temperature and top-p."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import LogitsProcessor, LogitsProcessorList, TemperatureLogitsWarper, TopPLogitsWarper

from emogeo.errors import NonFiniteError
from emogeo.stimuli.templates import Decoding

_AT_ONCE = 64
"""Numbers that a row draws at once: as many draws of one number give the same."""
_ROUNDING = 1e-10
"""A share of all probability that float64 sums of a vocabulary, in whatever order, never differ by."""


def chooser(decoding: Decoding, seeds: Sequence[int]) -> LogitsProcessorList:
    """Gives what leaves one token possible for each text: drawn, or without a temperature the largest logit's."""
    if decoding.temperature is None:
        return LogitsProcessorList([FiniteLogits()])
    warmed = TemperatureLogitsWarper(decoding.temperature)
    return LogitsProcessorList([FiniteLogits(), warmed, SeededChoice(seeds, decoding.top_p)])


class FiniteLogits(LogitsProcessor):  # type: ignore[misc]
    """Raises an error where the model has overflowed, instead of letting it write a text from NaN."""

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        largest = scores.amax()  # NaN, where there is any
        if bool(torch.isnan(largest) | (largest == torch.inf)):
            raise NonFiniteError(
                f"The model's logits are not finite after {input_ids.shape[1]} tokens: it cannot write at this "
                "precision. Try precision=bf16 or fp32."
            )
        return scores


class SeededChoice(LogitsProcessor):  # type: ignore[misc]
    """Draws each row's token with the row's own generator and leaves it the only one possible.

    One uniform number per row and token, through the inverse of the cumulative probabilities
    in the order of token ids. So a text does not depend on which others share its batch.
    `drawn` says which token that is; on a CPU, `drawn_early` finds the same one sooner.

    Args:
        top_p: the share of probability that the likeliest tokens are kept for, as `TopPLogitsWarper` keeps them.
    """

    def __init__(self, seeds: Sequence[int], top_p: float = 1.0) -> None:
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self._uniform: Iterator[torch.Tensor] = iter(())
        self._top_p = top_p

    def __call__(self, _input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        uniform = self._next(scores.device)
        early = self._top_p < 1.0 and scores.device.type == "cpu"
        chosen = (drawn_early if early else drawn)(scores, uniform, self._top_p)
        only = torch.full_like(scores, -torch.inf)
        return only.scatter_(1, chosen[:, None], 0.0)

    def _next(self, device: torch.device) -> torch.Tensor:
        """Draws a number for each row [row]."""
        found = next(self._uniform, None)
        if found is None:
            rows = [torch.rand(_AT_ONCE, generator=own, dtype=torch.float64) for own in self._generators]
            self._uniform = iter(torch.stack(rows, dim=1).to(device))
            found = next(self._uniform)
        return found


def drawn(scores: torch.Tensor, uniform: torch.Tensor, top_p: float) -> torch.Tensor:
    """Draws the token of each row [row].

    Args:
        scores: [row, token], float32.
        uniform: [row], of [0, 1), float64, where the scores are.
    """
    if top_p < 1.0:
        scores = TopPLogitsWarper(top_p)(None, scores)
    cumulative = torch.softmax(scores.double(), dim=-1).cumsum(dim=-1)
    target = uniform[:, None] * cumulative[:, -1:]
    return torch.searchsorted(cumulative, target, right=True)[:, 0].clamp(max=scores.shape[-1] - 1)


def drawn_early(scores: torch.Tensor, uniform: torch.Tensor, top_p: float) -> torch.Tensor:
    """Draws what `drawn` draws, from the few tokens that top-p keeps, without sorting all with their ids.

    How many are kept follows from the sorted logits alone, by the arithmetic of `TopPLogitsWarper`. Of tokens whose
    logits are equal it may keep some alone, and which ones its sort decides. A row whose token depends on that,
    or on rounding, is drawn by `drawn`.
    """
    ordered = torch.from_numpy(np.sort(scores.numpy(), axis=-1))
    cumulative = ordered.softmax(dim=-1).cumsum(dim=-1)
    n_kept = (scores.shape[1] - (cumulative <= (1 - top_p)).sum(dim=-1)).clamp(min=1)
    chosen = torch.empty(len(scores), dtype=torch.long)
    for row, (own, n) in enumerate(zip(scores.numpy(), n_kept.tolist(), strict=True)):
        token = _certain(own, ordered[row, -n].item(), n, float(uniform[row]))
        one = slice(row, row + 1)
        chosen[row] = drawn(scores[one], uniform[one], top_p)[0] if token is None else token
    return chosen


def _certain(scores: NDArray[np.float32], least: float, n_kept: int, uniform: float) -> int | None:
    """Draws a token; None where it depends on which of the tokens with the least kept logit are kept.

    Keeping the first of them makes every cumulative probability largest, and keeping the last makes it smallest. Where
    both draw one token, any choice between them draws it.
    """
    candidates = np.flatnonzero(scores >= least)
    weights = np.exp(scores[candidates].astype(np.float64) - float(scores[candidates].max()))
    equal = np.flatnonzero(scores[candidates] == least)
    n_dropped = len(candidates) - n_kept
    early = _place(weights, equal[len(equal) - n_dropped :], uniform - _ROUNDING)
    late = _place(weights, equal[:n_dropped], uniform + _ROUNDING)
    return int(candidates[early]) if early is not None and early == late else None


def _place(weights: NDArray[Any], dropped: NDArray[np.int64], share: float) -> int | None:
    """Finds the first place that is not dropped whose cumulative weight exceeds a share; None beyond the last."""
    kept = np.delete(np.arange(len(weights)), dropped)
    cumulative = weights[kept].cumsum()
    found = int(np.searchsorted(cumulative, share * cumulative[-1], side="right"))
    return int(kept[found]) if found < len(kept) else None
