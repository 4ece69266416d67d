"""The library's door: a run in any format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import emogeo
from emogeo.config.imported import ImportedConfig
from emogeo.errors import ConfigError, StoreError
from emogeo.export.exporting import export_run
from emogeo.export.formats import Format
from emogeo.imported.reading import read_measured
from emogeo.imported.types import Kind
from emogeo.record.run import Run, SteeringRun
from emogeo.store.store import RUNS, Store
from tests import planted_records as planted
from tests.export.conftest import bare


@pytest.mark.parametrize("to", [*Format])
def test_every_format_is_written_and_given(odd: tuple[Store, str], to: Format, tmp_path: Path) -> None:
    store, key = odd
    files = export_run(store.folder(RUNS, key), to, tmp_path)
    assert sorted(file for file in tmp_path.rglob("*") if file.is_file()) == sorted(files)
    assert all(key[:12] in str(file) and "tiny-llama" in str(file) for file in files)
    before = {file: file.read_bytes() for file in files}
    with pytest.raises(StoreError, match="there already"):
        export_run(key, to, tmp_path, store=store.path)
    assert export_run(key[:8], to, tmp_path, store=store.path, overwrite=True) == files
    assert {file: file.read_bytes() for file in files} == before


@pytest.mark.parametrize("to", ["npz", "safetensors", "steering-vectors", "csv"])
def test_vectors_are_imported_again_to_the_bit(run: Run, to: str, tmp_path: Path) -> None:
    path = export_run(run, to, tmp_path, blocks="all")[0]
    found = read_measured(ImportedConfig(path=str(path)), path)
    assert (found.kind, found.blocks) == (Kind.vectors, (0, 1, 2, 3))
    shared = [label for label in found.labels if label in run.conditions]
    assert len(shared) >= len(run.conditions) - (to == "npz")  # where a label with slashes is taken for a path
    for block in found.blocks:
        values = found.at(block)
        for label in shared:
            own = run.vectors[run.conditions.index(label), block]
            assert np.asarray(values[found.labels.index(label)], dtype=np.float32).tobytes() == own.tobytes()


def test_states_are_imported_again_to_the_bit(odd: tuple[Store, str], run: Run, tmp_path: Path) -> None:
    path = export_run(odd[1], "states", tmp_path, store=odd[0].path)[0]
    found = read_measured(ImportedConfig(path=str(path)), path)
    assert (found.kind, found.blocks, found.labels) == (Kind.states, (0, 1, 2, 3), run.record.emotions)
    assert (found.topics, found.texts) == (run.topics, run.texts)
    assert np.asarray(found.at(1), dtype=np.float32).tobytes() == run.passages.tobytes()
    assert found.embeddings is not None
    assert np.asarray(found.embeddings).tobytes() == run.embeddings.tobytes()


def test_blocks_as_a_number_and_a_list(run: Run, tmp_path: Path) -> None:
    (one,) = export_run(run, "npz", tmp_path / "one", blocks=2)
    (two,) = emogeo.export_run(run, "npz", tmp_path / "two", blocks=[0, 2], unit=True)
    assert "layer_2__con" in np.load(one)
    assert "layer_0__con" not in np.load(one)
    assert np.linalg.norm(np.load(two)["layer_0__con"]) == pytest.approx(1)


def test_states_of_a_run_in_memory_need_its_store(odd: tuple[Store, str], run: Run, tmp_path: Path) -> None:
    tensors, _ = export_run(run, "states", tmp_path, store=odd[0].path)
    assert tensors.name == f"tiny-llama_{run.key[:12]}_states.safetensors"


def test_what_is_to_be_said_is_logged(run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    export_run(run, "states", tmp_path, store=tmp_path / "elsewhere")
    assert "does not have the pass" in caplog.text


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    probe = SteeringRun(*planted.steering())
    with pytest.raises(StoreError, match="Run .* has no vectors"):
        export_run(probe, "npz", tmp_path)  # type: ignore[arg-type]


def test_of_an_imported_geometry_there_is_what_was_imported(tmp_path: Path) -> None:
    (file,) = export_run(bare((3, 7), vectors=True), "npz", tmp_path, blocks="all")
    assert {name for name in np.load(file) if "__" in name} == {
        f"layer_{block}__{label}" for block in (3, 7) for label in ("calm", "ça va", "joy", "sad")
    }
    assert str(np.load(file)["imported"]) == "theirs.npz"
    assert "pooling" not in np.load(file)
    with pytest.raises(StoreError, match="has no states of texts"):
        export_run(bare((3, 7), vectors=True), "states", tmp_path)
    with pytest.raises(StoreError, match="has no vectors: export its RDMs"):
        export_run(bare((), vectors=False), "npz", tmp_path)


def test_options_that_do_not_go_together_are_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--unit is of vectors: leave it out with --to rdms"):
        export_run(run, "rdms", tmp_path, unit=True)
    with pytest.raises(ConfigError, match="'onnx' is no format"):
        export_run(run, "onnx", tmp_path)
    record, files = planted.geometry()
    with pytest.raises(StoreError, match="was refused"):
        export_run(Run(planted.refused(record), files), "npz", tmp_path)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
