"""Offline folders, copied elsewhere and synced by the client's own command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import wandb

from emogeo.extraction.run import run_extraction
from emogeo.store.manifest import MANIFEST
from emogeo.store.store import GENERATIONS, RUNS, Store
from emogeo.tracking.__main__ import main
from tests.conftest import Composer
from tests.wandb_server.server import Server

WRITING = ("mode=generation", "prompt_template=loose", "generation.max_new_tokens=3")


@pytest.mark.parametrize("mode", [(), WRITING], ids=["comprehension", "generation"])
def test_a_copied_folder_syncs_whole_and_push_finds_it_there(
    tiny_run: Composer, wandb_server: Server, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    outcome = run_extraction(tiny_run("tracking=offline", *mode))
    key, texts = outcome.key, getattr(outcome.record.generation, "key", None)
    copied = tmp_path / "elsewhere"
    shutil.move(tmp_path / "store" / "wandb" / key, copied)
    (run,) = (copied / "wandb").glob("offline-run-*")
    words = [Path(sys.executable).with_name("wandb"), "sync", run.relative_to(copied)]
    own = {
        name: value for name, value in os.environ.items() if name != "WANDB_SERVICE"
    }  # else in this process's folder
    subprocess.run(words, cwd=copied, env=own, check=True, capture_output=True)
    store, arrived = Store(tmp_path / "store"), {}
    for artifact in wandb.Api().run(f"tester/emogeo/{key[:16]}").logged_artifacts():
        folder = Path(artifact.download(root=str(tmp_path / artifact.name), skip_cache=True))
        files = {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        arrived.setdefault(artifact.metadata.get("kind", artifact.type), {}).update(files)
    for kind, record in {RUNS: key, **({GENERATIONS: texts} if texts else {})}.items():
        assert arrived[kind] == {**store.read(kind, record), MANIFEST: store.manifest(kind, record)}
    commits = [label for label in wandb_server.requests if label.endswith("CommitArtifact")]
    assert main(["push", str(store.path)]) == 0
    assert [label for label in wandb_server.requests if label.endswith("CommitArtifact")] == commits
    assert not wandb_server.refused
