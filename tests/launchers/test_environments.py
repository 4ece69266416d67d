"""What the command says of launchers: that they left the same, something else, or cannot be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.store.store import RUNS, Store
from tests.launchers import environments
from tests.launchers.__main__ import ABSENT, DIFFERENT, SAME, Launcher, Row, compared, launched, stored


def test_a_launcher_that_cannot_be_had_is_named_and_never_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    row, found = launched(Launcher("slurm", (), environments.slurm), tmp_path, [])
    assert (row.said, found) == (ABSENT, {})
    assert "there is no apt-get" in row.what
    assert compared(row, {}, {"runs/a/rdm.safetensors": "1"}).said == ABSENT


def test_a_command_that_fails_says_which_and_how() -> None:
    with pytest.raises(environments.NotAvailableError, match="^sh -c echo why >&2; exit 3: why$"):
        environments._done(["sh", "-c", "echo why >&2; exit 3"])
    with pytest.raises(environments.NotAvailableError, match="No such file"):
        environments._done(["no-such-command"])


def test_keys_and_bytes_are_compared_and_dates_are_not(tmp_path: Path) -> None:
    files = {"rdm.safetensors": b"1", "run.json": b"today"}
    for name, changed in (("a", {}), ("b", {"run.json": b"tomorrow"}), ("c", {"rdm.safetensors": b"2"})):
        Store(tmp_path / name).write(RUNS, "f" * 64, {**files, **changed})
    first, same, other = (stored(tmp_path / name) for name in "abc")
    assert compared(Row("joblib", SAME), same, first).said == SAME
    found = compared(Row("joblib", SAME), other, first)
    assert (found.said, "1 files differ" in found.what) == (DIFFERENT, True)
