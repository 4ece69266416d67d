"""What cannot be in a bare geometry is named, and never read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.errors import RecordError
from emogeo.record.files import RDM, RUN_FILE, VECTORS
from emogeo.record.reading import read_run
from emogeo.store.store import RUNS, Store
from tests.planted_records import Files
from tests.record.altering import arrays, without
from tests.torture.whole_records import whole_imports


@pytest.fixture(scope="module")
def imports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Mapping[str, str]]:
    folder = tmp_path_factory.mktemp("imports")
    return Store(folder / "store"), whole_imports(folder)


def record(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], Files]:
    def changed(files: Files) -> Files:
        found = json.loads(files[RUN_FILE])
        change(found)
        return {**files, RUN_FILE: json.dumps(found).encode()}

    return changed


def swapped(found: dict[str, Any]) -> None:
    found["rdm"] = found["rdm"][::-1, ::-1].copy()


VECTORS_WRONG: dict[str, tuple[Callable[[Files], Files], str]] = {
    "no vectors": (without(VECTORS), f"{VECTORS}: needed"),
    "other vectors": (
        arrays(VECTORS, lambda a: a.update(vectors=a["vectors"][::-1])),
        f"{RDM}: rdm_by_layer: block 1: not what the vectors give",
    ),
    "NaN": (arrays(VECTORS, lambda a: np.put(a["vectors"], 3, np.nan)), f"{VECTORS}: vectors: NaN or infinite"),
    "a block more": (record(lambda r: r["layer"].update(layers=[1, 2, 3])), "by_layer.mean_cosine: 2 values for 3"),
    "a block twice": (record(lambda r: r["layer"].update(layers=[1, 1])), "layer.layers: not in their order"),
    "below 0": (record(lambda r: r["layer"].update(layers=[-1, 2], index=2)), "layer.layers: not in their order"),
    "another block": (record(lambda r: r["layer"].update(index=7)), "layer.index: 7 is not one of layer.layers"),
    "no block": (record(lambda r: r["layer"].update(layers=[], index=None)), "2 values for 1 blocks"),
    "another RDM": (arrays(RDM, swapped), f"{RDM}: rdm: not that of its block"),
    "asymmetric": (arrays(RDM, lambda a: np.put(a["rdm"], 1, 0.1)), "rdm: it is not symmetric"),
    "a diagonal": (arrays(RDM, lambda a: np.fill_diagonal(a["rdm"], 0.1)), "a diagonal that is not zero"),
    "another spread": (record(lambda r: r["metrics"].update(rdm_std=9.0)), "metrics.rdm_std: not that of"),
    "a condition twice": (
        record(lambda r: r.update(conditions=["anger", "anger", "fear", "joy", "pride"])),
        "conditions: not in alphabetical order, or twice",
    ),
}


@pytest.mark.parametrize(("change", "said"), VECTORS_WRONG.values(), ids=VECTORS_WRONG)
def test_vectors_that_do_not_fit_are_named(
    imports: tuple[Store, Mapping[str, str]], change: Callable[[Files], Files], said: str, tmp_path: Path
) -> None:
    assert said in refusal(imports, "imported vectors", change, tmp_path)


def test_an_rdm_has_no_vectors_and_one_row(imports: tuple[Store, Mapping[str, str]], tmp_path: Path) -> None:
    other = imports[0].read(RUNS, imports[1]["imported vectors"])[VECTORS]
    said = refusal(imports, "imported RDM", lambda files: {**files, VECTORS: other}, tmp_path)
    assert f"{VECTORS}: not to be had" in said
    said = refusal(imports, "imported RDM", arrays(RDM, lambda a: a["rdm_by_layer"].fill(0.5)), tmp_path)
    assert "rdm: not that of its block" in said


def refusal(imports: tuple[Store, Mapping[str, str]], name: str, change: Callable[[Files], Files], folder: Path) -> str:
    whole, keys = imports
    Store(folder).write(RUNS, keys[name], change(whole.read(RUNS, keys[name])))
    with pytest.raises(RecordError) as error:
        read_run(Store(folder), keys[name])
    assert str(error.value).startswith(str(Store(folder).folder(RUNS, keys[name])))
    return str(error.value)
