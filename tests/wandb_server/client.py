"""The environment of a client of the server, and a fixture for both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wandb_server.server import Server

_FOLDERS = ("WANDB_DIR", "WANDB_CACHE_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR", "WANDB_ARTIFACT_DIR")
_SECONDS = {"GRAPHQL": 1, "FILE_STREAM": 1, "FILE_TRANSFER": 1}


def client_environment(server: Server, home: Path) -> dict[str, str]:
    """For a client with a home of its own, that soon gives up."""
    environment = {**server.environment(), "HOME": str(home), "NETRC": str(home / ".netrc"), "WANDB_MODE": "online"}
    for name in _FOLDERS:
        folder = home / name.lower()
        folder.mkdir(parents=True, exist_ok=True)
        environment[name] = str(folder)
    for part, seconds in _SECONDS.items():
        for suffix in ("RETRY_MAX", "RETRY_WAIT_MIN_SECONDS", "RETRY_WAIT_MAX_SECONDS"):
            environment[f"WANDB__{part}_{suffix}"] = str(seconds)
    return environment


@pytest.fixture
def wandb_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server, and this process as its client."""
    import wandb

    server = Server(tmp_path / "wandb-server").start()
    for name, value in client_environment(server, tmp_path / "wandb-home").items():
        monkeypatch.setenv(name, value)
    wandb.teardown()
    before = set(os.environ)
    yield server
    wandb.teardown()
    server.stop()
    for name in set(os.environ) - before:  # what an agent in this process has left
        del os.environ[name]
