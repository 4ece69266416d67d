"""The configuration of probes: a model is steered, asked, or reads any texts with a run's vectors."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING

from emogeo.errors import ConfigError
from emogeo.geometry.options import Directions


@dataclass
class ScenarioConfig:
    """A prompt, and the emotion towards which its answer is steered."""

    prompt: str = MISSING
    emotion: str = MISSING


@dataclass
class SteeringConfig:
    """mode=steering: emotion vectors added to the residual stream while the model writes."""

    name: str = MISSING
    """The option's name."""
    scenarios: dict[str, ScenarioConfig] = MISSING
    """The prompts that the model goes on from, each with the emotion that it is steered towards."""
    strengths: list[float] = MISSING
    """Lengths of the added vectors, as shares of the block's mean residual norm."""
    max_new_tokens: int = MISSING
    """The longest continuation, in tokens."""
    blocks: list[int] | None = None
    """The steered blocks, counted from 0; null for every block."""
    chat: bool | None = None
    """Whether to ask through the chat template; null does so where the model has one."""
    controls: int = MISSING
    """The number of random directions of the same length, as controls."""
    contexts: list[str] = MISSING
    """Openings of a text after which the probability of emotion words is measured."""
    neutral_words: list[str] = MISSING
    """Words unrelated to emotions; each emotion word is matched with one."""
    words: dict[str, list[str]] = field(default_factory=dict)
    """Words of conditions for which the package has none, or others than the package's."""

    def check(self) -> None:
        """Refuses an experiment without scenarios, strengths or contexts, and numbers out of range.

        Raises:
            ConfigError: names the field.
        """
        if not self.scenarios or not self.strengths or not self.contexts:
            raise ConfigError("steering needs at least one of each: steering.scenarios, .strengths, .contexts.")
        finite = all(0 < strength < float("inf") for strength in self.strengths)
        if not finite or len(set(self.strengths)) < len(self.strengths):
            raise ConfigError(
                f"steering.strengths={self.strengths}: different numbers above 0 (the unsteered text is always there)."
            )
        if self.controls < 1 or self.max_new_tokens < 1:
            raise ConfigError("steering.controls and steering.max_new_tokens: at least 1.")


@dataclass
class BehaviourConfig:
    """mode=behaviour: what the model says under pressure, and whether it keeps to a format."""

    turns: int = 5
    """The number of turns with pressure, and of turns without."""
    max_new_tokens: int = 96
    """The longest answer to a format task, in tokens."""
    capability: float = 0.8
    """The share of a facet's capability items that a model must get right to be asked the facet's items."""
    batch_size: int | None = None
    """Texts at once; null: 20 on a CPU, 256 on a GPU."""

    def check(self) -> None:
        """Refuses numbers out of range.

        Raises:
            ConfigError: names the field.
        """
        if self.turns < 1 or self.max_new_tokens < 1 or not 0 <= self.capability <= 1:
            raise ConfigError("behaviour.turns and .max_new_tokens: at least 1; behaviour.capability: a share, 0 to 1.")
        if self.batch_size is not None and self.batch_size < 1:
            raise ConfigError(f"behaviour.batch_size={self.batch_size}: at least 1, or null.")


@dataclass
class ReadoutConfig:
    """mode=readout: a run's vectors applied to any texts."""

    directions: Directions = Directions.relabelled
    """The random directions that a projection is compared with (`emogeo.geometry.options.Directions`)."""
    draws: int = 1000
    """The number of random directions, and of relabellings of texts for the p of an accuracy."""
    tokens: int | None = 200
    """The number of texts, from the first, whose tokens are kept one by one; null for all."""

    def check(self) -> None:
        """Refuses numbers out of range.

        Raises:
            ConfigError: names the field.
        """
        if self.draws < 19:
            raise ConfigError(f"readout.draws={self.draws}: at least 19, which give no p below 0.05.")
        if self.tokens is not None and self.tokens < 0:
            raise ConfigError(f"readout.tokens={self.tokens}: a number of texts, or null for all.")
