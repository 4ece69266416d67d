"""What a file of vectors, RDMs or states holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Kind(StrEnum):
    """What was measured: states of texts, vectors of conditions, or their dissimilarities alone."""

    states = "states"
    vectors = "vectors"
    rdm = "rdm"


@dataclass(frozen=True)
class Measured:
    """What a file or a folder holds; the numbers of a block are read when they are asked for."""

    kind: Kind
    labels: tuple[str, ...]
    """States: the condition of each text. Vectors and RDMs: the conditions, each once."""
    blocks: tuple[int, ...]
    """The blocks, counted from 0, ascending; empty for an RDM whose block is not said."""
    at: Callable[[int], NDArray[np.floating[Any]]]
    """Reads the numbers at a place among `blocks`: [text, d_model], [condition, d_model] or [condition, condition]."""
    files: tuple[Path, ...]
    """Every file that the numbers and labels depend on."""
    topics: tuple[str, ...] | None = None
    """[text]; None where the file has none."""
    texts: tuple[str, ...] | None = None
    """[text]; None where they are not known."""
    units: tuple[str, ...] | None = None
    """[text], the unit of each text where the file says it; None where topics or chance decide."""
    embeddings: NDArray[np.floating[Any]] | None = None
    """[text, d_model], mean input embeddings; None where the file has none."""
    said: Mapping[str, str] = field(default_factory=dict)
    """What the file says of itself: model, revision, and so on."""
