"""Artifacts fetched from W&B and checked: the files of one, or the records of a project's runs."""

from __future__ import annotations

import base64
import hashlib
import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emogeo.config.analyze import RunsConfig
from emogeo.config.model import Init
from emogeo.config.runtime import TrackingConfig
from emogeo.errors import StoreError, TrackingError
from emogeo.installation import command
from emogeo.record.chosen import Facts, nothing_suits, on_trial, suits
from emogeo.record.files import FACTS, RUN_FILE
from emogeo.record.json import key_in
from emogeo.record.reading import record_in
from emogeo.stimuli.messages import short
from emogeo.store.manifest import MANIFEST
from emogeo.store.store import GENERATIONS, KEY, RUNS, Store
from emogeo.tracking.client import PATIENCE, reason, sign_in
from emogeo.tracking.downloads import QUERY_SECONDS, Downloads
from emogeo.tracking.origin import note_pulled

log = logging.getLogger(__name__)
_NAMES_KEY = {RUNS: RUN_FILE, GENERATIONS: FACTS}
"""The file of a record that names its key."""


@dataclass
class Pulled:
    """The outcome of a download from W&B: what came, and what did not and why."""

    keys: list[str] = field(default_factory=list)
    """The keys of the runs' records, now whole in the store."""
    used: list[str] = field(default_factory=list)
    """The artifacts that they came in: ENTITY/PROJECT/NAME:VERSION."""
    left_out: list[str] = field(default_factory=list)


def artifact_files(path: str, kind: str, names: Sequence[str]) -> dict[str, bytes]:
    """Downloads an artifact, compares every file with W&B's manifest, and reads some.

    Args:
        path: ENTITY/PROJECT/NAME:VERSION.
        kind: the artifact's type.
        names: files that it must have.

    Raises:
        StoreError: no such artifact, another type, a file that is absent or not what was logged; names the cause.
    """
    import wandb

    try:
        size = wandb.Api(timeout=QUERY_SECONDS).artifact(path, type=kind).size
        with Downloads() as downloads:
            files = downloads.files(path, kind, PATIENCE.for_transfer(size))
        return {name: files[name] for name in names}
    except Exception as error:  # the client raises errors of many kinds
        raise StoreError(f"wandb:{path} cannot be fetched: {reason(error)}") from error


def fetched_artifact(path: str, cache: Path) -> Path:
    """Downloads an artifact of any type into a folder of its own, and compares every file with W&B's manifest.

    Args:
        path: ENTITY/PROJECT/NAME:VERSION.
        cache: the folder below which it is kept; one that is there already is not fetched again.

    Raises:
        StoreError: no such artifact, or a file that is not what was logged; names the cause.
    """
    import wandb

    try:
        artifact = wandb.Api(timeout=QUERY_SECONDS).artifact(path)
        folder = (
            cache / "artifacts" / hashlib.sha256(f"{artifact.qualified_name} {artifact.digest}".encode()).hexdigest()
        )
        if folder.is_dir():
            return folder
        with Downloads() as downloads:
            files = downloads.files(path, artifact.type, PATIENCE.for_transfer(artifact.size))
        whole = {name: content for name, content in files.items() if Path(name).name == name}
        if len(whole) < len(files):
            raise StoreError("it has files in folders; give the folder of a download instead")
        with tempfile.TemporaryDirectory(dir=_made(cache / "artifacts")) as made:
            for name, content in whole.items():
                (Path(made) / name).write_bytes(content)
            Path(made).rename(folder)
            Path(made).mkdir()
        return folder
    except Exception as error:  # the client raises errors of many kinds
        raise StoreError(f"wandb:{path} cannot be fetched: {reason(error)}") from error


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pull_runs(tracking: TrackingConfig, wanted: RunsConfig, store: Store) -> Pulled:
    """Brings the records of a project's runs into a store; one that is there already is not fetched again.

    Raises:
        TrackingError: the server is not there or does not let us in, or no run is meant; names the project.
    """
    api = sign_in()
    project = f"{tracking.entity or api.default_entity}/{tracking.project}"
    filters = _filters(wanted)
    try:
        runs = list(api.runs(project, filters=filters))
        facts = {run.id: found for run in runs if (found := _readable(run)) is not None}
        runs = [run for run in runs if run.id in facts]
        records = _records([run for run in runs if _is_wanted(facts[run.id], facts.values(), wanted)])
    except Exception as error:  # the client raises errors of many kinds
        raise TrackingError(f"{project}: {reason(error)}") from error
    if facts and not any(suits(own, wanted) for own in facts.values()):
        raise TrackingError(nothing_suits(list(facts.values()), wanted, project))
    if not records:
        fits = f" that fits runs.filters={wanted.filters}" if wanted.filters else ""
        raise TrackingError(f"No run of {project}{fits} has records of emogeo; {command('tracking')} push sends them.")
    pulled = Pulled()
    with Downloads() as downloads:
        for (kind, key), artifacts in records.items():
            try:
                _bring(store, kind, key, artifacts, downloads)
            except Exception as error:
                pulled.left_out.append(f"{project}, {kind} {key[:12]}: {reason(error)}")
                log.warning("left out: %s", pulled.left_out[-1])
                continue
            pulled.used += [f"{project}/{artifact.name}" for artifact in artifacts]
            pulled.keys += [key] if kind == RUNS else []
    return pulled


def _filters(wanted: RunsConfig) -> dict[str, Any]:
    clauses: list[dict[str, Any]] = [{"jobType": "cell"}]
    if wanted.filters:
        clauses.append(dict(wanted.filters))
    return {"$and": clauses}


def _readable(run: Any) -> Facts | None:
    """Gives the facts of a run; None for one whose configuration is not of emogeo, which a warning names."""
    try:
        return _facts(run)
    except (AttributeError, TypeError, ValueError) as error:
        log.warning("left out: run %s: its configuration is not of emogeo: %s", short(str(run.id)), reason(error))
        return None


def _facts(run: Any) -> Facts:
    """Gives the facts of a run of the project; when it was computed is in its record."""
    config = run.config
    resolved = config.get("resolved", {})
    model = resolved.get("model", {})
    return Facts(
        key=str(config.get("key", "")),
        model=str(model.get("name", "")),
        mode=str(config.get("mode", {}).get("name", "")),
        precision=str(resolved.get("precision", "")),
        group=run.group,
        tags=tuple(run.tags),
        twin=model.get("init", Init.trained.value) != Init.trained.value,
        reread=bool(config.get("reread", False)),
    )


def _is_wanted(own: Facts, every: Iterable[Facts], wanted: RunsConfig) -> bool:
    """Whether a run is meant, or may belong to one that is: a twin or a reread of its model."""
    if suits(own, wanted):
        return True
    if on_trial(own, wanted) or (own.twin and not wanted.twins) or (own.reread and not wanted.rereads):
        return False
    return own.belongs_to_another and any(other.model == own.model and suits(other, wanted) for other in every)


def _records(runs: Sequence[Any]) -> dict[tuple[str, str], list[Any]]:
    """Finds the newest version of each artifact, by kind and key of the record that it is a part of."""
    newest: dict[str, Any] = {}
    for run in runs:
        for artifact in run.logged_artifacts():
            name = artifact.name.rpartition(":v")[0]
            if _is_ours(artifact) and (name not in newest or _version(artifact) > _version(newest[name])):
                newest[name] = artifact
    records: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for name in sorted(newest):
        about = newest[name].metadata
        records[about["kind"], about["key"]].append(newest[name])
    return records


def _is_ours(artifact: Any) -> bool:
    """Whether an artifact says that it is a part of a record; its metadata may be anything."""
    about, number = artifact.metadata, artifact.name.rpartition(":v")[2]
    if not isinstance(about, Mapping) or not number.isdecimal():
        return False
    kind, key = about.get("kind"), about.get("key")
    return kind in list(_NAMES_KEY) and isinstance(key, str) and KEY.fullmatch(key) is not None


def _version(artifact: Any) -> int:
    return int(artifact.name.rpartition(":v")[2])


def _bring(store: Store, kind: str, key: str, artifacts: Sequence[Any], downloads: Downloads) -> None:
    """Raises:
    StoreError: parts of several recordings, a file that is not what was recorded, the record of another key, or another
        record of this one.
    TrackingError: what could not be fetched."""
    folder = store.folder(kind, key)
    paths = {f"{a.entity}/{a.project}/{a.name}": a for a in artifacts}
    if store.has(kind, key):
        store.read(kind, key)
        known = _digest(store.manifest(kind, key))
        if {downloads.digests(path, a.type, PATIENCE.transfer).get(MANIFEST) for path, a in paths.items()} != {known}:
            raise StoreError(f"{folder} is another record of that key: give another store.path")
        return
    parts = [downloads.files(path, a.type, PATIENCE.for_transfer(a.size)) for path, a in paths.items()]
    if len({part.get(MANIFEST) for part in parts}) > 1:
        raise StoreError("its artifacts are of several recordings; push it again")
    files = {name: content for part in parts for name, content in part.items()}
    said = key_in(files.get(_NAMES_KEY[kind], b""))
    if said != key:
        raise StoreError(f"its files are those of {said}")
    if kind == RUNS:
        record_in(files, f"{kind} {key[:12]}", key)
        note_pulled(store, key, f"{artifacts[0].entity}/{artifacts[0].project}")
    store.adopt(kind, key, files)


def _digest(content: bytes) -> str:
    """Gives the digest of bytes in the form of W&B's manifests."""
    return base64.b64encode(hashlib.md5(content).digest()).decode()
