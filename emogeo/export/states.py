"""States of a run's texts, with a table of their labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.config.states import DenoisingMethod
from emogeo.errors import StoreError
from emogeo.export.blocks import chosen_blocks, spans
from emogeo.export.formats import ALL, SELECTED
from emogeo.export.made import Made
from emogeo.export.metadata import RESIDUAL, metadata_of
from emogeo.export.passes import states_of_pass
from emogeo.export.table import csv_file
from emogeo.export.tensors import tensor_file
from emogeo.export.vectors import as_json
from emogeo.record.files import VECTORS
from emogeo.record.run import Run
from emogeo.store.store import Store
from emogeo.store.tensors import unpack


@dataclass(frozen=True)
class _States:
    """States at some blocks."""

    values: NDArray[np.float32]
    """[text, block, d_model]"""
    blocks: tuple[int, ...]
    notes: tuple[str, ...] = ()


def states_of(run: Run, store: Store, asked: str, stem: str) -> Made:
    """Writes `states` [text, block, d_model] and `embeddings` [text, d_model], and a CSV: emotion, topic and,
    where it is known, text.

    The states are those of the pass, before anything is removed or centred, at all blocks if the store has the pass,
    else at the selected block alone, which is said.

    Raises:
        ConfigError: a block that the run has not.
        StoreError: a run without states, or other blocks than the selected one where the store lacks the pass.
    """
    recorded = unpack(run.files[VECTORS]) if VECTORS in run.files else {}
    if "passages" not in recorded or not run.record.emotions:
        raise StoreError(f"{run.key[:12]} ({run.record.title}) has no states of texts.")
    found = states_of_pass(run, store)
    states = _recorded(run, store, asked) if found is None else _of_pass(run, found, asked)
    said = {**metadata_of(run), "units": RESIDUAL, "layers": as_json(states.blocks), **_units(run)}
    said["denoised"] = "yes" if found is None and _denoised(run) else "no"
    arrays: dict[str, np.ndarray[Any, Any]] = {"states": states.values}
    if "embeddings" in recorded:
        arrays["embeddings"] = recorded["embeddings"]
    columns = {"emotion": run.record.emotions, "topic": run.topics, **({"text": run.texts} if run.texts_known else {})}
    files = {
        f"{stem}_states.safetensors": tensor_file(arrays, said),
        f"{stem}_states.csv": csv_file([*columns], zip(*columns.values(), strict=True)),
    }
    return Made(files, states.notes)


def _of_pass(run: Run, found: NDArray[np.float32], asked: str) -> _States:
    blocks = chosen_blocks(run, asked)
    absent = sorted(set(range(found.shape[1])) - set(run.result.layer.layers))
    overflowed = f"Left out, for values that are not finite: blocks {spans(absent)}."
    chosen = found if len(blocks) == found.shape[1] else found[:, list(blocks)]
    return _States(chosen, blocks, (overflowed,) if absent and asked == ALL else ())


def _recorded(run: Run, store: Store, asked: str) -> _States:
    """The states that the record itself has: of the selected block."""
    why = f"{store.path} does not have the pass that {run.key[:12]} has read"
    if run.layer is None:
        raise StoreError(f"{why}, and the run has selected no block: run it again, by `force=true`.")
    if asked not in (ALL, SELECTED) and chosen_blocks(run, asked) != (run.layer,):
        raise StoreError(f"{why}: there are states of its selected block {run.layer} alone.")
    denoised = ", with components of neutral texts removed" if _denoised(run) else ""
    note = f"{why}: the states are those of its selected block {run.layer} alone{denoised}."
    return _States(run.passages[:, None], (run.layer,), (note,) if asked != SELECTED or denoised else ())


def _denoised(run: Run) -> bool:
    return run.config.denoising.method is not DenoisingMethod.none


def _units(run: Run) -> dict[str, str]:
    """The unit of each text, where it is not the topic."""
    units, topics = run.labelled.units, run.topics
    return {} if units == topics else {"units_of_texts": as_json(units)}
