"""Where a record was pulled from."""

from __future__ import annotations

from pathlib import Path

from emogeo.store.store import Store
from emogeo.tracking.origin import note_pulled, pulled_from


def test_a_record_that_was_pulled_is_known(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    assert pulled_from(store, "a" * 64) is None
    note_pulled(store, "a" * 64, "me/mine")
    assert pulled_from(store, "a" * 64) == "me/mine"
    assert pulled_from(store, "b" * 64) is None
