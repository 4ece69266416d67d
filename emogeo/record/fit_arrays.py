"""Whether the arrays of a geometry fit its record and each other: what they cannot be is refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from emogeo.arrays import Array
from emogeo.errors import GeometryError, RecordError
from emogeo.geometry.layers import side_by_side
from emogeo.geometry.options import Norm
from emogeo.geometry.rdm import cosine_rdm, rdm_std, upper
from emogeo.record.files import RDM, RUN_FILE, VECTORS
from emogeo.record.fit import require
from emogeo.record.run import Run

Arrays: TypeAlias = Mapping[str, np.ndarray[Any, Any]]
_ROUNDING = 1e-9
_FLOAT32 = 1e-4
"""By how much an RDM may differ from that of its vectors, which are kept as float32."""
_NOTHING = 1e-9
"""The share of their own size below which states do not differ."""
_RANGE = np.finfo(np.float32)
"""Sizes that states have: float32 holds them."""


def check_arrays(run: Run, vectors: Arrays, rdms: Arrays, folder: str) -> None:
    """Checks that arrays have the shapes of the record, and that RDMs are those of the vectors.

    Args:
        vectors: the arrays of vectors.safetensors.
        rdms: the arrays of rdm.safetensors.

    Raises:
        RecordError: names the file and the array.
    """
    _check_shapes(run, vectors, rdms, folder)
    _check_states(run, vectors, f"{folder}/{VECTORS}")
    _check_rdm(rdms, f"{folder}/{RDM}")
    with np.errstate(all="ignore"):  # what overflows gives another RDM, and is refused for that
        _check_same(run, np.asarray(vectors["vectors"], dtype=np.float64), rdms, folder)
    found, spread = run.result.metrics.rdm_std, rdm_std(rdms["rdm"])
    same = abs(found - spread) <= _ROUNDING
    require(same, f"{folder}/{RUN_FILE}: metrics.rdm_std: not that of {RDM}, {spread:.6g} (found {found:.6g})")


def _check_shapes(run: Run, vectors: Arrays, rdms: Arrays, folder: str) -> None:
    """Refuses arrays that are not finite, or not of the shapes that the record gives."""
    conditions, layers, texts = len(run.conditions), len(run.result.layer.layers), run.record.n_texts
    check_array(vectors, "vectors", (conditions, layers, None), f"{folder}/{VECTORS}")
    check_array(vectors, "passages", (texts, None), f"{folder}/{VECTORS}")
    if run.record.imported is None or "embeddings" in vectors:
        check_array(vectors, "embeddings", (texts, None), f"{folder}/{VECTORS}")
    check_array(rdms, "rdm", (conditions, conditions), f"{folder}/{RDM}")
    check_array(rdms, "rdm_by_layer", (layers, conditions * (conditions - 1) // 2), f"{folder}/{RDM}")


def check_array(arrays: Arrays, name: str, shape: Sequence[int | None], file: str) -> None:
    """Refuses an array of another shape (sizes of None are free), without a number, or with NaN or infinity."""
    require(name in arrays, f"{file}: {name}: Array required")
    found = arrays[name]
    fits = len(found.shape) == len(shape) and all(
        wanted in (None, size) for wanted, size in zip(shape, found.shape, strict=True)
    )
    wanted = ", ".join("*" if size is None else str(size) for size in shape)
    require(fits, f"{file}: {name}: shape [{wanted}] is needed (found {list(found.shape)})")
    require(found.size > 0, f"{file}: {name}: empty (shape {list(found.shape)})")
    require(found.dtype.kind == "f", f"{file}: {name}: floating-point numbers are needed (found {found.dtype})")
    require(bool(np.isfinite(found).all()), f"{file}: {name}: NaN or infinite")


def _check_states(run: Run, arrays: Arrays, file: str) -> None:
    """Refuses states of another width than the vectors, and states from which no geometry follows."""
    vectors, passages = arrays["vectors"], arrays["passages"]
    layers, width = vectors.shape[1:]
    wanted = width if run.layer is not None else layers * width
    require(passages.shape[1] == wanted, f"{file}: passages: width {wanted} is needed (found {passages.shape[1]})")
    for name, values in (("vectors", vectors), ("passages", passages)):
        _check_size(_largest(values), f"{file}: {name}")
    differences = passages.max(axis=0).astype(np.float64) - passages.min(axis=0)
    same = differences.max() <= _NOTHING * _largest(passages)
    require(not same, f"{file}: passages: the same for every text")


def _largest(values: np.ndarray[Any, Any]) -> float:
    return max(float(values.max()), -float(values.min()))


def _check_size(largest: float, where: str) -> None:
    require(largest > 0, f"{where}: all are zero")
    fits = float(_RANGE.tiny) <= largest <= float(_RANGE.max)
    require(fits, f"{where}: the largest is {largest:.0e}, beyond the range of float32")


def _check_rdm(rdms: Arrays, file: str) -> None:
    """Refuses what is no matrix of 1 − cosine."""
    rdm = rdms["rdm"]
    require(np.allclose(rdm, rdm.T, rtol=0, atol=_ROUNDING), f"{file}: rdm: not symmetric")
    require(np.allclose(np.diag(rdm), 0, rtol=0, atol=_ROUNDING), f"{file}: rdm: the diagonal is not zero")
    for name in ("rdm", "rdm_by_layer"):
        low, high = float(rdms[name].min()), float(rdms[name].max())
        fits = low >= -_ROUNDING and high <= 2 + _ROUNDING
        require(fits, f"{file}: {name}: values from 0 to 2 are needed (found {low:.6g} to {high:.6g})")


def _check_same(run: Run, vectors: Array, rdms: Arrays, folder: str) -> None:
    """Refuses RDMs that are not those of the vectors [condition, layer, feature]."""
    by_layer = rdms["rdm_by_layer"]
    for row, block in enumerate(run.result.layer.layers):
        own = rdm_of(vectors[:, row], run.conditions, f"{folder}/{VECTORS}: vectors: block {block}")
        require_same(by_layer[row], own, f"{folder}/{RDM}: rdm_by_layer: block {block}")
    if run.row is not None:
        require_same(upper(rdms["rdm"]), np.asarray(by_layer[run.row]), f"{folder}/{RDM}: rdm")
    elif run.config.norm is Norm.none:  # vectors of unit length no longer say how blocks were weighed
        own = rdm_of(side_by_side(vectors, vectors), run.conditions, f"{folder}/{VECTORS}: vectors")
        require_same(upper(rdms["rdm"]), own, f"{folder}/{RDM}: rdm")


def rdm_of(vectors: Array, conditions: Sequence[str], where: str) -> Array:
    """Gives the RDM [pair] of vectors [condition, feature].

    Raises:
        RecordError: vectors that have none.
    """
    try:
        return upper(cosine_rdm(vectors, conditions))
    except GeometryError as error:
        raise RecordError(f"{where}: {error}") from error


def require_same(found: np.ndarray[Any, Any], wanted: Array, where: str) -> None:
    """Refuses an RDM [pair] that is not that of the vectors, which are kept as float32."""
    apart = float(np.abs(found - wanted).max())
    require(apart <= _FLOAT32, f"{where}: not what the vectors give (apart by up to {apart:.2g})")
