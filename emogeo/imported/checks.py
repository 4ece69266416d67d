"""Checks of numbers when they are read: finite, none of length zero, and dissimilarities that are such."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emogeo.errors import ImportedError
from emogeo.imported.stored import Numbers
from emogeo.imported.types import Kind
from emogeo.stimuli.files import shown

_ROUNDING = 1e-5
"""By how much an RDM may miss symmetry, or zero on its diagonal, as a part of its largest entry."""


def checked(values: Numbers, kind: Kind, labels: Sequence[str], block: int | None) -> Numbers:
    """Gives the numbers of a block as the machine has them, once they are what they should be.

    Args:
        values: [text, d_model], [condition, d_model] or [condition, condition].
        block: for messages; None where it is not known.

    Raises:
        ImportedError: a value that is not finite, with label and block; a vector of zeros; what is no RDM.
    """
    values = native(values)
    at = "" if block is None else f" at block {block}"
    _refuse_infinite(values, kind, labels, at)
    if kind is Kind.vectors:
        _refuse_zeros(values, labels, at)
    return _rdm(values, labels, at) if kind is Kind.rdm else values


def native(values: Numbers) -> Numbers:
    """Gives floats of 16, 32 or 64 bits in the machine's order of bytes, row by row."""
    kept = values.dtype.newbyteorder("=")
    return np.ascontiguousarray(values, dtype=np.float64 if kept.itemsize > 8 else kept)


def _refuse_infinite(values: Numbers, kind: Kind, labels: Sequence[str], at: str) -> None:
    whole = np.isfinite(values).all(axis=1)
    if whole.all():
        return
    row = int(np.argmin(whole))
    column = int(np.argmin(np.isfinite(values[row])))
    value, n = values[row, column], int((~whole).sum())
    what = f"The state of text {row} ({shown(labels[row])})" if kind is Kind.states else f"{shown(labels[row])}"
    where = shown(labels[column]) if kind is Kind.rdm else f"dimension {column}"
    more = f" ({n} rows have such values; this is the first.)" if n > 1 else ""
    raise ImportedError(f"{what}{at} has {value} in {where}; expected finite numbers.{more}")


def _refuse_zeros(values: Numbers, labels: Sequence[str], at: str) -> None:
    empty = ~values.any(axis=1)
    if empty.any():
        label = labels[int(np.argmax(empty))]
        raise ImportedError(
            f"The vector of {shown(label)}{at} is zero throughout, and has no direction. Leave it out of the file; "
            "where it is the condition that others are measured from, they have the same geometry without it."
        )


def _rdm(values: Numbers, labels: Sequence[str], at: str) -> Numbers:
    diagonal, largest = np.diagonal(values), float(np.abs(values).max())
    allowed = largest * (1e-3 if values.dtype.itemsize == 2 else _ROUNDING)
    if np.abs(diagonal - 1).max() <= max(allowed, _ROUNDING) and largest <= 1 + _ROUNDING:
        raise ImportedError(
            f"The matrix{at} has 1 on its diagonal: these are similarities (cosines, correlations). Save "
            "dissimilarities, 1 - matrix."
        )
    if np.abs(diagonal).max() > allowed:
        worst = int(np.argmax(np.abs(diagonal)))
        raise ImportedError(
            f"The RDM{at} has {diagonal[worst]:.6g} between {shown(labels[worst])} and itself; expected 0 on "
            "the diagonal."
        )
    apart = np.abs(values - values.T)
    if apart.max() > allowed:
        row, column = divmod(int(np.argmax(apart)), len(apart))
        raise ImportedError(
            f"The RDM{at} is not symmetric: {shown(labels[row])}, {shown(labels[column])} is {values[row, column]:.6g} "
            f"and the other way {values[column, row]:.6g}. Save the mean of both, (rdm + rdm.T) / 2, if that is meant."
        )
    if values.min() < -allowed:
        raise ImportedError(f"The RDM{at} has {values.min():.6g}; dissimilarities are 0 or more.")
    whole = (values + values.T) / 2
    np.fill_diagonal(whole, 0)
    return whole


def looks_like_rdm(values: Numbers) -> bool:
    """Says whether an array is symmetric with 0 or 1 on its diagonal: dissimilarities, or similarities."""
    values = native(values).astype(np.float64)
    if values.shape[0] != values.shape[1] or not np.isfinite(values).all():
        return False
    allowed = 1e-2 * np.abs(values).max()
    diagonal = np.diagonal(values)
    alike = np.abs(diagonal).max() <= allowed or np.abs(diagonal - 1).max() <= allowed
    return bool(alike and np.abs(values - values.T).max() <= allowed)
