"""Batches that a model is done with, kept by whoever calls, so that a killed process need not do them again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch

Arrays: TypeAlias = dict[str, np.ndarray[Any, Any]]
"""What a batch gives, by name."""


class Keeping(Protocol):
    """Keeps what batches give under the name of each."""

    def __contains__(self, name: str) -> bool:
        """Says whether a batch was finished before."""

    def found(self, name: str) -> Arrays | None:
        """Gives what a batch gave that was finished before, else None."""

    def keep(self, name: str, arrays: Arrays) -> None:
        """Keeps what a batch gives."""

    def reserve(self, size: int) -> None:
        """Says how many bytes all of it will take in the record."""


class Nothing:
    """Keeps nothing: for work that is not repeated."""

    def __contains__(self, name: str) -> bool:
        return False

    def found(self, _name: str) -> Arrays | None:
        """Gives None."""
        return None

    def keep(self, _name: str, _arrays: Arrays) -> None:
        """Forgets it."""

    def reserve(self, _size: int) -> None:
        """Forgets it."""


def batch_name(*content: object, additions: Mapping[int, torch.Tensor] | None = None) -> str:
    """Names a batch by all that it gives rise to: hex digits.

    Args:
        content: what it is done with, of lists, numbers and texts.
        additions: what is added to the residual stream, by block.
    """
    digest = hashlib.sha256(repr(content).encode())
    for block, vectors in sorted((additions or {}).items()):
        digest.update(f"{block} {tuple(vectors.shape)}".encode() + vectors.double().cpu().numpy().tobytes())
    return digest.hexdigest()


def once(kept: Keeping, name: str, compute: Callable[[], Arrays]) -> Arrays:
    """Gives what a batch gave before, else computes and keeps it."""
    found = kept.found(name)
    if found is None:
        found = compute()
        kept.keep(name, found)
    return found
