"""A store with runs, passes and texts whose uses are known."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from emogeo.extraction.stories import Story, counts, story_line
from emogeo.keeping.contents import contents_of
from emogeo.keeping.uses import Uses
from emogeo.record.files import ACTIVATIONS_FILE, FACTS, PASS_FILE, STORIES
from emogeo.record.json import plain
from emogeo.record.origin import Generation, PassRecord, PromptSet, Written
from emogeo.record.types import GeometryRecord
from emogeo.store.keys import canonical_json
from emogeo.store.store import ACTIVATIONS, GENERATIONS, Store
from emogeo.store.tensors import pack
from tests.planted_records import geometry, model_card, named, one_pass, refused, steering, usual_config, write

OWN, SPARE, FACTS_PASS, LAST, WROTE, NOBODY = (digit * 64 for digit in "123456")
"""Keys of passes: of a run, another pooling of it, shared, of two runs, of written texts, of no run."""
TEXTS = "7" * 64
"""The key of written texts."""


def plant(folder: Path) -> tuple[Store, dict[str, str]]:
    """Gives a store, and the keys of its runs by what they are.

    `one` and `two` share facts, and `two` shares its pass with `refused`; `wrote` has written texts, and read them;
    `steered` has the vectors of `one`, and `reread` repeats it.
    """
    store, made = Store(folder / "store"), {key: a_pass(number + 1.5) for number, key in enumerate((OWN, LAST, WROTE))}
    facts, keys = a_pass(9.25), dict[str, str]()
    for key, own in ((OWN, made[OWN]), (SPARE, made[OWN]), (FACTS_PASS, facts), (LAST, made[LAST])):
        write_pass(store, key, own)
    write_pass(store, WROTE, made[WROTE])
    write_pass(store, NOBODY, a_pass(77.0))
    write_texts(store, TEXTS)
    keys["one"] = _run(store, "one", OWN, {"passages": made[OWN], "facts": facts}, model="one-1b")
    keys["two"] = _run(store, "two", LAST, {"passages": made[LAST], "facts": facts}, model="two-2b")
    record = refused(a_run("refused", LAST, {"passages": made[LAST]}, model="two-2b")[0])
    keys["refused"] = write(store, record)
    keys["wrote"] = _wrote(store, made[WROTE])
    keys["steered"] = write(store, *steering(**named("steered"), vectors=keys["one"]))
    keys["reread"] = _run(store, "reread", "8" * 64, {}, model="one-1b", reread_of=keys["one"])
    return store, keys


def uses_of(store: Store) -> Uses:
    return Uses(contents_of(store))


def a_pass(seconds: float) -> PassRecord:
    return replace(one_pass(4), seconds=seconds, tokens=1000)


def write_pass(store: Store, key: str, made: PassRecord) -> None:
    arrays = {
        "states": np.ones((4, 2, 3), np.float32),
        "embeddings": np.ones((4, 3), np.float32),
        "nonfinite": np.zeros((4, 2), np.int64),
    }
    store.write(ACTIVATIONS, key, {ACTIVATIONS_FILE: pack(arrays), PASS_FILE: canonical_json(plain(made))})


def written_of_planted() -> Written:
    config = usual_config()
    return Written(
        model="planted",
        precision="bf16",
        recipe=None,
        prompt_template=PromptSet("stories", False, ("Write {emotion}.",)),
        topics=None,
        generation=config.generation,
        seed=0,
    )


def write_texts(store: Store, key: str, /, **changes: Any) -> None:
    story = Story("calm", "home", "home", "Write.", "All is well.", (1, 2), (3, 4, 5), "stopped", 1)
    facts = {
        "key": key,
        "weights": {"id": "planted", "revision": "sha256:0"},
        "counts": plain(counts([story], {})),
        "written": plain(written_of_planted()),
        **changes,
    }
    store.write(GENERATIONS, key, {STORIES: story_line(story), FACTS: canonical_json(facts)})


def a_run(
    name: str, passages: str, readings: dict[str, PassRecord], model: str = "planted", **changes: Any
) -> tuple[GeometryRecord, dict[str, bytes]]:
    """A whole run that names its passes, and says how they were computed."""
    record, files = geometry(**named(name, passages=passages, facts=FACTS_PASS), title=f"{model} {name}")
    provenance = replace(record.provenance, readings=readings or record.provenance.readings)
    return replace(record, provenance=provenance, model=model_card(model, n_layers=2), **changes), files


def age(path: Path, hours: float) -> None:
    """Makes everything in a folder, or a file, so old."""
    then = time.time() - 3600 * hours
    for each in (*path.rglob("*"), path):
        os.utime(each, (then, then), follow_symlinks=False)


def _run(store: Store, name: str, passages: str, readings: dict[str, PassRecord], model: str, **changes: Any) -> str:
    return write(store, *a_run(name, passages, readings, model, **changes))


def _wrote(store: Store, made: PassRecord) -> str:
    config = usual_config("mode=generation", "prompt_template=stories")
    generation = Generation(key=TEXTS, counts=None, written=written_of_planted())
    return _run(
        *(store, "wrote", "0" * 64, {"passages": made}, "writer-1b"),
        config=config,
        mode=config.mode.name,
        generation=generation,
    )
