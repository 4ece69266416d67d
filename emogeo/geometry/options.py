"""The options of a geometry, in words that configuration, records and the library share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from numbers import Integral, Real
from typing import TypeVar

from emogeo.errors import ConfigError

Option = TypeVar("Option", bound=Enum)

NEUTRAL = "neutral"
"""What the condition without an emotion is usually called."""


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


class Directions(Enum):
    """The random directions that a text's projection on a vector is compared with; all have unit length."""

    relabelled = "relabelled"
    """Vectors made as the run's own are, of its own states, once labels are permuted within units."""
    isotropic = "isotropic"
    """Drawn from a Gaussian in which every direction of the residual stream is as likely."""


class Norm(Enum):
    """Scaling of each vector after centring."""

    none = "none"
    unit = "unit"


class Axes(Enum):
    """What lies behind the two axes of a map of conditions."""

    scaling = "scaling"
    """Classical scaling of the cosine RDM: vectors count by their directions alone."""
    vectors = "vectors"
    """Principal axes of the vectors as they are, by length too."""


@dataclass(frozen=True)
class LayerRule:
    """How a layer is chosen, with the block or the share of depth where one is named."""

    selection: Selection = Selection.reliability
    index: int | None = None
    depth: float | None = None

    def __post_init__(self) -> None:
        absent = {Selection.index: self.index, Selection.depth: self.depth}
        if self.selection in absent and absent[self.selection] is None:
            raise ConfigError(f"A layer rule by {self.selection.value} needs the {self.selection.value}.")


@dataclass(frozen=True)
class GeometryOptions:
    """Everything that a geometry depends on beside the states and their labels."""

    layer: LayerRule = LayerRule()
    centring: Centring = Centring.grand_mean
    norm: Norm = Norm.none
    seed: int = 0
    """Seeds the splits into halves, and the groups of texts whose topics are not crossed with conditions."""
    neutral: str = NEUTRAL
    """The condition that `Centring.neutral` subtracts."""

    @staticmethod
    def of(
        layer: LayerRule | str | int | float, centring: str, norm: str, seed: int, neutral: str = NEUTRAL
    ) -> GeometryOptions:
        """The options in the words that the command line takes.

        Args:
            layer: a criterion by name, a block by its number (0-based, or negative from the top), a share of depth, or
                `all` for every block side by side.

        Raises:
            ConfigError: a word that is no option; lists what is allowed.
        """
        rule = layer if isinstance(layer, LayerRule) else _rule(layer)
        check_whole("seed", seed, 0)
        return GeometryOptions(
            rule, _member("centring", Centring, centring), _member("norm", Norm, norm), seed, neutral
        )


def check_whole(name: str, value: object, least: int) -> None:
    """Refuses what is no whole number, or one that is too small.

    Raises:
        ConfigError: names the argument.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ConfigError(f"{name}={value!r}: a whole number of at least {least}.")


def _rule(layer: object) -> LayerRule:
    if isinstance(layer, Selection):
        return _rule(layer.value)
    if isinstance(layer, str):
        selection = _member("layer", Selection, layer)
        if selection in {Selection.index, Selection.depth}:
            raise ConfigError(f"layer={layer!r}: give the number itself, a block such as 12 or a share such as 0.85.")
        return LayerRule(selection)
    if isinstance(layer, Integral) and not isinstance(layer, bool):
        return LayerRule(Selection.index, index=int(layer))
    if isinstance(layer, Real) and not isinstance(layer, bool):
        if not 0 < float(layer) <= 1:
            raise ConfigError(f"layer={layer}: a share of depth is above 0 and at most 1; a block is a whole number.")
        return LayerRule(Selection.depth, depth=float(layer))
    raise ConfigError(f"layer={layer!r}: give a criterion by name, the number of a block, or a share of depth.")


def _member(name: str, kind: type[Option], word: str | Option) -> Option:
    try:
        return kind(word)
    except ValueError as error:
        allowed = ", ".join(member.value for member in kind)
        raise ConfigError(f"{name}={word!r} is not an option. Allowed: {allowed}.") from error
