"""Records of earlier versions are written as the present one writes them, and read the same."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emogeo.extraction.replay import written
from emogeo.keeping.migrating import Migrated, Outcome, migrated
from emogeo.record.files import FACTS, RUN_FILE
from emogeo.record.json import record_json
from emogeo.record.reading import read_run
from emogeo.store.store import GENERATIONS, RUNS, Store
from tests.conftest import ROOT
from tests.keeping.planted import write_pass
from tests.unchanged.test_tables import DATA

FIRST = Store(DATA / "store")


@pytest.fixture
def first(tmp_path: Path) -> Store:
    """A copy of the store that the first version wrote."""
    shutil.copytree(FIRST.path, tmp_path / "store")
    return Store(tmp_path / "store")


def outcomes(store: Store) -> dict[str, Migrated]:
    return {own.key: own for own in migrated(store)}


def test_all_records_of_the_first_version_are_migrated_and_read_the_same(first: Store) -> None:
    found = outcomes(first)
    assert {own.outcome for own in found.values()} == {Outcome.migrated}
    assert set(found) == {*FIRST.keys(RUNS), *FIRST.keys(GENERATIONS)}
    for key in FIRST.keys(RUNS):
        before, after = read_run(FIRST, key), read_run(first, key)
        assert after.record == before.record
        assert {**after.files, RUN_FILE: b""} == {**before.files, RUN_FILE: b""}
        assert after.files[RUN_FILE] == record_json(after.record) != before.files[RUN_FILE]
    for key in FIRST.keys(GENERATIONS):
        assert written(first, key) == written(FIRST, key)
        old, new = (json.loads(store.read(GENERATIONS, key)[FACTS]) for store in (FIRST, first))
        assert new["written"].keys() > old["written"].keys()


def test_a_second_time_nothing_is_written(first: Store) -> None:
    outcomes(first)
    times = {file: file.stat().st_mtime_ns for file in first.path.rglob("*.json")}
    again = outcomes(first)
    assert {own.outcome for own in again.values()} == {Outcome.present, Outcome.lacking}
    assert {file: file.stat().st_mtime_ns for file in first.path.rglob("*.json")} == times


def test_what_cannot_be_migrated_stays_as_it_is_and_has_its_command(first: Store) -> None:
    key = next(key for key in first.keys(RUNS) if read_run(first, key).record.mode.value == "behaviour")
    files = first.read(RUNS, key)
    old = json.loads(files[RUN_FILE])
    old["schema"] = 2
    first.write(RUNS, key, {**files, RUN_FILE: json.dumps(old).encode()})
    before = first.read(RUNS, key)
    own = outcomes(first)[key]
    assert own.outcome is Outcome.left
    assert "is of an earlier version" in own.reason
    assert own.words[:3] == ("python", "train.py", "model=smollm2-135m-instruct")
    assert "mode=behaviour" in own.words
    assert first.read(RUNS, key) == before


def test_of_a_configuration_that_is_none_plain_names_are_typed(first: Store) -> None:
    key = next(first.keys(RUNS))
    config = {"model": {"name": "gemma-3-270m"}, "precision": {"name": "a b; rm"}, "mode": "\x1b"}
    first.write(RUNS, key, {RUN_FILE: json.dumps({"schema": 1, "config": config}).encode()})
    assert outcomes(first)[key].words == ("python", "train.py", "model=gemma-3-270m")
    for content in (b"[]", b"{", b'{"config": 3}', b'{"config": []}'):
        first.write(RUNS, key, {RUN_FILE: content})
        assert outcomes(first)[key].outcome is Outcome.left


def test_what_another_process_is_at_is_left(first: Store) -> None:
    key = next(first.keys(RUNS))
    with first.lock(RUNS, key):
        own = outcomes(first)[key]
    assert (own.outcome, own.reason) == (Outcome.left, "another process is at it")


def test_states_are_not_written_anew(first: Store) -> None:
    from tests.keeping.planted import OWN, a_pass

    write_pass(first, OWN, a_pass(1.0))
    assert OWN not in outcomes(first)


KILLED = """
import os, signal, sys
from emogeo.keeping.migrating import migrated
from emogeo.store.store import Store
n = int(sys.argv[2])
def count(frame, event, arg):
    global n
    if event == "call" and frame.f_code.co_name in ("_swap", "exchanged", "_sync_folder", "_write_synced"):
        n -= 1
        if n == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(count)
list(migrated(Store(sys.argv[1])))
"""


@pytest.mark.parametrize("at", [1, 5, 6, 7, 8, 9, 20])
def test_killed_anywhere_it_leaves_whole_records(at: int, first: Store) -> None:
    words = [sys.executable, "-c", KILLED, str(first.path), str(at)]
    assert subprocess.run(words, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    for key in FIRST.keys(RUNS):
        assert read_run(first, key).record == read_run(FIRST, key).record
    assert {own.outcome for own in migrated(first)} <= {Outcome.migrated, Outcome.present, Outcome.lacking}
