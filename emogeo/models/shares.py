"""How much of a model's blocks is quantised, as it stands after loading."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TYPE_CHECKING

from emogeo.errors import PrecisionError

if TYPE_CHECKING:
    from torch import nn

KINDS = ("attention", "mlp", "experts", "other")
"""The kinds of modules; `other` holds recurrent and convolutional layers, routers and the like."""
_NAMED = {
    "experts": ("expert",),
    "attention": ("attn", "attention", "q_proj", "k_proj", "v_proj"),
    "mlp": ("mlp", "ffn", "feed_forward", "ff", "fc1", "fc2", "fc_in", "fc_out", "block_sparse_moe"),
}
_ROUTERS = ("router", "gate", "gating")
Shares = dict[str, float]
"""The share of the matrices' entries that are quantised: of `all`, and of each kind that there is."""
MOSTLY = 0.9
"""The share below which a run is flagged: it is not what its precision says."""
Counted = tuple[str, int, bool]
"""A matrix: its name, its number of entries, and whether it is quantised."""


def shares_of(matrices: Iterable[Counted]) -> Shares:
    """Gives the share of entries that are quantised, of all and by kind of module."""
    entries, quantised = Counter[str](), Counter[str]()
    for name, size, own in matrices:
        for kind in ("all", kind_of(name)):
            entries[kind] += size
            quantised[kind] += size * own
    return {kind: quantised[kind] / entries[kind] for kind in ("all", *KINDS) if entries[kind]}


def flag_of(shares: Mapping[str, float] | None) -> str | None:
    """Says how much is quantised, where that is not nearly all; None where it is, or where nothing was to be."""
    if not shares or shares["all"] >= MOSTLY:
        return None
    kinds = ", ".join(f"{kind} {share:.0%}" for kind, share in shares.items() if kind != "all")
    return f"only {shares['all']:.0%} of the blocks' weights are quantised ({kinds})"


def refuse_none(shares: Mapping[str, float], title: str, label: str) -> None:
    """Refuses a model none of whose blocks' weights were quantised.

    Raises:
        PrecisionError: that.
    """
    if not shares.get("all"):
        raise PrecisionError(
            f"{title} at {label}: none of its blocks' weights were quantised, because its linear layers are of a kind "
            "of their own, so these would be the numbers of the data type alone. Type precision=int8_weight_only or "
            "fp8, which quantise every kind, or precision=bf16."
        )


def kind_of(name: str) -> str:
    """Names the kind of module that a matrix belongs to, by its name within a block."""
    parts = name.lower().split(".")
    if any(part in _ROUTERS for part in parts):
        return "other"
    for kind, words in _NAMED.items():
        if any(part == word or (len(word) > 2 and word in part) for part in parts for word in words):
            return kind
    return "other"


def matrices_of(blocks: nn.Module, rounded: Set[int]) -> Iterator[Counted]:
    """Counts the parameters of blocks that have two axes or more.

    Args:
        rounded: the ids of parameters that were rounded in place.
    """
    for name, parameter in blocks.named_parameters():
        state = getattr(parameter, "quant_state", None)
        shape = tuple(parameter.shape if state is None else state.shape)
        if len(shape) > 1:
            quantised = type(parameter).__name__ in {"Int8Params", "Params4bit"} or id(parameter) in rounded
            yield name, math.prod(shape), quantised
