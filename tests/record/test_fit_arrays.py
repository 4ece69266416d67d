"""Arrays that cannot be a run's are named, and the record is left out of an analysis."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.geometry.layers import side_by_side
from emogeo.geometry.rdm import cosine_rdm, rdm_std
from emogeo.record.files import RDM, RUN_FILE, VECTORS
from emogeo.record.types import GeometryRecord
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.store.store import Store
from emogeo.store.tensors import pack, unpack
from tests.planted_records import N_UNITS, D, Files, geometry, usual_config, write
from tests.record.altering import Change, arrays, left_out, whole

N, TEXTS_READ = len(CONDITIONS), N_UNITS * len(CONDITIONS)
Arrays = dict[str, Any]


def vectors(change: Callable[[Arrays], object]) -> Change:
    return arrays(VECTORS, change)


def rdms(change: Callable[[Arrays], object]) -> Change:
    return arrays(RDM, change)


def times(name: str, factor: float) -> Change:
    return vectors(lambda a: a.update({name: a[name].astype(np.float64) * factor}))


def typed(dtype: str) -> bytes:
    """A safetensors file with four numbers of a type."""
    size = 2 if dtype == "BF16" else 1
    header = json.dumps({"vectors": {"dtype": dtype, "shape": [4], "data_offsets": [0, 4 * size]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4 * size)


ODD: dict[str, tuple[Change, str]] = {
    "bfloat16": (whole(VECTORS, typed("BF16")), f"{VECTORS}: Numbers of a type that NumPy lacks"),
    "float8": (whole(RDM, typed("F8_E4M3")), f"{RDM}: Numbers of a type that NumPy lacks"),
    "vectors without width": (
        vectors(lambda a: a.update(vectors=a["vectors"][..., :0])),
        f"{VECTORS}: vectors: empty (shape [{N}, 2, 0])",
    ),
    "passages without width": (
        vectors(lambda a: a.update(passages=a["passages"][:, :0])),
        f"{VECTORS}: passages: empty (shape [{TEXTS_READ}, 0])",
    ),
    "embeddings without width": (
        vectors(lambda a: a.update(embeddings=a["embeddings"][:, :0])),
        f"{VECTORS}: embeddings: empty",
    ),
    "passages of another width": (
        vectors(lambda a: a.update(passages=a["passages"][:, 1:])),
        f"{VECTORS}: passages: width {D} is needed (found {D - 1})",
    ),
    "no passage says anything": (
        vectors(lambda a: a["passages"].fill(0)),
        f"{VECTORS}: passages: all are zero",
    ),
    "every passage says the same": (
        vectors(lambda a: np.copyto(a["passages"], a["passages"][0])),
        f"{VECTORS}: passages: the same for every text",
    ),
    "passages too small": (times("passages", 1e-200), f"{VECTORS}: passages: the largest is 2e-200, beyond"),
    "passages too large": (times("passages", 1e200), f"{VECTORS}: passages: the largest is 2e+200, beyond"),
    "vectors too small": (times("vectors", 1e-200), f"{VECTORS}: vectors: the largest is"),
    "vectors too large": (times("vectors", 1e200), f"{VECTORS}: vectors: the largest is"),
    "no vector says anything": (vectors(lambda a: a["vectors"].fill(0)), f"{VECTORS}: vectors: all are zero"),
    "a vector of length zero": (
        vectors(lambda a: a["vectors"][3, 1].fill(0)),
        f"{VECTORS}: vectors: block 1: The vector of {CONDITIONS[3]} has length zero",
    ),
    "vectors of two conditions exchanged": (
        vectors(lambda a: a.update(vectors=a["vectors"][[1, 0, *range(2, N)]])),
        f"{RDM}: rdm_by_layer: block 0: not what the vectors give (apart by up to",
    ),
    "another RDM by block": (
        rdms(lambda a: a["rdm_by_layer"][1].fill(0.5)),
        f"{RDM}: rdm_by_layer: block 1: not what the vectors give",
    ),
    "another RDM": (
        rdms(lambda a: a.update(rdm=(a["rdm"] + (1 - np.eye(N))) / 2)),
        f"{RDM}: rdm: not what the vectors give",
    ),
    "cosines below 1": (rdms(lambda a: a.update(rdm=-a["rdm"])), f"{RDM}: rdm: values from 0 to 2 are needed (found -"),
    "an RDM of distances": (rdms(lambda a: a.update(rdm=a["rdm"] * 9)), f"{RDM}: rdm: values from 0 to 2 are needed"),
    "distances by block": (
        rdms(lambda a: a.update(rdm_by_layer=a["rdm_by_layer"] * 9)),
        f"{RDM}: rdm_by_layer: values from 0 to 2 are needed",
    ),
}


@pytest.mark.parametrize(("change", "said"), ODD.values(), ids=ODD)
def test_arrays_that_no_run_recorded_are_left_out(change: Change, said: str, tmp_path: Path) -> None:
    record, files = geometry()
    assert left_out(tmp_path, record, change(files)).startswith(said)


def test_a_spread_that_is_not_the_rdms_is_named(tmp_path: Path) -> None:
    record, files = geometry()
    assert record.result is not None
    metrics = replace(record.result.metrics, rdm_std=0.2)
    record = replace(record, result=replace(record.result, metrics=metrics))
    assert left_out(tmp_path, record, files).startswith(f"{RUN_FILE}: metrics.rdm_std: not that of {RDM}")


def of_all_blocks(norm: str = "none") -> tuple[GeometryRecord, Files]:
    """A geometry of two unlike blocks side by side."""
    record, files = geometry(config=usual_config("layer_selection=all", f"norm={norm}"))
    own = unpack(files[VECTORS])
    values = own["vectors"].astype(np.float64)
    rdm = cosine_rdm(side_by_side(values, values), CONDITIONS)
    assert record.result is not None
    layer = replace(record.result.layer, index=None)
    metrics = replace(record.result.metrics, rdm_std=rdm_std(rdm))
    record = replace(record, result=replace(record.result, layer=layer, metrics=metrics))
    own["passages"] = np.concatenate([own["passages"]] * 2, axis=1)
    return record, {**files, VECTORS: pack(own), RDM: pack({**unpack(files[RDM]), "rdm": rdm})}


@pytest.mark.parametrize("norm", ["none", "unit"])
def test_all_blocks_side_by_side_are_read(norm: str, tmp_path: Path) -> None:
    write(Store(tmp_path), *of_all_blocks(norm))
    assert len(read_catalogue(Store(tmp_path)).finished) == 1


def test_all_blocks_side_by_side_are_checked(tmp_path: Path) -> None:
    record, files = of_all_blocks()
    half = vectors(lambda a: a.update(passages=a["passages"][:, :D]))(files)
    said = f"{VECTORS}: passages: width {2 * D} is needed (found {D})"
    assert left_out(tmp_path / "narrow", record, half) == said
    other = rdms(lambda a: a.update(rdm=(a["rdm"] + (1 - np.eye(N))) / 2))(files)
    assert left_out(tmp_path / "other", record, other).startswith(f"{RDM}: rdm: not what the vectors give")


def test_vectors_are_kept_as_float32_and_their_rdm_is_not(tmp_path: Path) -> None:
    record, files = geometry()
    near = rdms(lambda a: a.update(rdm=a["rdm"] + 2e-5 * (1 - np.eye(N))))(files)
    write(Store(tmp_path), record, near)
    assert len(read_catalogue(Store(tmp_path)).finished) == 1
