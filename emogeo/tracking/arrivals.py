"""Asks the server which parts of a run it has: the client does not say when an upload has failed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

Digests = Mapping[tuple[str, str], str]
"""The digest of each artifact, by its type and name."""


def not_arrived(api: Any, home: str, digests: Digests) -> list[str]:
    """Names the artifacts without a committed version of the digest, and the run if it is not closed.

    Args:
        home: ENTITY/PROJECT/RUN.
    """
    entity, project, run_id = home.split("/")
    missing = [
        name
        for (kind, name), digest in digests.items()
        if not has_version(api, f"{entity}/{project}/{name}", kind, digest)
    ]
    run = api.run(home)
    return missing if run.state == "finished" else [*missing, f"the end of run {run_id} (it is {run.state})"]


def media_not_arrived(run: Any, figures: Iterable[str], tables: Iterable[str], pages: Iterable[str] = ()) -> list[str]:
    """Names the figures, tables and pages of which a run (of `wandb.Api`) has no file."""
    kinds = (("images", figures), ("table", tables), ("html", pages))
    wanted = [(kind, name) for kind, names in kinds for name in names]
    there = [file.name for file in run.files() if file.size]
    return [name for kind, name in wanted if not any(_is_of(file, f"media/{kind}/{name}") for file in there)]


def _is_of(file: str, name: str) -> bool:
    """Whether a file is of this figure or table; the client adds step and digest to its name."""
    return re.fullmatch(rf"{re.escape(name)}_\d+_[^_/]+", file) is not None


def has_version(api: Any, path: str, kind: str, digest: str) -> bool:
    """Whether an artifact has a version with these bytes."""
    if not api.artifact_collection_exists(path, kind):
        return False
    return any(version.digest == digest for version in api.artifacts(kind, path))
