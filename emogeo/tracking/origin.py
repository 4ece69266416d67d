"""Where a record was pulled from: one that others have written is not pushed to where it says."""

from __future__ import annotations

from pathlib import Path

from emogeo.store.store import Store

_LARGEST = 1_000


def note_pulled(store: Store, key: str, project: str) -> None:
    """Notes that a record comes from a project of W&B, before it enters the store."""
    file = _file(store, key)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(project, encoding="utf-8")


def pulled_from(store: Store, key: str) -> str | None:
    """Gives ENTITY/PROJECT that a record was pulled from; None for one that was computed here."""
    file = _file(store, key)
    return file.read_text(encoding="utf-8")[:_LARGEST] if file.is_file() else None


def _file(store: Store, key: str) -> Path:
    return store.path / "wandb" / "pulled" / key
