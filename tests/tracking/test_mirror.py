"""What W&B gets to see of each kind of record, and when it is shown again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emogeo.config.runtime import TrackingConfig, TrackingMode
from emogeo.record.files import ITEMS, RDM, READ_TEXTS, READ_TOKENS, RUN_FILE, SHIFTS, TEXTS, VECTORS
from emogeo.record.json import plain
from emogeo.record.origin import Generation, PromptSet, Written
from emogeo.record.types import AnyRecord
from emogeo.store.manifest import MANIFEST, checked
from emogeo.store.store import GENERATIONS, RUNS, Store
from emogeo.tracking import mirror as module
from emogeo.tracking.mirror import mirror_of, push_record, track_run, tracked
from emogeo.tracking.session import Mirror
from tests.planted_records import Files, behaviour, geometry, readout, refused, steering, usual_config, write

DRAWN = module._figures


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store whose figures take no time."""
    monkeypatch.setattr(module, "_figures", lambda run: {"drawn": run.key.encode()})
    return Store(tmp_path)


def shown(store: Store, told: tuple[AnyRecord, Files]) -> Mirror:
    return mirror_of(store, write(store, *told))


KINDS = {
    "geometry": (geometry(), {"emotion-vectors": {VECTORS, TEXTS}, "rdm": {RDM}}),
    "steering": (steering(), {"steering": {TEXTS, SHIFTS}}),
    "behaviour": (behaviour(), {"behaviour": {ITEMS}}),
    "readout": (readout(), {"readout": {READ_TEXTS, READ_TOKENS}}),
    "refused geometry": ((refused(geometry()[0]), {}), {"record": set()}),
    "refused steering": ((refused(steering()[0]), {}), {"steering": set()}),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_artifacts_hold_every_file_and_each_can_be_checked_by_itself(store: Store, kind: str) -> None:
    (record, files), wanted = KINDS[kind]
    found = shown(store, (record, files))
    assert {spec.type: set(spec.files) - {RUN_FILE, MANIFEST} for spec in found.artifacts} == wanted
    for spec in found.artifacts:
        assert spec.name == f"{spec.type}-{record.key[:16]}"
        assert spec.metadata == {"kind": RUNS, "key": record.key, "config": plain(record.config)}
    whole = {name: content for spec in found.artifacts for name, content in spec.files.items()}
    assert checked(whole, "here") == store.read(RUNS, record.key)


def test_a_geometry_has_curves_figures_and_its_numbers(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_figures", DRAWN)
    record, files = geometry()
    found = shown(store, (record, files))
    assert (found.run_id, found.title, found.job_type) == (record.key[:16], record.title, "cell")
    assert [point["layer/index"] for point in found.curves] == [0, 1]
    assert {name for point in found.curves for name in point} == {
        "layer/index",
        *(f"layer/{name}" for name in ("reliability", "separation", "mean_cosine", "rdm_std", "anisotropy")),
    }
    assert all(png.startswith(b"\x89PNG") for png in found.figures.values())
    assert set(found.figures) == {"rdm/heatmap", "layer/curves"}
    assert record.result is not None
    assert found.summary["rdm/std"] == record.result.metrics.rdm_std
    assert (found.summary["layer/selected"], found.summary["rdm/conditions"]) == (0, 21)
    assert found.tables == {}, "passages are in an artifact only"
    assert (found.config["key"], found.config["norm"]) == (record.key, "none")
    resolved = {"model": plain(record.model), "precision": "bf16", "status": "finished", "n_units": 2, "n_texts": 42}
    assert found.config["resolved"] == resolved


def test_numbers_that_are_not_given_are_left_out(store: Store) -> None:
    record, files = geometry()
    assert record.result is not None
    metrics = replace(record.result.metrics, reliability=None, nonfinite=0)
    layer = replace(record.result.layer, index=None)
    found = shown(store, (replace(record, result=replace(record.result, metrics=metrics, layer=layer)), files))
    assert not {"model/reliability", "layer/selected"} & set(found.summary)
    assert found.summary["model/nonfinite"] == 0


@pytest.mark.parametrize("record", [refused(told[0]) for told in (geometry(), steering(), behaviour())])
def test_a_refused_record_shows_its_reason_alone(store: Store, record: AnyRecord) -> None:
    found = shown(store, (record, {}))
    assert found.summary == {"status": "refused", "reason": "it overflowed"}
    assert (found.curves, found.figures, found.tables) == ([], {}, {})
    assert found.config["resolved"]["status"] == "refused"


def test_metrics_of_a_probe_are_flat_and_its_rows_are_tables(store: Store) -> None:
    found = shown(store, behaviour())
    assert found.summary["behaviour/format/compliance"] == 0.75
    assert found.summary["behaviour/stance/capability/passed"] == 1
    assert "behaviour/stance/n_items" not in found.summary, "it is not given"
    (row,) = found.tables["behaviour/behaviour"]
    assert (row["item"], json.loads(row["constraints"]), row["met"]) == ("list", {"words": 3}, '{"words": true}')
    found = shown(store, readout())
    assert (found.summary["readout/accuracy"], found.summary["readout/words_accuracy"]) == (1.0, 0.0)
    assert "readout/p" not in found.summary, "it is not given"
    assert set(found.tables) == {"readout/readout", "readout/tokens"}
    assert set(shown(store, steering()).tables) == {"steering/texts", "steering/shifts"}


def test_written_texts_are_an_artifact_and_a_table(store: Store) -> None:
    asked = Written(
        model="mine",
        precision="fp32",
        recipe=None,
        prompt_template=PromptSet("stories", True, ("{emotion}",)),
        topics=None,
        generation=usual_config().generation,
        seed=0,
    )
    (record, files), key = geometry(), "cd" * 32
    record = replace(record, generation=Generation(key=key, counts=None, written=asked))
    assert "generations" not in {spec.type for spec in shown(store, (record, files)).artifacts}, (
        "the texts are not here"
    )
    store.write(GENERATIONS, key, {"generations.jsonl": b"{}"})
    found = shown(store, (record, files))
    spec = next(spec for spec in found.artifacts if spec.type == "generations")
    assert (spec.name, spec.metadata) == (f"generations-{key[:16]}", {"kind": GENERATIONS, "key": key})
    assert checked(spec.files, "here") == {"generations.jsonl": b"{}"}
    assert len(found.tables["texts/written"]) == 42


def test_a_record_is_mirrored_into_a_folder_of_its_own_unless_tracking_is_off(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, logged = write(store, *behaviour()), []

    def log_run(*told: Any) -> bool:
        logged.append(told)
        return False

    monkeypatch.setattr(module, "log_run", log_run)
    assert not track_run(TrackingConfig(TrackingMode.disabled), store, "never read")
    assert not track_run(TrackingConfig(TrackingMode.offline), store, key)
    ((_, folder, mirror, later),) = logged
    assert (folder, mirror.run_id) == (store.path / "wandb" / key, key[:16])
    assert later == f"Type: python -m emogeo.tracking push {store.path}"


@pytest.mark.parametrize(
    ("there", "logs", "said"), [(True, True, "there before"), (False, True, "delivered"), (False, False, "failed")]
)
def test_what_became_of_a_push(
    there: bool, logs: bool, said: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = write(store, *behaviour())
    monkeypatch.setattr(module, "already_there", lambda _tracking, _mirror: there)
    monkeypatch.setattr(module, "log_run", lambda *_: logs)
    assert push_record(TrackingConfig(TrackingMode.online), store, key) == said


def test_offline_a_mark_at_the_end_says_that_it_was_tracked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    offline, online = (TrackingConfig(mode) for mode in (TrackingMode.offline, TrackingMode.online))
    assert not tracked(offline, store, "k")
    (store.path / "wandb" / "k" / "wandb" / "offline-run-1").mkdir(parents=True)
    assert not tracked(offline, store, "k"), "it may be broken"
    (store.path / "wandb" / "k" / "wandb" / "offline-run-1" / "run-1.wandb.synced").touch()
    assert tracked(offline, store, "k")
    (store.path / "wandb" / "k" / "written.json").touch()
    assert tracked(offline, store, "k")
    assert not tracked(online, store, "k"), "the server has not been seen to have it"
    monkeypatch.setattr(module, "delivered", lambda _tracking, folder: folder.name == "k")
    assert tracked(online, store, "k")
