"""Stores of many planted runs: models by precisions by blocks, with untrained twins, without a forward pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.config.model import Init
from emogeo.geometry.rdm import cosine_rdm, rdm_std, upper
from emogeo.record.files import ACTIVATIONS_FILE, PASS_FILE, RDM, TEXTS, VECTORS
from emogeo.record.json import plain
from emogeo.record.run import Run
from emogeo.record.types import GeometryRecord
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.store.keys import canonical_json, json_lines, key_of
from emogeo.store.store import ACTIVATIONS, Store
from emogeo.store.tensors import pack
from tests.planted import unrelated_codes
from tests.planted_records import geometry_record, model_card, one_pass, usual_config, write

N_BLOCKS, WIDTH = 12, 60
PRECISIONS = ("bf16", "int8", "fp32", "fp16")
BLOCKS = (10, 6, 8, 4, 11, 9, 7, 5, 3, 2)
"""The blocks that runs select, the usual one first."""
SHAPES = {
    12: (3, 2, 1),
    24: (3, 2, 3),
    48: (6, 2, 3),
    96: (6, 4, 3),
    200: (9, 4, 5),
    500: (12, 4, 10),
    1000: (24, 4, 10),
}
"""How many models, precisions and blocks a store of so many runs has; two untrained twins of each model fill it."""
_SIGNAL, _OWN, _TWIN = 0.25, 0.3, 0.05
"""Variance of emotions over that of a text; the share of a model's code that is its own; the signal of a twin."""


@dataclass(frozen=True)
class PlantedRun:
    """One run of a store."""

    model: int
    precision: str
    block: int
    init_seed: int | None = None
    """That of an untrained twin."""


def planted_runs(n: int) -> list[PlantedRun]:
    """Lists n runs: models at precisions with selected blocks, after two twins of each model."""
    size = min((size for size in SHAPES if size >= n), default=max(SHAPES))
    models, precisions, blocks = SHAPES[size]
    twins = [PlantedRun(m, PRECISIONS[0], BLOCKS[0], seed) for m in range(models) for seed in (1, 2)]
    trained = (PlantedRun(m, p, b) for b, p, m in product(BLOCKS[:blocks], PRECISIONS[:precisions], range(models)))
    return [*islice(trained, n - len(twins)), *twins][:n]


def plant(folder: Path, runs: Sequence[PlantedRun]) -> Store:
    """Writes runs, and the passes that they were measured on."""
    store = Store(folder)
    for planted in runs:
        passed, states = _pass_of(planted)
        if not store.has(ACTIVATIONS, passed):
            arrays: dict[str, NDArray[Any]] = {
                "states": states,
                "embeddings": _embeddings(),
                "nonfinite": np.zeros(states.shape[:2], np.int64),
            }
            files = {ACTIVATIONS_FILE: pack(arrays), PASS_FILE: canonical_json(plain(one_pass(len(states))))}
            store.write(ACTIVATIONS, passed, files)
        record, files = _recorded(planted, passed, states)
        write(store, record, files)
    return store


@cache
def _texts() -> list[dict[str, str]]:
    corpus = load_corpus()
    return [{"emotion": p.emotion, "topic": p.topic, "text": p.text} for p in corpus.passages]


@cache
def _embeddings() -> NDArray[np.float32]:
    return np.random.default_rng(7).normal(size=(len(_texts()), WIDTH)).astype(np.float32)


def _pass_of(planted: PlantedRun) -> tuple[str, NDArray[np.float32]]:
    """The key of a pass, and its states [text, block, feature]."""
    own = (planted.model, planted.precision, planted.init_seed)
    return key_of({"planted pass": list(own)}), _states(*own)


@cache
def _code(seed: int) -> NDArray[np.float64]:
    return unrelated_codes(np.random.default_rng([seed, 20]))[0]


def _states(model: int, precision: str, init_seed: int | None) -> NDArray[np.float32]:
    """Codes of emotions, shared by all models in part, in the noise of texts that all models share in part."""
    rows = _texts()
    places = [CONDITIONS.index(row["emotion"]) for row in rows]
    text = np.random.default_rng(5).normal(size=(len(rows), 1, WIDTH))
    own = np.random.default_rng([model, init_seed or 0, 1]).normal(size=(len(rows), N_BLOCKS, WIDTH))
    rounding = np.random.default_rng([model, PRECISIONS.index(precision), 2]).normal(size=own.shape)
    depth = np.linspace(0.2, 1, N_BLOCKS)[:, None]
    code = np.sqrt(1 - _OWN) * _code(0) + np.sqrt(_OWN) * _code(model + 1)
    signal = _TWIN if init_seed is not None else _SIGNAL
    means = np.sqrt(signal) * (depth * code[places][:, None] + (1 - depth) * _code(99)[places][:, None])
    return np.asarray(means + 0.5 * text + own + 0.1 * rounding, dtype=np.float32)


def _recorded(planted: PlantedRun, passed: str, states: NDArray[np.float32]) -> tuple[GeometryRecord, dict[str, bytes]]:
    rows = _texts()
    emotions = [row["emotion"] for row in rows]
    grouped = np.stack([states[[e == c for e in emotions]].mean(axis=0) for c in CONDITIONS])
    vectors = (grouped - grouped.mean(axis=0)).astype(np.float32)
    by_block = [cosine_rdm(vectors[:, block].astype(np.float64), CONDITIONS) for block in range(N_BLOCKS)]
    rdm = by_block[planted.block]
    files = {
        VECTORS: pack({"vectors": vectors, "passages": states[:, planted.block], "embeddings": _embeddings()}),
        RDM: pack({"rdm": rdm, "rdm_by_layer": np.stack([upper(own) for own in by_block])}),
        TEXTS: json_lines(rows),
    }
    return _record(planted, passed, rdm_std(rdm)), files


def _record(planted: PlantedRun, passed: str, spread: float) -> GeometryRecord:
    config, rows = _config(planted.precision, planted.block), _texts()
    meaning = {"planted": [planted.model, planted.precision, planted.block, planted.init_seed], "passages": passed}
    name = f"model-{planted.model:02d}"
    init: dict[str, Any] = {}
    if planted.init_seed is not None:
        init = {"init": Init.random, "init_seed": planted.init_seed}
    card = model_card(name, N_BLOCKS, params_b=0.1 * (planted.model + 1), **init)
    card = replace(card, family=f"family-{planted.model // 2}", id=name)
    record = geometry_record(
        config,
        [row["emotion"] for row in rows],
        [f"{row['topic']}:planted" for row in rows],
        N_BLOCKS,
        model=card,
        precision=planted.precision,
        title=f"{name} {planted.precision} block {planted.block}",
        n_distinct_texts=len({row["text"] for row in rows}),
    )
    result = record.result
    assert result is not None
    layer = replace(result.layer, index=planted.block, criterion="index")
    metrics = replace(result.metrics, rdm_std=spread)
    result = replace(result, layer=layer, metrics=metrics)
    return replace(record, key=key_of(meaning), meaning=meaning, result=result)


@cache
def _config(precision: str, block: int) -> Any:
    return usual_config(f"precision={precision}", "layer_selection=index", f"layer_selection.index={block}")


def read_whole(store: Store) -> Iterator[Run]:
    """Reads every run, each of which must be whole."""
    from emogeo.record.reading import read_run
    from emogeo.store.store import RUNS

    for key in store.keys(RUNS):
        run = read_run(store, key)
        assert isinstance(run, Run)
        yield run
