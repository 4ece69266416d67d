"""One W&B run per record: a mirror, never the record itself."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emogeo.config.runtime import TrackingConfig, TrackingMode
from emogeo.errors import TrackingError
from emogeo.machine import write_whole
from emogeo.store.keys import canonical_json
from emogeo.tracking.arrivals import has_version, media_not_arrived, not_arrived
from emogeo.tracking.client import PATIENCE, base_url, environment, reason, settings, sign_in, turned_off, unreachable

log = logging.getLogger(__name__)
_DELIVERED = "delivered.json"
_WRITTEN = "written.json"
"""The mark of an offline run that was written to its end."""
_DUE = "due.json"
"""The mark of a record that is to be mirrored, whatever was mirrored before of an earlier one."""


@dataclass(frozen=True)
class ArtifactSpec:
    """A typed artifact."""

    type: str
    name: str
    files: Mapping[str, bytes]
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mirror:
    """All that W&B shows of a record or an analysis."""

    run_id: str | None
    """The id of the W&B run; None for a new one each time."""
    title: str
    job_type: str
    config: Mapping[str, Any]
    summary: Mapping[str, Any]
    artifacts: Sequence[ArtifactSpec]
    curves: Sequence[Mapping[str, float]] = ()
    """One mapping per block, logged as steps; every one holds `layer/index`."""
    figures: Mapping[str, bytes] = field(default_factory=dict)
    """The bytes of PNG files, by name."""
    galleries: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    """Pictures of one kind that are shown together, by the kind's name: the bytes of each PNG file by its caption."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Charts that move, by name: HTML that fetches nothing."""
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """Rows of text, numbers and truth values by column. The client keeps a table as an artifact of its own, whose file,
    inside the run's folder, it names absolutely: a copy of the folder syncs all but that."""
    tags: Sequence[str] = ()
    """Tags of its own, beside those that the configuration asks for."""
    used: Sequence[str] = ()
    """The artifacts that an analysis was made from: ENTITY/PROJECT/NAME:VERSION."""


def log_run(tracking: TrackingConfig, folder: Path, mirror: Mirror, later: str) -> bool:
    """Opens a run, logs `mirror`, closes the run; online, asks the server whether all of it is there.

    A failure is reported and costs no result. Everything is written inside `folder`; offline, files of artifacts are
    named relative to it, so that a copy of the folder can be synced from within:
    `cd FOLDER && wandb sync wandb/offline-run-*`.

    Args:
        later: what to type when W&B did not take it.

    Returns:
        Whether it is written (offline), or has arrived (online).
    """
    if tracking.mode is TrackingMode.disabled or turned_off():
        return False
    if tracking.mode is TrackingMode.online and unreachable():
        log.info("W&B (online) is not there, as said before: %s is not sent. %s", mirror.title, later)
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with environment(folder.resolve()):
            if tracking.mode is TrackingMode.online:
                _log_online(tracking, folder.resolve(), mirror)
            else:
                _log_offline(tracking, folder.resolve(), mirror)
        (folder / _DUE).unlink(missing_ok=True)
    except Exception as error:  # the client raises errors of many kinds; the record is safe already
        why = reason(error) if isinstance(error, TrackingError) else f"{type(error).__name__}: {reason(error)}"
        log.warning(
            "W&B (%s) did not take %s: %s. Nothing computed is lost. %s", tracking.mode.value, mirror.title, why, later
        )
        return False
    return True


def mark_due(folder: Path) -> None:
    """Has the record that `folder` mirrors, which is a new one, be due until it has been mirrored."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / _DUE, b"{}")


def is_due(folder: Path) -> bool:
    """Whether the record that `folder` mirrors is newer than what was mirrored of it."""
    return (folder / _DUE).is_file()


def delivered(tracking: TrackingConfig, folder: Path) -> bool:
    """Whether what `folder` mirrors was once seen whole on the server and in the project that `tracking` names."""
    try:
        seen = json.loads((folder / _DELIVERED).read_bytes())
    except (OSError, ValueError):
        return False
    return [seen["server"], seen["project"]] == [base_url(), tracking.project] and tracking.entity in {
        None,
        seen["entity"],
    }


def written(folder: Path) -> bool:
    """Whether what `folder` mirrors is there as an offline run that was written to its end, or has been synced."""
    return (folder / _WRITTEN).is_file() or _synced(folder)


def sent(folder: Path) -> bool:
    """Whether what `folder` mirrors was seen on a server, or has been synced."""
    return (folder / _DELIVERED).is_file() or _synced(folder)


def offline_runs(folder: Path) -> list[Path]:
    """Lists the offline runs in what mirrors a record, whole or not."""
    return sorted(folder.glob("wandb/offline-run-*"))


def _synced(folder: Path) -> bool:
    return any(folder.glob("wandb/*run-*/*.synced"))


def already_there(tracking: TrackingConfig, mirror: Mirror) -> bool:
    """Whether the project has a closed run of the mirror's key with its figures, and its artifacts byte for byte.

    Raises:
        TrackingError: the server is not there, or does not let us in.
    """
    api = sign_in()
    home = f"{tracking.entity or api.default_entity}/{tracking.project}"
    with tempfile.TemporaryDirectory() as scratch:
        wanted = {(spec.type, spec.name): _artifact(spec, Path(scratch)).digest for spec in mirror.artifacts}
    try:
        runs = list(api.runs(home, filters={"config.key": mirror.config["key"], "state": "finished"}))
    except ValueError:  # no such project yet
        return False
    return any(not _media_missing(run, mirror) for run in runs) and all(
        has_version(api, f"{home}/{name}", kind, digest) for (kind, name), digest in wanted.items()
    )


def _media_missing(run: Any, mirror: Mirror) -> list[str]:
    tables = (name for name, rows in mirror.tables.items() if rows)
    return media_not_arrived(run, (*mirror.figures, *mirror.galleries), tables, mirror.pages)


def _log_offline(tracking: TrackingConfig, folder: Path, mirror: Mirror) -> None:
    """Writes an offline run in the place of one that was broken while it was made."""
    if not written(folder):
        for broken in offline_runs(folder):
            shutil.rmtree(broken, ignore_errors=True)
    (folder / _WRITTEN).unlink(missing_ok=True)
    _, _, home = _log_run(tracking, folder, mirror)
    write_whole(folder / _WRITTEN, canonical_json({"run": home.rpartition("/")[2]}))


def _log_online(tracking: TrackingConfig, folder: Path, mirror: Mirror) -> None:
    """Raises:
    TrackingError: what did not arrive, and why."""
    (folder / _DELIVERED).unlink(missing_ok=True)
    api = sign_in()
    troubles, digests, home = _log_run(tracking, folder, mirror)
    missing = [*not_arrived(api, home, digests), *_media_missing(api.run(home), mirror)]
    if missing:
        why = "; ".join(troubles) or "the client did not say why"
        raise TrackingError(f"{', '.join(missing)} did not arrive ({why})")
    entity, project, run = home.split("/")
    seen = {"server": base_url(), "entity": entity, "project": project, "run": run, "artifacts": sorted(digests)}
    write_whole(folder / _DELIVERED, canonical_json(seen))


def _log_run(
    tracking: TrackingConfig, folder: Path, mirror: Mirror
) -> tuple[list[str], dict[tuple[str, str], str], str]:
    """Logs a mirror; gives what went wrong, the digest of each artifact by type and name, and ENTITY/PROJECT/RUN."""
    import wandb

    run = wandb.init(
        mode=tracking.mode.value,
        project=tracking.project,
        entity=tracking.entity,
        group=tracking.group,
        tags=[*tracking.tags, *mirror.tags],
        name=mirror.title,
        id=mirror.run_id,  # in a sweep, the sweep's own goes before it
        resume="allow",
        job_type=mirror.job_type,
        config=dict(mirror.config),
        dir=str(folder),
        reinit="finish_previous",
        settings=settings(),
    )
    home, troubles, logged = f"{run.entity}/{run.project}/{run.id}", [], []
    try:
        with run:
            for path in mirror.used:
                run.use_artifact(path)
            resumed = tracking.mode is TrackingMode.online and run.starting_step > 0
            _log_points(run, mirror, again=resumed and _lacks_media(home, mirror))
            run.summary.update(dict(mirror.summary))
            logged = _log_artifacts(run, tracking.mode, folder, mirror)
            if tracking.mode is TrackingMode.online:
                troubles = _wait_for(logged)
    except TimeoutError as error:  # of finish; what has arrived is asked of the server
        troubles.append(reason(error))
    log.info("W&B %s run %s: %s", tracking.mode.value, run.id, Path(run.dir).parent)
    return troubles, {(a.type, a.name.partition(":")[0]): a.digest for a, _ in logged}, home


def _lacks_media(home: str, mirror: Mirror) -> bool:
    """Whether a run that was begun before lacks some of its figures and tables."""
    import wandb

    return bool(_media_missing(wandb.Api(timeout=PATIENCE.query).run(home), mirror))


def _log_points(run: Any, mirror: Mirror, again: bool) -> None:
    """Logs curves in numbered steps, so a resumed run goes on where it stopped, and a whole one stays as it is.

    Args:
        again: the figures and tables did not arrive, and are logged however far the run has come.
    """
    import wandb

    run.define_metric("layer/index", hidden=True)
    run.define_metric("layer/*", step_metric="layer/index")
    figures = {name: _image(png) for name, png in mirror.figures.items()}
    galleries = {
        name: [_image(png, caption) for caption, png in own.items()] for name, own in mirror.galleries.items() if own
    }
    pages = {name: wandb.Html(page, inject=False) for name, page in mirror.pages.items()}
    tables = {name: _table(rows) for name, rows in mirror.tables.items() if rows}
    points: list[dict[str, Any]] = [*map(dict, mirror.curves), {**figures, **galleries, **pages, **tables}]
    start = min(run.starting_step, len(points) - 1) if again else run.starting_step
    for step, point in list(enumerate(points))[start:]:
        run.log(point, step=max(step, run.starting_step))


def _image(png: bytes, caption: str | None = None) -> Any:
    import wandb
    from PIL import Image

    return wandb.Image(Image.open(io.BytesIO(png)), caption=caption)


def _table(rows: Sequence[Mapping[str, Any]]) -> Any:
    import wandb

    columns = list(dict.fromkeys(name for row in rows for name in row))
    return wandb.Table(columns, [[row.get(name) for name in columns] for row in rows], allow_mixed_types=True)


def _log_artifacts(run: Any, mode: TrackingMode, folder: Path, mirror: Mirror) -> list[tuple[Any, int]]:
    """Logs artifacts; gives them with their sizes in bytes."""
    logged = []
    # offline, the client's log keeps the path that is given here: relative ones survive a copy of the folder
    with contextlib.chdir(folder):
        files = Path("files") if mode is TrackingMode.offline else folder / "files"
        for spec in mirror.artifacts:
            logged.append((run.log_artifact(_artifact(spec, files)), sum(map(len, spec.files.values()))))
    return logged


def _artifact(spec: ArtifactSpec, folder: Path) -> Any:
    """Makes an artifact of files that it writes into `folder`."""
    import wandb

    artifact = wandb.Artifact(spec.name, spec.type, metadata=dict(spec.metadata))
    for name, content in spec.files.items():
        file = folder / spec.name / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        artifact.add_file(str(file), name=name, policy="immutable", skip_cache=True)
    return artifact


def _wait_for(logged: Sequence[tuple[Any, int]]) -> list[str]:
    """Waits for uploads and gives what went wrong, which `finish` would not say."""
    troubles = []
    deadline = time.monotonic() + PATIENCE.for_transfer(sum(size for _, size in logged))
    for artifact, _ in logged:
        try:
            artifact.wait(timeout=max(1, int(deadline - time.monotonic())))
        except Exception as error:  # the client raises errors of many kinds
            troubles.append(reason(error))
    return troubles
