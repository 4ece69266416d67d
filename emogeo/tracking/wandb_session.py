"""One W&B run per cell: a mirror of the record, never the record itself."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emogeo.config.schema import TrackingConfig, TrackingMode

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ArtifactSpec:
    """A typed artifact made of a record's files."""

    type: str
    name: str
    files: Sequence[str]
    metadata: Mapping[str, Any]


@dataclass(frozen=True)
class Mirror:
    """All that W&B gets to see of a cell."""

    key: str
    title: str
    config: Mapping[str, Any]
    summary: Mapping[str, Any]
    curves: Sequence[Mapping[str, float]]
    """One mapping per block, logged as steps; every one holds `layer/index`."""
    figures: Mapping[str, bytes]
    """PNG"""
    files: Mapping[str, bytes]
    artifacts: Sequence[ArtifactSpec]
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """Rows of text, numbers and truth values by column. The client keeps a table as an artifact of its own, whose file,
    inside the run's folder, it names absolutely: a copy of the folder syncs all but that."""


def log_run(tracking: TrackingConfig, folder: Path, mirror: Mirror) -> Path | None:
    """Opens a run, logs `mirror`, closes the run. A failure is reported and costs no result.

    Everything is written inside `folder`; files of artifacts are named relative to
    it, so that a copy of the folder can be synced from within:
    `cd FOLDER && wandb sync wandb/offline-run-*`.

    Returns:
        The run's own folder, or None when nothing was logged.
    """
    if tracking.mode is TrackingMode.disabled:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _log_run(tracking, folder.resolve(), mirror)
    except Exception as error:  # the client raises errors of many kinds; the record is safe already
        log.warning("W&B (%s) did not take %s: %s: %s", tracking.mode.value, mirror.title, type(error).__name__, error)
        return None


def _log_run(tracking: TrackingConfig, folder: Path, mirror: Mirror) -> Path:
    with _data_inside(folder):
        import wandb
        from PIL import Image

        run = wandb.init(
            mode=tracking.mode.value,
            project=tracking.project,
            entity=tracking.entity,
            group=tracking.group,
            tags=tracking.tags,
            name=mirror.title,
            id=mirror.key[:16],
            resume="allow",
            job_type="cell",
            config={**mirror.config, "key": mirror.key},
            dir=str(folder),
            reinit="finish_previous",
            settings=wandb.Settings(silent=True, console="off", disable_git=True, disable_code=True),
        )
        with run:
            run.define_metric("layer/index", hidden=True)
            run.define_metric("layer/*", step_metric="layer/index")
            for point in mirror.curves:
                run.log(dict(point))
            run.log({name: wandb.Image(Image.open(io.BytesIO(png))) for name, png in mirror.figures.items()})
            run.log({name: _table(rows) for name, rows in mirror.tables.items()})
            run.summary.update(dict(mirror.summary))
            _log_artifacts(run, tracking.mode, folder, mirror)
            own_folder = Path(run.dir).parent
    log.info("W&B %s run %s: %s", tracking.mode.value, mirror.key[:16], own_folder)
    return own_folder


def _table(rows: Sequence[Mapping[str, Any]]) -> Any:
    """A W&B table with every column of any row; None where a row lacks it."""
    import wandb

    columns = list(dict.fromkeys(name for row in rows for name in row))
    return wandb.Table(columns=columns, data=[[row.get(name) for name in columns] for row in rows])


def _log_artifacts(run: Any, mode: TrackingMode, folder: Path, mirror: Mirror) -> None:
    import wandb

    files = folder / "files"
    files.mkdir(exist_ok=True)
    for name, content in mirror.files.items():
        (files / name).write_bytes(content)
    # offline, the client's log keeps the path that is given here: relative ones survive a copy of the folder
    with contextlib.chdir(folder):
        root = Path("files") if mode is TrackingMode.offline else files
        for spec in mirror.artifacts:
            artifact = wandb.Artifact(spec.name, spec.type, metadata=dict(spec.metadata))
            for name in spec.files:
                artifact.add_file(str(root / name), name=name, policy="immutable", skip_cache=True)
            run.log_artifact(artifact)


@contextlib.contextmanager
def _data_inside(folder: Path) -> Iterator[None]:
    """The client stages data under WANDB_DATA_DIR, by default in the user's home."""
    before = os.environ.get("WANDB_DATA_DIR")
    os.environ["WANDB_DATA_DIR"] = str(folder / "data")
    try:
        yield
    finally:
        if before is None:
            del os.environ["WANDB_DATA_DIR"]
        else:
            os.environ["WANDB_DATA_DIR"] = before
