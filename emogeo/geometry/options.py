"""The options of a geometry, in words that configuration, records and the library share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from emogeo.errors import ConfigError

Option = TypeVar("Option", bound=Enum)

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
    """First each topic's mean is subtracted from its texts, then the grand mean."""
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


@dataclass(frozen=True)
class GeometryOptions:
    """Everything that a geometry depends on beside the states and their labels."""

    layer: LayerRule = LayerRule()
    centring: Centring = Centring.grand_mean
    norm: Norm = Norm.none
    seed: int = 0
    """Seeds the splits into halves, and the groups of texts whose topics are not crossed with conditions."""

    @staticmethod
    def of(layer: LayerRule | str | int | float, centring: str, norm: str, seed: int) -> GeometryOptions:
        """The options in the words that the command line takes.

        Args:
            layer: a criterion by name, a block by its number (0-based, or negative from the top), a share of depth, or
                `all` for every block side by side.

        Raises:
            ConfigError: a word that is no option; lists what is allowed.
        """
        rule = layer if isinstance(layer, LayerRule) else _rule(layer)
        return GeometryOptions(rule, _member("centring", Centring, centring), _member("norm", Norm, norm), seed)


def _rule(layer: str | int | float) -> LayerRule:
    if isinstance(layer, str):
        selection = _member("layer", Selection, layer)
        if selection in {Selection.index, Selection.depth}:
            raise ConfigError(f"layer={layer!r}: give the number itself, a block such as 12 or a share such as 0.85.")
        return LayerRule(selection)
    if isinstance(layer, float):
        if not 0 < layer <= 1:
            raise ConfigError(f"layer={layer}: a share of depth is above 0 and at most 1; a block is a whole number.")
        return LayerRule(Selection.depth, depth=layer)
    return LayerRule(Selection.index, index=int(layer))


def _member(name: str, kind: type[Option], word: str | Option) -> Option:
    try:
        return kind(word)
    except ValueError as error:
        allowed = ", ".join(member.value for member in kind)
        raise ConfigError(f"{name}={word!r} is not an option. Allowed: {allowed}.") from error
