"""Whether the parts of a bare geometry fit each other: vectors or dissimilarities whose texts are not known."""

from __future__ import annotations

from typing import Any

import numpy as np

from emogeo.errors import GeometryError, RecordError
from emogeo.geometry.layers import side_by_side
from emogeo.geometry.options import Norm
from emogeo.geometry.rdm import MIN_CONDITIONS, check_rdm, rdm_std, upper
from emogeo.imported.types import Kind
from emogeo.record.files import RDM, RUN_FILE, VECTORS
from emogeo.record.fit import require, require_labels
from emogeo.record.fit_arrays import Arrays, check_array, rdm_of, require_same
from emogeo.record.run import BareRun

_ROUNDING = 1e-9


def check_bare(run: BareRun, vectors: Arrays | None, rdms: Arrays, folder: str) -> None:
    """Checks conditions, blocks, curves and dissimilarities, and that vectors give these.

    Args:
        vectors: the arrays of vectors.safetensors; None where there is no such file.
        rdms: the arrays of rdm.safetensors.

    Raises:
        RecordError: names the file and the field.
    """
    of_vectors = run.record.kind is Kind.vectors
    require(of_vectors == (vectors is not None), f"{folder}/{VECTORS}: {'needed' if of_vectors else 'not to be had'}")
    _check_result(run, f"{folder}/{RUN_FILE}")
    _check_rdms(run, rdms, f"{folder}/{RDM}")
    if vectors is not None:
        _check_vectors(run, vectors, rdms, folder)
    found, spread = run.result.metrics.rdm_std, rdm_std(rdms["rdm"])
    same = abs(found - spread) <= _ROUNDING * max(1.0, spread)
    require(same, f"{folder}/{RUN_FILE}: metrics.rdm_std: not that of {RDM}, {spread:.6g} (found {found:.6g})")


def _check_result(run: BareRun, file: str) -> None:
    """Refuses conditions and blocks that no import gives, and curves of another length than the blocks."""
    names, layer = run.result.conditions, run.result.layer
    layers, known = layer.layers, run.record.imported.n_layers
    require_labels(names, f"{file}: conditions")
    require(list(names) == sorted(set(names)), f"{file}: conditions: not in alphabetical order, or twice")
    enough = len(names) >= MIN_CONDITIONS
    require(enough, f"{file}: conditions: at least {MIN_CONDITIONS} are needed (found {len(names)})")
    ordered = list(layers) == sorted(set(layers)) and min(layers, default=0) >= 0
    require(ordered, f"{file}: layer.layers: not in their order (found {list(layers)[:9]})")
    within = known is None or max(layers, default=0) < known
    require(within, f"{file}: layer.layers: beyond the model's {known} blocks (found {list(layers)[:9]})")
    index = layer.index
    require(index is None or index in layers, f"{file}: layer.index: {index} is not one of layer.layers")
    for name, curve in run.result.by_layer.items():
        wanted = max(len(layers), 1)
        require(len(curve) == wanted, f"{file}: by_layer.{name}: {len(curve)} values for {wanted} blocks")


def _check_rdms(run: BareRun, rdms: Arrays, file: str) -> None:
    """Refuses what is no RDM, and one that is not that of the selected block."""
    n, layers = len(run.conditions), run.result.layer.layers
    check_array(rdms, "rdm", (n, n), file)
    check_array(rdms, "rdm_by_layer", (max(len(layers), 1), n * (n - 1) // 2), file)
    try:
        check_rdm(rdms["rdm"], "it")
    except GeometryError as error:
        raise RecordError(f"{file}: rdm: {error}") from error
    row = _row(run)
    if row is not None:
        same = np.allclose(upper(rdms["rdm"]), rdms["rdm_by_layer"][row], rtol=_ROUNDING, atol=_ROUNDING)
        require(same, f"{file}: rdm: not that of its block in rdm_by_layer")


def _check_vectors(run: BareRun, vectors: Arrays, rdms: Arrays, folder: str) -> None:
    layers, file = run.result.layer.layers, f"{folder}/{VECTORS}"
    require(bool(layers), f"{folder}/{RUN_FILE}: layer.layers: vectors have at least one block")
    check_array(vectors, "vectors", (len(run.conditions), len(layers), None), file)
    with np.errstate(all="ignore"):  # what overflows gives another RDM, and is refused for that
        values = np.asarray(vectors["vectors"], dtype=np.float64)
        _check_same(run, values, rdms, folder)


def _check_same(run: BareRun, values: np.ndarray[Any, Any], rdms: Arrays, folder: str) -> None:
    """Refuses RDMs that are not those of the vectors [condition, layer, feature]."""
    for row, block in enumerate(run.result.layer.layers):
        own = rdm_of(values[:, row], run.conditions, f"{folder}/{VECTORS}: vectors: block {block}")
        require_same(rdms["rdm_by_layer"][row], own, f"{folder}/{RDM}: rdm_by_layer: block {block}")
    if _row(run) is None and run.config.norm is Norm.none:
        own = rdm_of(side_by_side(values, values), run.conditions, f"{folder}/{VECTORS}: vectors")
        require_same(upper(rdms["rdm"]), own, f"{folder}/{RDM}: rdm")


def _row(run: BareRun) -> int | None:
    """Finds the row of rdm_by_layer that the RDM is; None where it is of every block side by side."""
    layer = run.result.layer
    if layer.index is not None:
        return layer.layers.index(layer.index)
    return None if layer.layers else 0
