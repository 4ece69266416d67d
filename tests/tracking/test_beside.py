"""Runs are mirrored by a process of its own, and nothing of that is lost on whoever waits for it."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from emogeo.config.runtime import TrackingConfig, TrackingMode
from emogeo.errors import TrackingError
from emogeo.signals import Ended
from emogeo.store.store import RUNS, Store
from emogeo.tracking import beside, mirror
from emogeo.tracking.beside import check_tracking, mirrored_beside, track_run
from emogeo.tracking.mirror import tracked
from emogeo.tracking.session import offline_runs
from tests.conftest import ROOT
from tests.planted_records import geometry, named, refused, write

OFFLINE = TrackingConfig(TrackingMode.offline)
WITHOUT = (refused(geometry()[0], "it overflowed"), {})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """What the root logger's handler of now is told."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    logging.getLogger("emogeo").setLevel(logging.INFO)
    yield stream
    logging.getLogger().removeHandler(handler)


def process() -> psutil.Process:
    assert beside._Current.mirroring is not None and beside._Current.mirroring.process is not None
    return psutil.Process(beside._Current.mirroring.process.pid)


def wait_for(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_alone_it_is_done_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(mirror, "check_tracking", lambda *_: done.append("check"))
    monkeypatch.setattr(mirror, "track_run", lambda _tracking, _store, key: done.append(key))
    check_tracking(OFFLINE, store)
    track_run(OFFLINE, store, "a key")
    assert done == ["check", "a key"]


def test_a_process_mirrors_what_was_recorded(store: Store, told: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does so after this process has let go of the run, and has logged all of it by the end of the block."""
    monkeypatch.setattr(mirror, "track_run", lambda *_: pytest.fail("not in this process"))
    first, key = write(store, *WITHOUT), write(store, *geometry(**named("drawn")))
    with mirrored_beside():
        track_run(OFFLINE, store, first)
        wait_for(lambda: tracked(OFFLINE, store, first))
        with store.lock(RUNS, key):
            track_run(OFFLINE, store, key)
            time.sleep(4)  # longer than it would take
            assert not tracked(OFFLINE, store, key)
    assert tracked(OFFLINE, store, key)
    assert f"W&B offline run {key[:16]}" in told.getvalue()
    assert list((store.path / "wandb" / key).glob("wandb/offline-run-*/files/media/images/rdm/*.png"))


def test_what_is_logged_of_a_run_goes_where_its_log_went(store: Store, told: io.StringIO) -> None:
    keys = [write(store, *own) for own in (WITHOUT, geometry(**named("other")))]
    later = io.StringIO()
    before = logging.getLogger().handlers
    with mirrored_beside():
        track_run(OFFLINE, store, keys[0])
        logging.getLogger().handlers = [logging.StreamHandler(later)]  # as Hydra does for the next run
        track_run(OFFLINE, store, keys[1])
        logging.getLogger().handlers = before
    assert keys[0][:16] in told.getvalue() and keys[1][:16] not in told.getvalue()
    assert keys[1][:16] in later.getvalue() and keys[0][:16] not in later.getvalue()


def test_a_fault_costs_one_run_and_a_process_that_is_killed_is_told_of(store: Store, told: io.StringIO) -> None:
    key = write(store, *WITHOUT)
    with mirrored_beside():
        track_run(OFFLINE, store, "0" * 64)
        track_run(OFFLINE, store, key)
    assert f"W&B will not have {'0' * 12}: StoreError: " in told.getvalue()
    assert tracked(OFFLINE, store, key)
    other = write(store, *geometry(**named("other")))
    with mirrored_beside():
        check_tracking(OFFLINE, store)
        process().kill()
        process().wait()
        track_run(OFFLINE, store, other)
    assert "There is no process beside this one for W&B any more" in told.getvalue()
    assert tracked(OFFLINE, store, other), "this process does it instead"


def test_runs_that_a_killed_process_had_to_mirror_are_named(store: Store, told: io.StringIO) -> None:
    key = write(store, *WITHOUT)
    with mirrored_beside(), store.lock(RUNS, key):
        track_run(OFFLINE, store, key)
        process().kill()
    assert f"W&B lacks {key[:12]}" in told.getvalue()


def test_nothing_is_mirrored_twice_unless_it_is_new(store: Store) -> None:
    """Another process may have been as quick; a record that was computed anew takes the place of the earlier one."""
    key = write(store, *WITHOUT)
    mirror.track_run(OFFLINE, store, key)
    with mirrored_beside():
        track_run(OFFLINE, store, key, anew=False)
    assert len(offline_runs(store.path / "wandb" / key)) == 1
    time.sleep(1.1)  # the client names a run's folder by the second
    with mirrored_beside():
        track_run(OFFLINE, store, key)
        track_run(OFFLINE, store, key, anew=False)
    assert len(offline_runs(store.path / "wandb" / key)) == 2


def test_a_new_record_that_was_not_mirrored_is_by_the_next(store: Store, told: io.StringIO) -> None:
    key = write(store, *WITHOUT)
    mirror.track_run(OFFLINE, store, key)
    with pytest.raises(Ended), mirrored_beside(), store.lock(RUNS, key):
        track_run(OFFLINE, store, key)
        raise Ended(signal.SIGINT)
    assert f"Ended: W&B lacks {key[:12]}" in told.getvalue()
    assert not tracked(OFFLINE, store, key)
    mirror.track_run(OFFLINE, store, key)
    assert tracked(OFFLINE, store, key)


def test_a_run_of_a_sweep_shows_its_record_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    key = write(store, *WITHOUT)
    mirror.track_run(OFFLINE, store, key)
    time.sleep(1.1)
    monkeypatch.setenv("WANDB_SWEEP_ID", "abc")
    with mirrored_beside():
        track_run(OFFLINE, store, key, anew=False)
    assert len(offline_runs(store.path / "wandb" / key)) == 2


def test_what_is_wrong_with_the_server_is_said_before_anything_is_computed(
    store: Store, told: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    online = TrackingConfig(TrackingMode.online)
    monkeypatch.setenv("WANDB_BASE_URL", "nonsense")
    with pytest.raises(TrackingError, match="WANDB_"), mirrored_beside():
        check_tracking(online, store)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    with mirrored_beside():
        check_tracking(OFFLINE, store)
        check_tracking(online, store)
        assert "W&B (online) will not have what is computed now: http://127.0.0.1:9" in told.getvalue()
        process().kill()
        check_tracking(online, store)


@pytest.mark.parametrize(
    ("what", "step", "error", "ends"),
    [
        ("check", "check_tracking", TrackingError("no such server"), "no such server"),
        ("check", "check_tracking", ValueError("of a library"), None),
        ("track", "tracked", TrackingError("no such server"), None),
    ],
)
def test_only_a_check_ends_a_run_and_all_else_is_said(
    what: str,
    step: str,
    error: Exception,
    ends: str | None,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(mirror, step, fails)
    key = write(store, *WITHOUT) if what == "track" else None
    assert beside._done(json.loads(beside._Request(what, OFFLINE, store, key).line)) == ends
    assert (f"W&B will not have {'what is computed now' if key is None else key[:12]}" in caplog.text) == (ends is None)


def test_a_store_that_cannot_be_written_says_so(
    store: Store, told: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = write(store, *WITHOUT)
    for folder in (".locks", "wandb"):
        (store.path / folder).write_text("a file where a folder is meant")
    with mirrored_beside():
        track_run(OFFLINE, store, key)
    assert "W&B (offline) did not take" in told.getvalue() and "push" in told.getvalue()


def test_lines_that_cannot_be_placed_do_no_harm(told: io.StringIO) -> None:
    late = {"name": "emogeo.x", "levelno": 30, "levelname": "WARNING", "msg": "after it was done", "request": 7}
    quiet = {**late, "levelno": 20, "levelname": "INFO", "msg": "for those who ask"}
    mirroring = beside._Mirroring()
    next(own for own in logging.getLogger().handlers if getattr(own, "stream", None) is told).setLevel(logging.WARNING)
    mirroring._listen(io.StringIO("\n".join([json.dumps(late), json.dumps(quiet), '{"done": 3', ""])))
    assert told.getvalue() == "after it was done\n"
    mirroring.wait_for(3)


@pytest.mark.parametrize("off", ["disabled", "by the environment"])
def test_no_process_is_started_for_nothing(off: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tracking = OFFLINE
    if off == "disabled":
        tracking = TrackingConfig(TrackingMode.disabled)
    else:
        monkeypatch.setenv("WANDB_MODE", "disabled")
    key = write(store, *WITHOUT)
    with mirrored_beside():
        check_tracking(tracking, store)
        track_run(tracking, store, key)
        assert beside._Current.mirroring is not None and beside._Current.mirroring.process is None


def test_a_signal_ends_it_too(store: Store) -> None:
    with pytest.raises(Ended), mirrored_beside():
        check_tracking(OFFLINE, store)
        own = process()
        raise Ended(signal.SIGTERM)
    assert not own.is_running()


def test_an_error_does_not_wait_for_what_would_have_shown_the_run(store: Store) -> None:
    with pytest.raises(ValueError, match="the run's own"), mirrored_beside():
        check_tracking(OFFLINE, store)
        own = process()
        raise ValueError("the run's own")
    assert not own.is_running()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_sweep_that_is_ended_leaves_no_process(number: signal.Signals, tiny_llama: Path, tmp_path: Path) -> None:
    """Ctrl-C reaches all processes of the terminal's group; what was killed is mirrored by the same command again."""
    words = [f"model.weights={tiny_llama}", "stimuli=passages6", "precision=fp32", "runtime.device=cpu"]
    words += [f"store.path={tmp_path / 'store'}", "tracking=offline", "runtime.threads=1", "runtime.progress=false"]
    words += [f"hydra.sweep.dir={tmp_path / 'jobs'}", "-m", "norm=none,unit", "layer_selection=middle,two_thirds"]
    log = tmp_path / "log"
    with log.open("w") as output:
        sweep = subprocess.Popen(
            [sys.executable, "train.py", *words], cwd=ROOT, stdout=output, stderr=output, process_group=0
        )
    deadline = time.monotonic() + 60
    while " INFO finished " not in log.read_text():
        assert time.monotonic() < deadline and sweep.poll() is None, log.read_text()
        time.sleep(0.02)
    children = psutil.Process(sweep.pid).children()
    assert any("emogeo.tracking.beside" in " ".join(own.cmdline()) for own in children)
    os.killpg(sweep.pid, number)
    assert sweep.wait(timeout=60) == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[number]
    assert psutil.wait_procs(children, timeout=30)[1] == []
    assert "Traceback" not in log.read_text()
    again = [sys.executable, "train.py", *words]
    assert subprocess.run(again, cwd=ROOT, capture_output=True, check=False).returncode == 0
    store = Store(tmp_path / "store")
    keys = list(store.keys(RUNS))
    assert len(keys) == 4 and all(tracked(OFFLINE, store, key) for key in keys)


def test_it_answers_in_lines_of_json_whatever_libraries_print(store: Store) -> None:
    key = write(store, *WITHOUT)
    asked = [beside._Request(what, OFFLINE, store, own).line for what, own in (("check", None), ("track", key))]
    answered = subprocess.run(
        beside.command(), input="".join(asked), cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    said = [json.loads(line) for line in answered]
    assert [own["done"] for own in said if "done" in own] == [1, 2]
    assert tracked(OFFLINE, store, key)
