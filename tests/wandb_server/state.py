"""What the server remembers."""

from __future__ import annotations

import base64
import hashlib
import secrets
import string
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def new_id(length: int = 8) -> str:
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(length))


@dataclass
class Blob:
    """Bytes that are uploaded and downloaded under an unguessable name."""

    file: Path
    md5: str | None = None
    """Base64, as announced."""

    @property
    def arrived(self) -> bool:
        return self.file.is_file()

    @property
    def name(self) -> str:
        return self.file.name


@dataclass
class Run:
    """One run."""

    name: str
    project: Project
    id: str = field(default_factory=lambda: new_id(12))
    display_name: str | None = None
    description: str | None = None
    notes: str | None = None
    group: str | None = None
    job_type: str | None = None
    sweep: str | None = None
    commit: str | None = None
    state: str = "running"
    exit_code: int | None = None
    tags: list[str] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    """As sent: `{"name": {"value": ...}}`."""
    summary: dict[str, Any] = field(default_factory=dict)
    streams: dict[str, list[str]] = field(default_factory=dict)
    """Lines of history, system metrics and console, by file."""
    files: dict[str, Blob] = field(default_factory=dict)
    outputs: list[Artifact] = field(default_factory=list)
    inputs: list[Artifact] = field(default_factory=list)
    created_at: str = field(default_factory=now)
    heartbeat_at: str = field(default_factory=now)

    @property
    def plain_config(self) -> dict[str, Any]:
        return {name: entry["value"] for name, entry in self.config.items() if "value" in (entry or {})}

    @property
    def history(self) -> list[str]:
        """JSON lines"""
        return self.streams.get("wandb-history.jsonl", [])


@dataclass
class Artifact:
    """One version of an artifact, committed or on its way."""

    project: Project
    type: str
    collection: str
    digest: str
    created_by: Run | None
    id: str = field(default_factory=lambda: new_id(16))
    state: str = "PENDING"
    index: int | None = None
    aliases: list[str] = field(default_factory=list)
    wanted_aliases: list[str] = field(default_factory=list)
    metadata: str | None = None
    description: str | None = None
    manifest: Blob | None = None
    blobs: dict[str, Blob] = field(default_factory=dict)
    """By path inside the artifact."""
    used_by: list[Run] = field(default_factory=list)
    created_at: str = field(default_factory=now)

    @property
    def size(self) -> int:
        return sum(blob.file.stat().st_size for blob in self.blobs.values() if blob.arrived)


@dataclass
class Sweep:
    """One sweep; `handed_out` are its runs with their parameters."""

    name: str
    project: Project
    config_yaml: str
    points: list[dict[str, Any]] | None
    """Of a grid; None where there is no end."""
    id: str = field(default_factory=lambda: new_id(12))
    state: str = "PENDING"
    handed_out: dict[str, dict[str, Any]] = field(default_factory=dict)
    created_at: str = field(default_factory=now)


@dataclass
class Agent:
    """One agent of a sweep."""

    sweep: Sweep
    host: str
    id: str = field(default_factory=lambda: new_id(12))


@dataclass
class View:
    """A workspace (`project-view`) or a report (`runs`)."""

    project: Project
    fields: dict[str, Any]
    """As sent: `name`, `displayName`, `type`, `spec`, ..."""
    id: str = field(default_factory=lambda: new_id(12))
    created_at: str = field(default_factory=now)


@dataclass
class Project:
    """One project of one entity."""

    entity: str
    name: str
    number: int
    runs: dict[str, Run] = field(default_factory=dict)
    artifacts: list[Artifact] = field(default_factory=list)
    sweeps: dict[str, Sweep] = field(default_factory=dict)
    views: list[View] = field(default_factory=list)

    def versions(self, collection: str) -> list[Artifact]:
        """Committed ones, in order."""
        found = [a for a in self.artifacts if a.collection == collection and a.state == "COMMITTED"]
        return sorted(found, key=lambda a: a.index or 0)

    def version(self, name: str) -> Artifact | None:
        """NAME:v0, NAME:ALIAS or NAME:DIGEST."""
        collection, _, reference = name.partition(":")
        for artifact in self.versions(collection):
            if (reference or "latest") in {*artifact.aliases, f"v{artifact.index}", artifact.digest}:
                return artifact
        return None


class State:
    """All of it, behind one lock."""

    def __init__(self, folder: Path, entity: str) -> None:
        self.folder, self.entity = folder, entity
        self.lock = threading.RLock()
        self.projects: dict[tuple[str, str], Project] = {}
        self.agents: dict[str, Agent] = {}
        self.blobs: dict[str, Blob] = {}

    def project(self, entity: str | None, name: str | None) -> Project | None:
        return self.projects.get((entity or self.entity, name or "uncategorized"))

    def make_project(self, entity: str | None, name: str | None) -> Project:
        key = (entity or self.entity, name or "uncategorized")
        if key not in self.projects:
            self.projects[key] = Project(*key, number=len(self.projects) + 1)
        return self.projects[key]

    def artifact(self, artifact_id: str) -> Artifact | None:
        found = (a for project in self.projects.values() for a in project.artifacts if a.id == artifact_id)
        return next(found, None)

    def new_blob(self, md5: str | None = None) -> Blob:
        blob = Blob(self.folder / new_id(24), md5)
        self.blobs[blob.name] = blob
        return blob


def md5_base64(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content).digest()).decode()
