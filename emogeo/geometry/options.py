"""The choices that a geometry is made with, in words that configuration, records and the library share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

NEUTRAL = "neutral"
"""The condition that `Centring.neutral` subtracts."""


class Selection(Enum):
    """How the layer of the RDM is chosen."""

    all = "all"
    index = "index"
    depth = "depth"
    middle = "middle"
    min_mean_cosine = "min_mean_cosine"
    separation = "separation"
    reliability = "reliability"


class Centring(Enum):
    """What is subtracted from every condition's vector."""

    grand_mean = "grand_mean"
    topic_mean = "topic_mean"
    """Each topic's mean first, from its texts, then the grand mean."""
    neutral = "neutral"
    none = "none"


class Norm(Enum):
    """Scaling of each vector after centring."""

    none = "none"
    unit = "unit"


@dataclass(frozen=True)
class LayerRule:
    """How a layer is chosen, with the block or the share of depth where one is named."""

    selection: Selection = Selection.reliability
    index: int | None = None
    depth: float | None = None
