"""States of texts with each text's condition, topic and unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array


@dataclass(frozen=True, repr=False)
class LabelledTexts:
    """Texts with condition, topic and unit, written by a person or a model; all four are of one length."""

    emotions: tuple[str, ...]
    topics: tuple[str, ...]
    units: tuple[str, ...]
    """The unit of each text, by name; two runs may use one name for different texts."""
    texts: tuple[str, ...]
    """The texts themselves or, where these are not known, names that stand for them."""
    known: bool = True
    """Whether the texts are known."""

    def __repr__(self) -> str:
        return f"{len(self.texts)} texts of {len(set(self.emotions))} conditions in {len(set(self.units))} units"


@dataclass(frozen=True)
class LabelledStates:
    """States of texts with the condition and the unit of each."""

    states: Array
    """[text, layer, d_model]"""
    emotions: Sequence[str]
    units: Sequence[str]
    conditions: Sequence[str]

    @property
    def n_units(self) -> int:
        return len(set(self.units))

    def of_units(self, kept: Sequence[str]) -> LabelledStates:
        """Selects the texts of some units."""
        names = set(kept)
        rows = [row for row, unit in enumerate(self.units) if unit in names]
        return replace(
            self,
            states=self.states[rows],
            emotions=[self.emotions[row] for row in rows],
            units=[self.units[row] for row in rows],
        )

    def at(self, row: int) -> LabelledStates:
        """Gives the same texts at one layer alone."""
        return replace(self, states=self.states[:, [row]])


@dataclass(frozen=True)
class BlockStates:
    """States of labelled texts that are read a block at a time, so that only one block's are in memory."""

    read: Callable[[int], Array]
    """Gives the states [text, d_model] at one place among the blocks."""
    n_blocks: int
    emotions: Sequence[str]
    units: Sequence[str]
    conditions: Sequence[str]

    @property
    def n_units(self) -> int:
        return len(set(self.units))

    def at(self, row: int) -> LabelledStates:
        """Reads one block."""
        return LabelledStates(self.read(row)[:, None], self.emotions, self.units, self.conditions)


@dataclass(frozen=True)
class States:
    """A model's states of texts, one per text and layer, with the texts and their labels."""

    name: str
    """The name of the model in tables."""
    values: NDArray[np.float32]
    """[text, layer, d_model], the residual stream after each block, pooled over a text's tokens"""
    emotions: tuple[str, ...]
    topics: tuple[str, ...]
    texts: tuple[str, ...]
    n_layers: int
    """The number of blocks of the model, which may be more than were run."""
    embeddings: NDArray[np.float32]
    """[text, d_model], mean input embeddings"""
    sentences: NDArray[np.float32] | None = None
    """[sentence, layer, d_model], last-token states of neutral factual sentences, from which anisotropy follows"""

    def __str__(self) -> str:
        shape = " × ".join(map(str, self.values.shape))
        return f"States of {self.name}: {shape} (texts × layers × width), {len(set(self.emotions))} conditions"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>"

    def to_dict(self) -> dict[str, Any]:
        """Gives the labels of every text, for a DataFrame."""
        return {"emotion": list(self.emotions), "topic": list(self.topics), "text": list(self.texts)}
