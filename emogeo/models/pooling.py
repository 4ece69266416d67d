"""One state for each text of a batch, and the count of its values that are not finite."""

from __future__ import annotations

import torch

from emogeo.config.states import PoolingConfig, Position


def pool(states: torch.Tensor, mask: torch.Tensor, pooling: PoolingConfig, starts: torch.Tensor) -> torch.Tensor:
    """One state per text.

    Args:
        states: [text, token, d_model], padded on the right.
        mask: [text, token], 1 on tokens.
        starts: [text], the first token that counts; what comes before is a prompt.

    Returns:
        [text, d_model]: the last token's state, the middle one's (of n tokens the one at n // 2), or the
        float32 mean without the first `skip` tokens.
    """
    lengths = mask.sum(dim=1)
    if pooling.position is not Position.mean:
        middle = starts + (lengths - starts) // 2
        at = lengths - 1 if pooling.position is Position.last else middle
        return states[torch.arange(len(states), device=states.device), at]
    columns = torch.arange(mask.shape[1], device=mask.device)
    kept = mask * (columns >= (starts + pooling.skip)[:, None])
    weights = kept.float() / kept.sum(dim=1, keepdim=True)
    # where, not a product: 0 x inf would carry a padding token's overflow into the mean
    finite = torch.where(kept[..., None].bool(), states.float(), 0.0)
    return torch.einsum("tl,tld->td", weights, finite)


def count_nonfinite(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Counts the NaN and infinite values of each text [text]; a finite sum proves that there is none."""
    if bool(torch.isfinite(states.sum(dtype=torch.float32))):
        return torch.zeros(len(states), dtype=torch.long, device=states.device)
    return ((~torch.isfinite(states)).sum(dim=2) * mask).sum(dim=1)
