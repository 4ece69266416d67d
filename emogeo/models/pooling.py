"""One state for each text of a batch, and the count of its values that are not finite."""

from __future__ import annotations

import torch

from emogeo.config.states import PoolingConfig, Position


class Pooler:
    """Takes one state for each text of a batch; what depends on the batch alone is computed once for all blocks."""

    def __init__(self, mask: torch.Tensor, pooling: PoolingConfig, starts: torch.Tensor) -> None:
        """Prepares a batch that is padded on the right.

        Args:
            mask: [text, token], 1 on tokens.
            starts: [text], the first token that counts; what comes before is a prompt.
        """
        lengths = mask.sum(dim=1)
        self._mean = pooling.position is Position.mean
        if self._mean:
            columns = torch.arange(mask.shape[1], device=mask.device)
            kept = mask * (columns >= (starts + pooling.skip)[:, None])
            self._weights = kept.float() / kept.sum(dim=1, keepdim=True)
        else:
            middle = starts + (lengths - starts) // 2
            self._at = lengths - 1 if pooling.position is Position.last else middle
            self._rows = torch.arange(len(mask), device=mask.device)

    def __call__(self, states: torch.Tensor, finite: bool = False) -> torch.Tensor:
        """Pools states [text, token, d_model].

        Args:
            finite: whether all of them are known to be finite, those of padding tokens, too.

        Returns:
            [text, d_model]: the last token's state, the middle one's (of n tokens the one at n // 2), or the
            float32 mean without the first `skip` tokens.
        """
        device = states.device
        if not self._mean:
            return states[self._rows.to(device), self._at.to(device)]
        weights, own = self._weights.to(device), states.float()
        if not finite:  # where, not a product: 0 x inf would carry a padding token's overflow into the mean
            own = torch.where(weights[..., None] > 0, own, 0.0)
        return torch.einsum("tl,tld->td", weights, own)


def seen_finite(states: torch.Tensor) -> bool:
    """Whether all values are seen to be finite: a finite sum proves it, and one that is not leaves it open.

    The sum of float16 is made in float32, where it does not overflow. On a GPU it is left open, since a look would wait
    for all that the GPU has still to do, and counting costs little there.
    """
    if states.device.type != "cpu":
        return False
    wider = torch.float32 if states.dtype is torch.float16 else None
    return bool(torch.isfinite(states.sum(dtype=wider)))


def count_nonfinite(states: torch.Tensor, mask: torch.Tensor, finite: bool = False) -> torch.Tensor:
    """Counts the NaN and infinite values of each text [text].

    Args:
        states, mask: [text, token, d_model], [text, token].
        finite: whether there are known to be none.
    """
    if finite:
        return torch.zeros(len(states), dtype=torch.long, device=states.device)
    return ((~torch.isfinite(states)).sum(dim=2) * mask).sum(dim=1)
