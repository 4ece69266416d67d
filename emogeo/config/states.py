"""The configuration of a geometry: how token states become vectors, and which layer the RDM is from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from omegaconf import MISSING

from emogeo.errors import ConfigError
from emogeo.geometry.options import LayerRule, Selection


class Position(Enum):
    """Which token positions are pooled."""

    last = "last"
    middle = "middle"
    mean = "mean"


@dataclass
class PoolingConfig:
    """How token states become one state per text."""

    position: Position = Position.last
    """The token positions whose states become a text's state: the last, the middle one, or the mean of all."""
    skip: int = 0
    """Leading tokens left out of a mean."""

    def check(self) -> None:
        """Refuses leading tokens that are left out of anything but a mean.

        Raises:
            ConfigError: that, or a number below 0.
        """
        if self.skip < 0 or (self.skip and self.position is not Position.mean):
            raise ConfigError(
                f"pooling.skip={self.skip} with pooling.position={self.position.value}: "
                "skip is 0 or more, and more than 0 only for pooling.position=mean."
            )


class DenoisingMethod(Enum):
    """The components that are projected out of the states before vectors are formed."""

    none = "none"
    neutral_pcs = "neutral_pcs"


class NeutralTexts(Enum):
    """The texts whose principal components are removed."""

    facts = "facts"
    condition = "condition"


@dataclass
class DenoisingConfig:
    """Projection of neutral-text principal components out of the states."""

    method: DenoisingMethod = DenoisingMethod.none
    """What is projected out of the states before vectors are formed."""
    share: float = 0.5
    """The share of the neutral texts' variance that the removed components explain."""
    texts: NeutralTexts = NeutralTexts.facts
    """The neutral factual sentences, in the run's template and pooling, or the run's own neutral texts."""

    def check(self) -> None:
        """Refuses a share of variance that is not between 0 and 1.

        Raises:
            ConfigError: that.
        """
        if not 0 < self.share < 1:
            raise ConfigError(f"denoising.share={self.share}: a share of variance between 0 and 1.")


@dataclass
class LayerSelectionConfig:
    """Which block the RDM is read from; blocks are 0-based, depth is (index + 1) / n_layers."""

    name: Selection = MISSING
    """The rule: a criterion, a number, a depth, or all blocks."""
    index: int | None = None
    """The block, counted from 0 (layer_selection=index)."""
    depth: float | None = None
    """The share of depth, above 0 and up to 1 (layer_selection=depth)."""

    @property
    def rule(self) -> LayerRule:
        return LayerRule(self.name, self.index, self.depth)

    def check(self) -> None:
        """Refuses a selection by index or depth without it, and an index or a depth with another selection.

        Raises:
            ConfigError: says what to type.
        """
        for name, value in (("index", self.index), ("depth", self.depth)):
            wanted = self.name.value == name
            if wanted and value is None:
                raise ConfigError(f"layer_selection={name} needs a value: type layer_selection.{name}=...")
            if value is not None and not wanted:
                raise ConfigError(
                    f"layer_selection.{name}={value} does not go with layer_selection={self.name.value}; "
                    f"type layer_selection={name} layer_selection.{name}={value}."
                )
        if self.depth is not None and not 0 < self.depth <= 1:
            raise ConfigError(f"layer_selection.depth={self.depth}: a share of depth above 0 and up to 1.")


class NonFinite(Enum):
    """What happens when activations overflow."""

    refuse = "refuse"
    finite_layers = "finite_layers"
