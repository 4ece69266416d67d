"""Regression of a run's ranks on those of predictors, from their agreements on disjoint text.

A predictor's own noise is taken out (its agreement is divided by the root of its reliability); the run's is left in, so
that the root of the run's reliability is the most that any predictor can reach. With r the agreements of the run with
predictors, W those of predictors with each other, and O the others beside some predictors g:

    explained by g = r_g W_gg^-1 r_g / reliability
    left of r      = r_g - W_gO W_OO^-1 r_O
    left of W      = W_gg - W_gO W_OO^-1 W_Og       (of one predictor, 1 over its variance inflation factor)
    only by g      = (left of r) (left of W)^-1 (left of r) / reliability

This is multiple regression, and for one predictor (left of r) / sqrt(left of W) is its semipartial correlation (Cohen,
Cohen, West & Aiken 2003, Applied Multiple Regression, 3rd ed., chapter 3). Leading axes of matrices are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.beyond import LEAST_EIGENVALUE, floored_inverse
from emogeo.geometry.inference import LEAST_RELIABILITY
from emogeo.geometry.relations import disattenuated


def ceiling(matrix: Array) -> Array:
    """Gives the root of the run's reliability [...], from agreements [..., 1 + predictor, 1 + predictor]."""
    return np.asarray(np.sqrt(np.maximum(matrix[..., 0, 0], LEAST_RELIABILITY)))


def parts(matrix: Array) -> tuple[Array, Array]:
    """Splits agreements on disjoint text [..., 1 + predictor, 1 + predictor], the run first.

    Returns:
        r [..., predictor], and W [..., predictor, predictor].
    """
    whole = disattenuated(matrix)
    return np.asarray(whole[..., 0, 1:] * ceiling(matrix)[..., None]), np.asarray(whole[..., 1:, 1:])


def left_over(matrix: Array, rows: Sequence[int]) -> tuple[Array, Array]:
    """Gives what the other predictors leave of some: of r [..., own], and of W [..., own, own]."""
    r, w = parts(matrix)
    own, others = list(rows), [row for row in range(r.shape[-1]) if row not in rows]
    if not others:
        return r[..., own], _block(w, own, own)
    slopes = _block(w, own, others) @ floored_inverse(_block(w, others, others))
    left = r[..., own] - np.einsum("...go,...o->...g", slopes, r[..., others])
    return left, np.asarray(_block(w, own, own) - slopes @ _block(w, others, own))


def slopes_on_others(matrix: Array, rows: Sequence[int]) -> Array:
    """Gives the slopes [other, 1 + own] of the run, then of each of some predictors, on the others; one matrix only."""
    r, w = parts(matrix)
    others = [row for row in range(len(r)) if row not in rows]
    return np.asarray(
        floored_inverse(_block(w, others, others)) @ np.column_stack([r[others], w[np.ix_(others, rows)]])
    )


def given_others(matrix: Array, row: int) -> Array:
    """Gives the semipartial agreement [...] of the run with one predictor given the others."""
    left, rest = left_over(matrix, [row])
    return np.asarray(left[..., 0] / np.sqrt(np.maximum(rest[..., 0, 0], LEAST_EIGENVALUE)))


def explained_by(matrix: Array, rows: Sequence[int]) -> Array:
    """Gives the share [...] of the reliable geometry that some predictors explain."""
    r, w = parts(matrix)
    return _share(matrix, r[..., list(rows)], _block(w, rows, rows))


def explained_only_by(matrix: Array, rows: Sequence[int]) -> Array:
    """Gives the share [...] that some predictors explain and the others do not."""
    return _share(matrix, *left_over(matrix, rows))


def inflation(matrix: Array, rows: Sequence[int]) -> float:
    """Gives the variance inflation factor of one predictor; of several, that of the part that the others give least."""
    return float(1 / max(np.linalg.eigvalsh(left_over(matrix, rows)[1]).max(), LEAST_RELIABILITY))


def _share(matrix: Array, r: Array, w: Array) -> Array:
    return np.asarray(np.einsum("...i,...ij,...j->...", r, floored_inverse(w), r) / ceiling(matrix) ** 2)


def _block(w: Array, rows: Sequence[int], columns: Sequence[int]) -> Array:
    return np.asarray(w[..., list(rows), :][..., list(columns)])
