"""Fixtures: a planted store."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.store.store import Store
from tests.keeping.planted import plant


@pytest.fixture
def planted(tmp_path: Path) -> tuple[Store, dict[str, str]]:
    """A store, and the keys of its runs by what they are."""
    return plant(tmp_path)
