"""What does not fit together in a record is named, and never read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.errors import RecordError
from emogeo.record.files import ITEMS, RDM, RUN_FILE, SHIFTS, TEXTS, VECTORS
from emogeo.record.json import record_json
from emogeo.record.reading import read_record, read_run
from emogeo.record.run import BehaviourRun, ReadoutRun, Run, SteeringRun
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.store.store import RUNS, Store
from tests.planted_records import N_UNITS, D, Files, behaviour, geometry, readout, refused, steering, write
from tests.record.altering import arrays, lines, whole, without

N = len(CONDITIONS)


def test_a_whole_geometry_is_read(tmp_path: Path) -> None:
    record, files = geometry()
    run = read_run(Store(tmp_path), write(Store(tmp_path), record, files))
    assert isinstance(run, Run)
    assert run.record == record == read_record(Store(tmp_path), run.key)
    assert (run.layer, run.row, run.conditions) == (0, 0, list(CONDITIONS))
    assert run.vectors.shape == (N, 2, D)
    assert run.passages.shape == run.embeddings.shape == (N_UNITS * N, D)
    np.testing.assert_allclose(run.rdm_at(1), run.rdm_at(None))
    assert run.rdm_at(2) is None
    assert run.topics[0] == "u0:0"


def test_probes_and_refused_runs_are_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert isinstance(read_run(store, write(store, *steering())), SteeringRun)
    assert isinstance(read_run(store, write(store, *behaviour())), BehaviourRun)
    assert isinstance(read_run(store, write(store, *readout())), ReadoutRun)
    run = read_run(store, write(store, refused(geometry()[0])))
    assert not run.finished
    assert run.rows(TEXTS) == []
    with pytest.raises(RecordError, match="was refused"):
        assert run.result


UNFIT: dict[str, tuple[Callable[[Files], Files], str]] = {
    "too few vectors": (
        arrays(VECTORS, lambda a: a.update(vectors=a["vectors"][1:])),
        f"{VECTORS}: vectors: shape [{N}, 2, *] is needed (found [{N - 1}, 2, {D}])",
    ),
    "a text too few": (arrays(VECTORS, lambda a: a.update(passages=a["passages"][1:])), f"{VECTORS}: passages: shape"),
    "no embeddings": (arrays(VECTORS, lambda a: a.pop("embeddings")), f"{VECTORS}: embeddings: Array required"),
    "whole numbers": (
        arrays(VECTORS, lambda a: a.update(embeddings=a["embeddings"].astype(np.int64))),
        f"{VECTORS}: embeddings: floating-point numbers are needed (found int64)",
    ),
    "NaN": (arrays(VECTORS, lambda a: a["passages"].fill(np.nan)), f"{VECTORS}: passages: NaN or infinite"),
    "an asymmetric RDM": (arrays(RDM, lambda a: np.put(a["rdm"], 1, 0.123)), f"{RDM}: rdm: not symmetric"),
    "a diagonal": (arrays(RDM, lambda a: np.fill_diagonal(a["rdm"], 0.1)), f"{RDM}: rdm: the diagonal is not zero"),
    "a block too few": (
        arrays(RDM, lambda a: a.update(rdm_by_layer=a["rdm_by_layer"][1:])),
        f"{RDM}: rdm_by_layer: shape [2, {N * (N - 1) // 2}] is needed",
    ),
    "no RDM": (without(RDM), f"has no {RDM}"),
    "no safetensors": (whole(RDM, b"{}"), f"{RDM}: Not a safetensors file"),
    "no texts": (without(TEXTS), f"has no {TEXTS}"),
    "a text missing": (lines(TEXTS, lambda rows: rows.pop()), f"{TEXTS}: emotion: not the emotions of {RUN_FILE}"),
    "another emotion": (
        lines(TEXTS, lambda rows: rows[0].update(emotion="angry")),
        f"{TEXTS}: emotion: not the emotions of {RUN_FILE}",
    ),
    "a text that is a number": (
        lines(TEXTS, lambda rows: rows[1].update(text=1)),
        f"{TEXTS}: line 2: emotion, topic and text are needed",
    ),
    "a column too many": (lines(TEXTS, lambda rows: rows[0].update(unit="")), f"{TEXTS}: line 1: emotion, topic"),
    "a list for a text": (lines(TEXTS, lambda rows: rows.insert(0, [])), f"{TEXTS}: line 1: not a JSON object"),
    "no JSON": (whole(TEXTS, b"{"), f"{TEXTS}: line 1: not JSON"),
}


@pytest.mark.parametrize(("change", "said"), UNFIT.values(), ids=UNFIT)
def test_files_that_do_not_fit_are_named(change: Callable[[Files], Files], said: str, tmp_path: Path) -> None:
    record, files = geometry()
    key = write(Store(tmp_path), record, change(files))
    with pytest.raises(RecordError) as error:
        read_run(Store(tmp_path), key)
    assert str(tmp_path / "runs" / key) in str(error.value)
    assert said in str(error.value)


def result(**changes: Any) -> dict[str, Any]:
    found = geometry()[0].result
    assert found is not None
    layer = {name: changes.pop(name) for name in ("index", "layers") if name in changes}
    return {"result": replace(found, layer=replace(found.layer, **layer), **changes)}


CURVES = result()["result"].by_layer
FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "no name of a condition": ({"emotions": (" ",) * N_UNITS * N}, "emotions: no name of a condition: ' '"),
    "another condition": (result(conditions=("aghast", *CONDITIONS[1:])), "conditions: not those of the texts"),
    "a condition twice": (result(conditions=(CONDITIONS[0], *CONDITIONS[:-1])), "conditions: one of them stands twice"),
    "too few units": ({"units": ("u:0",)}, f"units: 1 labels for {N_UNITS * N} texts"),
    "another number of texts": ({"n_texts": 3}, f"emotions: {N_UNITS * N} labels for 3 texts"),
    "a block that is not there": (result(index=2), "layer.index: 2 is not one of layer.layers"),
    "blocks that were not run": (result(layers=(0, 2)), "layer.layers: blocks from 0 to 1 are needed"),
    "a block twice": (result(layers=(0, 0)), "layer.layers: blocks from 0 to 1 are needed"),
    "no block": (result(layers=()), "layer.layers: blocks from 0 to 1 are needed"),
    "a short curve": (result(by_layer={**CURVES, "separation": (0.1,)}), "by_layer.separation: 1 values for 2 blocks"),
    "a curve missing": (result(by_layer={"rdm_std": (0.1, 0.1)}), "by_layer.mean_cosine: Field required"),
    "dimensions missing": (result(largest_dimensions=()), "largest_dimensions: 0 values for 2 blocks"),
    "no counts": ({"nonfinite": {}}, "nonfinite.passages: Field required"),
    "too few counts": ({"nonfinite": {"passages": (0,)}}, "nonfinite.passages: not one value for each block"),
}


@pytest.mark.parametrize(("changes", "said"), FIELDS.values(), ids=FIELDS)
def test_fields_that_do_not_fit_are_named(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    record, files = geometry(**changes)
    with pytest.raises(RecordError) as error:
        read_run(Store(tmp_path), write(Store(tmp_path), record, files))
    assert f"{record.key}/{RUN_FILE}: {said}" in str(error.value)


def test_the_record_of_another_key_is_named(tmp_path: Path) -> None:
    record, files = geometry()
    Store(tmp_path).write(RUNS, "0" * 64, {**files, RUN_FILE: record_json(record)})
    with pytest.raises(RecordError, match=f"{RUN_FILE}: key: The folder is that of another run"):
        read_run(Store(tmp_path), "0" * 64)


def test_a_folder_without_a_record_is_named(tmp_path: Path) -> None:
    Store(tmp_path).write(RUNS, "0" * 64, geometry()[1])
    with pytest.raises(RecordError, match=f"has no {RUN_FILE}"):
        read_run(Store(tmp_path), "0" * 64)


@pytest.mark.parametrize("name", [TEXTS, SHIFTS])
def test_rows_of_steering_that_do_not_fit_are_named(name: str, tmp_path: Path) -> None:
    record, files = steering()
    with pytest.raises(RecordError, match=f"{name}: line 1: .*strength: Field required"):
        read_run(
            Store(tmp_path), write(Store(tmp_path), record, lines(name, lambda rows: rows[0].pop("strength"))(files))
        )
    with pytest.raises(RecordError, match=f"has no {name}"):
        read_run(Store(tmp_path), write(Store(tmp_path), record, without(name)(files)))


def test_rows_of_behaviour_that_do_not_fit_are_named(tmp_path: Path) -> None:
    record, files = behaviour()
    with pytest.raises(RecordError, match=f"{ITEMS}: line 1: facet: Field required"):
        read_run(
            Store(tmp_path), write(Store(tmp_path), record, lines(ITEMS, lambda rows: rows[0].pop("facet"))(files))
        )
