"""States with their labels, read by safetensors and Python's own CSV reader."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from emogeo.config.states import DenoisingConfig, DenoisingMethod
from emogeo.errors import ConfigError, StoreError
from emogeo.export.made import Made, write
from emogeo.export.states import states_of
from emogeo.extraction.run import run_extraction
from emogeo.geometry.geometry import Geometry
from emogeo.record.origin import ImportedFiles
from emogeo.record.reading import read_run
from emogeo.record.run import Run
from emogeo.store.store import ACTIVATIONS, Store
from emogeo.store.tensors import unpack
from tests.conftest import Composer
from tests.export.conftest import LABELS, TOPICS
from tests.planted_records import altered


def read(made: Made, folder: Path) -> tuple[np.ndarray, np.ndarray, dict[str, str], list[list[str]]]:
    """States, embeddings, what the file says, and the rows of the table."""
    tensors, table = write(made, folder, overwrite=True)
    assert tensors.stem == table.stem
    with safe_open(tensors, "np") as file, table.open(newline="", encoding="utf-8") as rows:
        header, *own = csv.reader(rows)
        assert header == ["emotion", "topic", "text"]
        return file.get_tensor("states"), file.get_tensor("embeddings"), file.metadata(), own


def of_pass(store: Store, run: Run) -> np.ndarray:
    return unpack(store.read(ACTIVATIONS, run.record.meaning["passages"])["activations.safetensors"])["states"]


def test_states_of_every_block_are_those_of_the_pass(odd: tuple[Store, str], run: Run, tmp_path: Path) -> None:
    states, embeddings, said, rows = read(states_of(run, odd[0], "all", "s"), tmp_path)
    assert states.shape == (len(LABELS) * len(TOPICS), 4, 32)
    assert states.tobytes() == of_pass(odd[0], run).tobytes()
    assert embeddings.tobytes() == run.embeddings.tobytes()
    assert rows == [list(row) for row in zip(run.record.emotions, run.topics, run.texts, strict=True)]
    assert json.loads(said["layers"]) == [0, 1, 2, 3]
    assert (said["n_layers"], said["pooling"], said["units"]) == ("4", "last", "residual stream")
    assert "units_of_texts" not in said
    few, *_ = read(states_of(run, odd[0], "3,1", "s"), tmp_path)
    assert few.tobytes() == np.ascontiguousarray(states[:, [1, 3]]).tobytes()


def test_what_is_measured_of_them_is_the_run_to_the_bit(odd: tuple[Store, str], run: Run, tmp_path: Path) -> None:
    states, _, _, rows = read(states_of(run, odd[0], "all", "s"), tmp_path)
    emotions, topics, texts = zip(*rows, strict=True)
    found = Geometry.from_states(states, emotions, topics, texts=texts, layer=1)
    assert found.rdm.tobytes() == run.rdm.tobytes()
    assert found.rdm_by_layer.tobytes() == run.rdm_by_layer.tobytes()
    assert found.at_layer("reliability") == run.result.metrics.reliability


def test_without_the_pass_there_is_the_selected_block_and_it_is_said(run: Run, tmp_path: Path) -> None:
    made = states_of(run, Store(tmp_path / "elsewhere"), "all", "s")
    states, _, said, _ = read(made, tmp_path)
    assert "does not have the pass" in made.notes[0]
    assert "selected block 1 alone" in made.notes[0]
    assert states[:, 0].tobytes() == run.passages.tobytes()
    assert json.loads(said["layers"]) == [1]
    with pytest.raises(StoreError, match="states of its selected block 1 alone"):
        states_of(run, Store(tmp_path / "elsewhere"), "0,1", "s")
    with pytest.raises(StoreError, match="the run has selected no block: run it again, by `force=true`"):
        states_of(altered(run, layer_index=None), Store(tmp_path / "elsewhere"), "all", "s")


def test_other_states_under_the_same_key_are_not_the_runs(odd: tuple[Store, str], run: Run, tmp_path: Path) -> None:
    shutil.copytree(odd[0].path, tmp_path / "store")
    store, key = Store(tmp_path / "store"), run.record.meaning["passages"]
    files = store.read(ACTIVATIONS, key)
    other = next(own for own in store.keys(ACTIVATIONS) if own not in (key, run.record.meaning["facts"]))
    store.write(
        ACTIVATIONS,
        key,
        {**files, **{"activations.safetensors": store.read(ACTIVATIONS, other)["activations.safetensors"]}},
    )
    assert "selected block 1 alone" in states_of(run, store, "all", "s").notes[0]


def test_recorded_states_that_were_denoised_say_so(run: Run, tmp_path: Path) -> None:
    config = replace(run.config, denoising=DenoisingConfig(DenoisingMethod.neutral_pcs))
    made = states_of(altered(run, config=config), Store(tmp_path / "none"), "selected", "s")
    assert "with components of neutral texts removed" in made.notes[0]
    assert read(made, tmp_path)[2]["denoised"] == "yes"


def test_a_block_that_the_run_has_not_is_named(odd: tuple[Store, str], run: Run) -> None:
    with pytest.raises(ConfigError, match="has no block 4"):
        states_of(run, odd[0], "4", "s")
    made = states_of(altered(run, layer_layers=(0, 1, 3)), odd[0], "all", "s")
    assert made.notes == ("Left out, for values that are not finite: blocks 2.",)


def test_texts_that_nobody_knows_are_no_column(run: Run, odd: tuple[Store, str]) -> None:
    imported = ImportedFiles(name="theirs", files={}, said={}, texts_known=False)
    table = states_of(altered(run, imported=imported), odd[0], "all", "s").files["s_states.csv"]
    assert table.splitlines()[0] == b"emotion,topic"


def test_units_that_are_no_topics_are_said(run: Run, odd: tuple[Store, str], tmp_path: Path) -> None:
    units = tuple(f"u{number % 3}:0" for number in range(len(run.record.units)))
    said = read(states_of(altered(run, units=units), odd[0], "all", "s"), tmp_path)[2]
    assert json.loads(said["units_of_texts"])[:4] == ["u0", "u1", "u2", "u0"]


def test_states_of_texts_that_a_model_wrote_are_found(tiny_run: Composer, tmp_path: Path) -> None:
    writes = ("mode=generation", "generation.max_new_tokens=6", "generation.samples=1", "stimuli.topics=2")
    config = tiny_run(*writes, "prompt_template=topic_stories")
    store = Store(config.store.path)
    run = read_run(store, run_extraction(config).key)
    assert isinstance(run, Run)
    made = states_of(run, store, "all", "s")
    states, *_ = read(made, tmp_path)
    assert made.notes == ()
    assert states.shape == (run.record.n_texts, 4, 32)
    assert states[:, run.layer].tobytes() == run.passages.tobytes()
