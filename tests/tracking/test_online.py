"""The real client, online against the test server."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import wandb

from emogeo.errors import NonFiniteError
from emogeo.extraction.run import run_extraction
from emogeo.store.manifest import MANIFEST
from emogeo.store.store import RUNS, Store
from emogeo.tracking import client, session
from emogeo.tracking.__main__ import main
from tests.conftest import Composer
from tests.wandb_server.faults import Fault, Kind
from tests.wandb_server.server import Server

HOME = "tester/emogeo"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    patience = replace(client.PATIENCE, query=2, retries=1, pause=1, start=5, transfer=4, finish=3)
    for module in (client, session):
        monkeypatch.setattr(module, "PATIENCE", patience)


def contents(run: str, tmp_path: Path) -> dict[str, bytes]:
    files = {}
    for artifact in wandb.Api().run(f"{HOME}/{run}").logged_artifacts():
        folder = Path(artifact.download(root=str(tmp_path / artifact.name), skip_cache=True))
        files.update({file.name: file.read_bytes() for file in folder.iterdir()})
    return files


def media(run: Any) -> list[str]:
    """Names of a run's figures, without step and digest."""
    return sorted({file.name.rsplit("_", 2)[0] for file in run.files() if file.name.startswith("media/")})


def test_every_file_of_a_record_arrives(tiny_run: Composer, wandb_server: Server, tmp_path: Path) -> None:
    outcome = run_extraction(tiny_run("tracking=online", "tracking.group=g", "tracking.tags=[a]"))
    run = wandb.Api().run(f"{HOME}/{outcome.key[:16]}")
    assert (run.state, run.group, run.tags, run.config["key"]) == ("finished", "g", ["a"], outcome.key)
    store = Store(tmp_path / "store")
    recorded = {**store.read(RUNS, outcome.key), MANIFEST: store.manifest(RUNS, outcome.key)}
    assert contents(run.id, tmp_path) == recorded
    assert media(run) == FIGURES
    assert not wandb_server.refused
    before = len(wandb_server.requests)
    run_extraction(tiny_run("tracking=online"))
    assert len(wandb_server.requests) == before, "what is delivered is not asked for again"


def test_a_refused_record_arrives(
    tiny_run: Composer, tiny_overflowing: Path, wandb_server: Server, tmp_path: Path
) -> None:
    with pytest.raises(NonFiniteError):
        run_extraction(tiny_run("precision=fp16", "tracking=online", weights=tiny_overflowing))
    (key,) = Store(tmp_path / "store").keys(RUNS)
    assert set(contents(key[:16], tmp_path)) == {"run.json", MANIFEST}


FAULTS = [
    (Fault("graphql"), "500"),
    (Fault("PUT blobs"), "upload"),
    (Fault("PUT blobs", Kind.reset), "upload"),
    (Fault("PUT blobs", Kind.stall, seconds=20), "time"),
    (Fault("graphql CommitArtifact"), "CommitArtifact|commitArtifact"),
    (Fault("POST files", status=500), "the end of run"),
    (Fault("graphql CreateRunFiles", status=400), "rdm/heatmap, layer/curves did not arrive"),
]
LOSES_FIGURES = ("PUT blobs", "graphql CreateRunFiles")
FIGURES = ["media/images/layer/curves", "media/images/rdm/heatmap"]


@pytest.mark.parametrize(
    ("fault", "said"), FAULTS, ids=lambda value: f"{value.on} {value.kind.value}" if isinstance(value, Fault) else ""
)
def test_a_fault_costs_no_result_and_push_delivers_once(
    tiny_run: Composer, wandb_server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: Fault, said: str
) -> None:
    wandb_server.faults.add(fault)
    key = run_extraction(tiny_run("tracking=online")).key
    Store(tmp_path / "store").read(RUNS, key)
    (told,) = [r.getMessage() for r in caplog.records if re.search("did not take|will not have", r.getMessage())]
    assert re.search(said, told), told
    assert f"python -m emogeo.tracking push {tmp_path / 'store'}" in told
    wandb_server.faults.clear()
    wandb_server.refused.clear()
    for _ in range(2):
        assert main(["push", str(tmp_path / "store")]) == 0
    (run,) = wandb.Api().runs(HOME)
    names = sorted(artifact.name for artifact in run.logged_artifacts())
    assert names == [f"emotion-vectors-{key[:16]}:v0", f"rdm-{key[:16]}:v0"]
    history = next(iter(wandb_server.state.projects.values())).runs[run.id].history
    assert len(history) - 5 in ({0, 1} if fault.on in LOSES_FIGURES else {0}), (
        "the figures, once more if they were lost"
    )
    assert sum("layer/separation" in json.loads(line) for line in history) == 4
    assert media(run) == FIGURES


def test_a_rejected_key_is_named_and_never_written(
    tiny_run: Composer, wandb_server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    key = os.environ["WANDB_API_KEY"]
    run_extraction(tiny_run("tracking=online"))
    wandb_server.key = "local-" + "0" * 40
    run_extraction(tiny_run("tracking=online", "centring=none"))
    assert "will not have what is computed now" in caplog.text
    assert "credentials" in caplog.text or "API key" in caplog.text
    assert key not in caplog.text
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert key.encode() not in file.read_bytes(), file
