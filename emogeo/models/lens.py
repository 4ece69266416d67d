"""The tokens that directions of the residual stream promote through the unembedding: the logit lens."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from emogeo.arrays import Array
from emogeo.models.unembedding import Unembedding

log = logging.getLogger(__name__)
_ROWS = 16_384
"""The number of tokens whose logits are computed at a time."""
_LEAST = 1e-12
"""The least standard deviation that is divided by."""


@dataclass(frozen=True, eq=False)
class Extremes:
    """Tokens of each direction [direction, rank] with their numbers, the most extreme first."""

    up: NDArray[np.int64]
    """Token ids, the largest logit first."""
    up_logits: NDArray[np.float32]
    down: NDArray[np.int64]
    """The smallest logit first."""
    down_logits: NDArray[np.float32]
    telling: NDArray[np.int64]
    """The largest z first: by how many standard deviations a token's logit exceeds its mean among null directions."""
    telling_z: NDArray[np.float32]


def extremes(unembedding: Unembedding, directions: Array, spread: slice, n: int) -> Extremes:
    """Finds the n tokens that each direction promotes most, least, and most in comparison with null directions.

    Logits are W norm(v) in float32, without biases; scales and soft caps that keep the order of tokens are left out.
    Tokens whose rows of W are long have large logits in any direction: z has them on one footing with others.

    Args:
        directions: [direction, d_model].
        spread: the null directions that give each token's mean and standard deviation. Their own z is too small for
            a comparison with that of others: those that p is made of have to be other ones.
    """
    try:
        return _extremes(unembedding, directions, spread, n)
    except torch.OutOfMemoryError:  # of a GPU, where the next run may be reading
        log.info("the GPU has no memory left for the words of vectors: they are computed on the CPU")
        return _extremes(unembedding.on_cpu(), directions, spread, n)


def _extremes(unembedding: Unembedding, directions: Array, spread: slice, n: int) -> Extremes:
    states = unembedding.normed(torch.as_tensor(np.asarray(directions, dtype=np.float32)))
    up = down = telling = _Best.empty(states, n)
    for start in range(0, len(unembedding.weight), _ROWS):
        logits = states @ unembedding.weight[start : start + _ROWS].to(states.device, torch.float32).T
        sd, mean = torch.std_mean(logits[spread], dim=0)
        up, down = up.with_more(logits, start), down.with_more(-logits, start)
        telling = telling.with_more((logits - mean) / sd.clamp(min=_LEAST), start)
    return Extremes(*_numpy(up.ids, up.values, down.ids, -down.values, telling.ids, telling.values))


def _numpy(*tensors: torch.Tensor) -> list[Any]:
    return [own.cpu().numpy() for own in tensors]


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
