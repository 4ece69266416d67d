"""Files of an artifact, fetched from W&B and checked."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from emogeo.errors import StoreError

_TIMEOUT = 30
"""Seconds that a query may take."""


def artifact_files(path: str, kind: str, names: Sequence[str]) -> dict[str, bytes]:
    """Downloads an artifact into a temporary folder, compares every file with W&B's manifest, and reads some.

    Args:
        path: ENTITY/PROJECT/NAME:VERSION.
        kind: the artifact's type.
        names: files that it must have.

    Raises:
        StoreError: no such artifact, another type, a file that is absent or not what was logged; names the cause.
    """
    import wandb

    try:
        artifact = wandb.Api(timeout=_TIMEOUT).artifact(path, type=kind)
        with tempfile.TemporaryDirectory() as folder:
            artifact.download(root=folder)
            artifact.verify(root=folder)
            return {name: (Path(folder) / name).read_bytes() for name in names}
    except Exception as error:  # the client raises errors of many kinds
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise StoreError(f"wandb:{path} cannot be fetched: {reason}") from error
