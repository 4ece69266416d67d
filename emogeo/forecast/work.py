"""What a run would do: the passes that it reads, and the texts that it writes."""

from __future__ import annotations

from dataclasses import dataclass

from emogeo.forecast.network import Network
from emogeo.models.precision import Precision


@dataclass(frozen=True)
class Model:
    """A model as it is loaded."""

    name: str
    title: str
    """Its name and, of an untrained twin, how it was made."""
    precision: Precision
    device: str
    network: Network
    here: bool
    """Whether its weights are on this machine."""
    trained: bool = True

    @property
    def load(self) -> tuple[str, str, str]:
        """What tells one loaded model from another."""
        return self.title, self.precision.label, self.device


@dataclass(frozen=True)
class Reads:
    """One forward pass over texts."""

    model: Model
    key: str | None
    """The key of its record; None where none is kept."""
    also: tuple[str, ...]
    """Keys of records that the pass gives beside."""
    texts: int
    tokens: int
    n_blocks: int
    token_budget: int

    @property
    def bytes(self) -> float:
        """Bytes of one record: states in float32, mean embeddings, counts of non-finite values."""
        width = self.model.network.d_model
        return 4.0 * self.texts * (self.n_blocks * (width + 1) + width)


@dataclass(frozen=True)
class Writes:
    """Texts that a model writes."""

    model: Model
    key: str | None
    texts: int
    before: int
    """Tokens of the prompts."""
    new_tokens: int
    """The most tokens that are written."""
    at_once: int
    share: float = 1.0
    """The share of the texts that an interrupted run has not written yet."""

    @property
    def longest(self) -> int:
        """The tokens of a text with its prompt, at most."""
        return (self.before + self.new_tokens) // max(1, self.texts)


@dataclass(frozen=True)
class Absent:
    """A model whose weights are not here."""

    model: Model
    where: str
    """From where they come."""
    sized: bool = True
    """Whether its option or its name says how many parameters it has."""


@dataclass(frozen=True)
class Planned:
    """A run with what it would do if nothing of it were there."""

    title: str
    model: str
    key: str | None
    """The key of its record; None where it is not known before weights are here."""
    reads: tuple[Reads, ...] = ()
    writes: tuple[Writes, ...] = ()
    bytes: float = 0.0
    """Bytes of its record."""
    absent: Absent | None = None
    passed_over: str | None = None
    """Why it is not done at all, where it is not."""
    force: bool = False
