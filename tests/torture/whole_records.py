"""A store with a whole record of every kind, made of planted numbers and of imported files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from emogeo.extraction.imported_run import run_import
from emogeo.extraction.stories import Story, counts, story_line
from emogeo.record.files import ACTIVATIONS_FILE, FACTS, PASS_FILE, STORIES, VECTORS
from emogeo.record.json import plain
from emogeo.record.origin import Generation, PromptSet, Written
from emogeo.store.keys import canonical_json
from emogeo.store.store import ACTIVATIONS, GENERATIONS, RUNS, Store
from emogeo.store.tensors import pack, unpack
from tests.conftest import compose_train
from tests.planted_records import (
    Files,
    behaviour,
    geometry,
    model_card,
    named,
    one_pass,
    readout,
    refused,
    steering,
    usual_config,
    write,
)

TEXTS = "c" * 64
"""The key of the texts that the geometry called `generation` has read."""
PASSES = {"geometry": "a" * 64, "beside": "b" * 64}
"""The keys of the passes of the two geometries of one architecture."""


@dataclass(frozen=True)
class Whole:
    """A whole record."""

    name: str
    kind: str
    """Where in the store it lies."""
    key: str
    files: Mapping[str, bytes]


def whole_store(folder: Path) -> tuple[Store, list[Whole]]:
    """Fills a store; the record called `beside` is the one that is never altered."""
    store = Store(folder / "store")
    keys = {
        "beside": write(store, *_read("beside", "other")),
        "geometry": write(store, *_read("geometry", "planted")),
        "reread": write(store, *_reread()),
        "generation": write(store, *_written()),
        "refused": write(store, refused(geometry(**named("refused"))[0])),
        "steering": write(store, *steering()),
        "behaviour": write(store, *behaviour()),
        "readout": write(store, *readout()),
        **whole_imports(folder),
    }
    found = [Whole(name, RUNS, key, store.read(RUNS, key)) for name, key in keys.items()]
    for name, key in PASSES.items():
        store.write(ACTIVATIONS, key, _pass_of(store.read(RUNS, keys[name])))
        found.append(Whole(f"pass of {name}", ACTIVATIONS, key, store.read(ACTIVATIONS, key)))
    store.write(GENERATIONS, TEXTS, _texts())
    found.append(Whole("texts", GENERATIONS, TEXTS, store.read(GENERATIONS, TEXTS)))
    return store, found


def _read(name: str, model: str) -> tuple[Any, Files]:
    own = named(name, passages=PASSES[name])
    return geometry(**own, model=model_card(model, n_layers=2, variant="base" if name == "beside" else "instruct"))


def _reread() -> tuple[Any, Files]:
    own = named("reread")
    return geometry(**own, model=model_card(n_layers=2), reread_of=_read("geometry", "planted")[0].key)


_WRITES = ("mode=generation", "prompt_template=loose")


def _how() -> Written:
    return Written(
        model="planted",
        precision="bf16",
        recipe=None,
        prompt_template=PromptSet("loose", True, ("Write.",)),
        topics=None,
        generation=usual_config(*_WRITES).generation,
        seed=0,
    )


def _texts() -> Files:
    """Gives four texts that a model wrote, one of them after a thought."""
    asked = [(emotion, unit) for unit in ("0", "1") for emotion in ("calm", "sad")]
    stories = [
        Story(emotion, "0", unit, "Write.", f"{emotion} {unit}", (3, 1), (5, 6), "stopped", 1)
        for emotion, unit in asked
    ]
    stories[0] = replace(stories[0], thought="Hm.", thought_ids=(7,))
    facts = {"key": TEXTS, "weights": {"sha256": "d" * 64}, "counts": plain(counts(stories, {}))}
    return {
        STORIES: b"".join(map(story_line, stories)),
        FACTS: canonical_json({**facts, "written": plain(_how())}),
    }


def _written() -> tuple[Any, Files]:
    config = usual_config(*_WRITES)
    generation = Generation(key=TEXTS, counts=None, written=_how())
    return geometry(
        **named("generation"), config=config, mode=config.mode.name, model=model_card(n_layers=2), generation=generation
    )


def _pass_of(files: Mapping[str, bytes]) -> Files:
    own = unpack(files[VECTORS])
    states = np.stack([own["passages"]] * 2, axis=1)
    arrays = {"states": states, "embeddings": own["embeddings"], "nonfinite": np.zeros(states.shape[:2], np.int64)}
    return {ACTIVATIONS_FILE: pack(arrays), PASS_FILE: canonical_json(plain(one_pass(len(states))))}


def whole_imports(folder: Path) -> dict[str, str]:
    """Imports vectors, states and an RDM into the store of this folder; gives their keys."""
    generator = np.random.default_rng(3)
    labels = ["anger", "calm", "fear", "joy", "pride"]
    np.savez(
        folder / "vectors.npz", **{f"layer_{b}__{name}": generator.normal(size=6) for b in (1, 2) for name in labels}
    )
    np.savez(folder / "states.npz", states=generator.normal(size=(20, 1, 6)).astype(np.float32), layers=np.array([3]))
    rows = [f"{labels[row % 5]},t{row // 5}" for row in range(20)]
    (folder / "states.csv").write_text("\n".join(["emotion,topic", *rows]))
    rdm = np.abs(np.subtract.outer(np.arange(5.0) ** 1.5, np.arange(5.0) ** 1.5)) / 8
    lines = [f"{name},{','.join(map(str, row))}" for name, row in zip(labels, rdm, strict=True)]
    (folder / "rdm.csv").write_text("\n".join([f",{','.join(labels)}", *lines]))
    return {
        name: _imported(folder, file)
        for name, file in {
            "imported vectors": "vectors.npz",
            "imported states": "states.npz",
            "imported RDM": "rdm.csv",
        }.items()
    }


def _imported(folder: Path, file: str) -> str:
    places = (f"imported.path='{folder / file}'", f"store.path='{folder / 'store'}'")
    cache = f"runtime.weights_cache='{folder / 'cache'}'"
    return run_import(
        compose_train("mode=imported", "layer_selection=min_mean_cosine", *places, cache, "tracking=disabled")
    ).key
