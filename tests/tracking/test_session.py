"""The real W&B client, offline: one run per cell, everything inside the run's folder."""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path

import pytest
from wandb.proto import wandb_internal_pb2

from emogeo.errors import NonFiniteError
from emogeo.extraction.run import run_extraction
from emogeo.probes.run import run_probe
from emogeo.store.manifest import MANIFEST
from emogeo.store.store import GENERATIONS, RUNS, Store
from emogeo.tracking import session
from tests.conftest import Composer


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, so that what the client leaves there shows."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in ("WANDB_DATA_DIR", "WANDB_DIR", "WANDB_ARTIFACT_DIR", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    return folder


def logged(folder: Path) -> list[wandb_internal_pb2.Record]:
    """All records of an offline log; the client writes it in a process of its own, which may lag behind `finish`."""
    (file,) = folder.glob("wandb/offline-run-*/run-*.wandb")
    deadline, records = time.monotonic() + 20, []
    while time.monotonic() < deadline and not any(r.HasField("exit") for r in records):
        time.sleep(0.1)
        records = [wandb_internal_pb2.Record.FromString(data) for data in leveldb_records(file.read_bytes())]
    return records


def leveldb_records(content: bytes) -> list[bytes]:
    """The log format of LevelDB: 32 KiB blocks of fragments with checksum, length and type (1 whole, 2-4 parts)."""
    records, parts, position = [], b"", 7  # the client writes a header of seven bytes
    while position + 7 <= len(content):
        if 32768 - position % 32768 < 7:
            position += 32768 - position % 32768
            continue
        length, kind = struct.unpack_from("<HB", content, position + 4)
        fragment = content[position + 7 : position + 7 + length]
        if len(fragment) < length:
            break  # still being written
        position += 7 + length
        parts = fragment if kind in {1, 2} else parts + fragment
        if kind in {1, 4}:
            records.append(parts)
    return records


def test_one_offline_run_with_config_curves_figures_and_artifacts(tiny_run: Composer, home: Path) -> None:
    config = tiny_run("tracking=offline", "tracking.tags=[a,b]")
    outcome = run_extraction(config)
    folder = Path(config.store.path) / "wandb" / outcome.key
    records = logged(folder)
    runs = [r.run for r in records if r.HasField("run")]
    assert {run.run_id for run in runs} == {outcome.key[:16]}
    assert list(runs[0].tags) == ["a", "b"]
    assert {"model", "key"} <= {item.key for item in runs[0].config.update}
    assert any(r.HasField("exit") for r in records), "the run was not closed"
    artifacts = {a.type: a for a in (r.request.log_artifact.artifact for r in records) if a.name}
    artifacts |= {r.artifact.type: r.artifact for r in records if r.HasField("artifact")}
    assert set(artifacts) == {"emotion-vectors", "rdm"}
    history = {key for r in records for item in r.history.item for key in (item.key, *item.nested_key)}
    assert {"layer/index", "layer/separation", "rdm/heatmap"} <= history
    assert len(list(folder.glob("wandb/offline-run-*/files/media/images/**/*.png"))) == 2


def test_behaviour_is_an_artifact_a_summary_and_a_table(tiny_run: Composer, home: Path) -> None:
    config = tiny_run("mode=behaviour", "behaviour.turns=1", "behaviour.max_new_tokens=2", "tracking=offline")
    outcome = run_probe(config)
    assert outcome is not None
    folder = Path(config.store.path) / "wandb" / outcome.key
    records = logged(folder)
    artifacts = {r.artifact.type: r.artifact for r in records if r.HasField("artifact")}
    own = artifacts["behaviour"]
    assert own.name == f"behaviour-{outcome.key[:16]}"
    files = {content.path: (folder / content.local_path).read_bytes() for content in own.manifest.contents}
    record = Store(config.store.path).folder(RUNS, outcome.key)
    assert files == {file.name: file.read_bytes() for file in record.iterdir()}
    assert set(files) == {"run.json", "behaviour.jsonl", "manifest.json"}
    summary = {u.key or "/".join(u.nested_key): u.value_json for r in records for u in r.summary.update}
    assert summary["status"] == '"finished"'
    assert summary["behaviour/format/capability/of"] == "5"
    (table,) = folder.glob("wandb/offline-run-*/files/media/table/**/*.table.json")
    shown = json.loads(table.read_text())
    assert {"facet", "item", "prompt", "answer", "by_order", "met"} <= set(shown["columns"])
    assert len(shown["data"]) == len(files["behaviour.jsonl"].splitlines())
    assert not any(Path(content.local_path).is_absolute() for content in own.manifest.contents)


def test_written_texts_are_an_artifact(tiny_run: Composer, home: Path) -> None:
    asked = ("mode=generation", "prompt_template=loose", "generation.max_new_tokens=3")
    config = tiny_run(*asked, "tracking=offline")
    outcome = run_extraction(config)
    folder = Path(config.store.path) / "wandb" / outcome.key
    artifacts = {r.artifact.type: r.artifact for r in logged(folder) if r.HasField("artifact")}
    assert set(artifacts) == {"emotion-vectors", "rdm", "generations", "run_table"}
    contents = artifacts["generations"].manifest.contents
    logged_files = {content.path: (folder / content.local_path).read_bytes() for content in contents}
    store, key = Store(config.store.path), outcome.record.generation.key
    assert logged_files == {**store.read(GENERATIONS, key), MANIFEST: store.manifest(GENERATIONS, key)}


def test_files_of_artifacts_are_named_relative_to_the_folder(tiny_run: Composer, home: Path) -> None:
    config = tiny_run("tracking=offline")
    outcome = run_extraction(config)
    folder = Path(config.store.path) / "wandb" / outcome.key
    paths = {
        content.local_path
        for record in logged(folder)
        if record.HasField("artifact")
        for content in record.artifact.manifest.contents
    }
    assert paths
    for path in paths:
        assert not Path(path).is_absolute()
        recorded = Store(config.store.path).folder(RUNS, outcome.key) / Path(path).name
        assert (folder / path).read_bytes() == recorded.read_bytes()
    assert not list((home / ".local").rglob("staging/*"))


def test_a_client_that_fails_costs_no_result(
    tiny_run: Composer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise OSError("disk quota exceeded")

    monkeypatch.setattr(session, "_log_artifacts", fails)
    config = tiny_run("tracking=offline")
    outcome = run_extraction(config)
    Store(config.store.path).read(RUNS, outcome.key)
    assert "W&B (offline) did not take" in caplog.text
    assert "disk quota exceeded" in caplog.text


def test_what_was_not_tracked_is_tracked_on_the_rerun_and_once(tiny_run: Composer, home: Path) -> None:
    key = run_extraction(tiny_run()).key
    config = tiny_run("tracking=offline")
    for _ in range(2):
        assert not run_extraction(config).computed
    assert len(list((Path(config.store.path) / "wandb" / key).glob("wandb/offline-run-*"))) == 1


def test_a_refused_run_has_its_run(tiny_run: Composer, tiny_overflowing: Path, home: Path) -> None:
    config = tiny_run("precision=fp16", "tracking=offline", weights=tiny_overflowing)
    with pytest.raises(NonFiniteError):
        run_extraction(config)
    (folder,) = (Path(config.store.path) / "wandb").iterdir()
    summary = {u.key: u.value_json for r in logged(folder) for u in r.summary.update}
    assert summary["status"] == '"refused"'
    assert "non-finite" in summary["reason"]


def test_disabled_tracking_writes_nothing(tiny_run: Composer, tmp_path: Path) -> None:
    run_extraction(tiny_run())
    assert not (tmp_path / "store" / "wandb").exists()


def test_an_offline_run_that_broke_while_it_was_made_is_made_again(tiny_run: Composer, home: Path) -> None:
    config = tiny_run("tracking=offline")
    outcome = run_extraction(config)
    folder = Path(config.store.path) / "wandb" / outcome.key
    (whole,) = folder.glob("wandb/offline-run-*")
    run_extraction(config)
    assert list(folder.glob("wandb/offline-run-*")) == [whole]
    (folder / "written.json").unlink()
    broken = whole.rename(whole.with_name(f"offline-run-20260101_000000-{outcome.key[:16]}"))
    run_extraction(config)
    (again,) = folder.glob("wandb/offline-run-*")
    assert again != broken
    assert session.written(folder)


def test_nothing_is_written_where_the_environment_turns_it_off(
    tiny_run: Composer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "disabled")
    config = tiny_run("tracking=offline")
    run_extraction(config)
    assert not (Path(config.store.path) / "wandb").exists()
