"""The tokens that directions of the residual stream promote through the unembedding: the logit lens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from emogeo.arrays import Array
from emogeo.models.unembedding import Unembedding

_ROWS = 16_384
"""The number of tokens whose logits are computed at a time."""


@dataclass(frozen=True, eq=False)
class Extremes:
    """The tokens with the largest logits of each direction, and those with the smallest."""

    up: NDArray[np.int64]
    """[direction, rank], token ids, the largest logit first"""
    up_logits: NDArray[np.float32]
    down: NDArray[np.int64]
    """[direction, rank], the smallest logit first"""
    down_logits: NDArray[np.float32]


def extremes(unembedding: Unembedding, directions: Array, n: int) -> Extremes:
    """Finds the n tokens that each direction promotes most, and least.

    Logits are W norm(v) in float32, without biases; scales and soft caps that keep the order of tokens are left out.

    Args:
        directions: [direction, d_model].
    """
    states = unembedding.normed(torch.as_tensor(np.asarray(directions, dtype=np.float32)))
    ends = [_Best.empty(states, n), _Best.empty(states, n)]
    for start in range(0, len(unembedding.weight), _ROWS):
        logits = states @ unembedding.weight[start : start + _ROWS].to(states.device, torch.float32).T
        ends = [ends[0].with_more(logits, start), ends[1].with_more(-logits, start)]
    up, down = ends
    return Extremes(up.ids.cpu().numpy(), up.values.cpu().numpy(), down.ids.cpu().numpy(), -down.values.cpu().numpy())


@dataclass(frozen=True, eq=False)
class _Best:
    """The largest values so far, and where they were: [direction, rank]."""

    ids: torch.Tensor
    values: torch.Tensor
    n: int

    @classmethod
    def empty(cls, states: torch.Tensor, n: int) -> _Best:
        nothing = states[:, :0]
        return cls(nothing.long(), nothing, n)

    def with_more(self, found: torch.Tensor, start: int) -> _Best:
        """Takes the largest of further values [direction, token], whose first has the number `start`."""
        values, places = found.topk(min(self.n, found.shape[1]), dim=1)
        values, ids = torch.cat([self.values, values], dim=1), torch.cat([self.ids, places + start], dim=1)
        values, kept = values.topk(min(self.n, values.shape[1]), dim=1)
        return _Best(ids.gather(1, kept), values, self.n)


def token_text(tokenizer: PreTrainedTokenizerBase, token: int) -> str:
    """Gives the text of a token with its blank; of one that is no whole character, its name in the vocabulary.

    A tokenizer may drop the blank before a text's first word, so the token is decoded after another.
    """
    anchor = tokenizer.encode("x", add_special_tokens=False)
    first = tokenizer.decode(anchor, clean_up_tokenization_spaces=False)
    both = tokenizer.decode([*anchor, token], clean_up_tokenization_spaces=False)
    text = both.removeprefix(first)
    name = str(tokenizer.convert_ids_to_tokens(token))
    return text if both.startswith(first) and text and "\ufffd" not in text else name
