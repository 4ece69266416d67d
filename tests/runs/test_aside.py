"""What needs no model is computed by a process beside this one, which ends with the block, however that ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from emogeo.arrays import Array
from emogeo.errors import GeometryError, MachineError
from emogeo.runs import aside as module
from emogeo.runs.aside import aside, computing_aside, has_room
from tests.conftest import ROOT


def doubled(values: Array) -> tuple[int, Array]:
    return os.getpid(), 2 * values


def refusing() -> None:
    raise GeometryError("no direction")


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def ended() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(os.getpid(), number)
    return os.nice(0)


def test_it_is_another_process_within_the_block_and_this_one_elsewhere() -> None:
    values = np.arange(6.0)
    with computing_aside():
        first, found = aside(0, doubled, values)
        second, _ = aside(0, doubled, values=values)
        assert first == second != os.getpid()
        np.testing.assert_array_equal(found, 2 * values)
    assert not psutil.pid_exists(first)
    assert aside(0, doubled, values)[0] == os.getpid()


def test_what_there_is_no_room_for_twice_is_computed_here() -> None:
    assert has_room(1) and not has_room(psutil.virtual_memory().total)
    with computing_aside():
        assert aside(1, doubled, np.ones(1))[0] != os.getpid()
        assert aside(psutil.virtual_memory().total, doubled, np.ones(1))[0] == os.getpid()


def test_it_is_there_from_the_beginning() -> None:
    before = set(multiprocessing.active_children())
    with computing_aside():
        assert len(set(multiprocessing.active_children()) - before) == 1
    assert set(multiprocessing.active_children()) == before


def test_errors_are_those_of_the_function_and_the_process_goes_on() -> None:
    with computing_aside():
        own, _ = aside(0, doubled, np.ones(1))
        with pytest.raises(GeometryError, match="no direction"):
            aside(0, refusing)
        assert aside(0, doubled, np.ones(1))[0] == own


def test_a_process_that_the_system_has_ended_is_replaced_and_twice_said() -> None:
    with computing_aside():
        first = aside(0, doubled, np.ones(1))[0]
        os.kill(first, signal.SIGKILL)
        assert aside(0, doubled, np.ones(1))[0] not in {first, os.getpid()}
        with pytest.raises(MachineError, match="was ended by the system"):
            aside(0, killed)
        assert aside(0, doubled, np.ones(1))[0] != os.getpid()


def test_where_no_process_can_be_started_this_one_computes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_: object) -> None:
        raise OSError(38, "no semaphores here")

    monkeypatch.setattr(module, "ProcessPoolExecutor", refused)
    with computing_aside():
        assert aside(0, doubled, np.ones(1))[0] == os.getpid()
    assert "No process measures beside this one ([Errno 38] no semaphores here)" in caplog.text


def test_signals_are_left_to_whoever_waits_for_it() -> None:
    with computing_aside():
        assert aside(0, ended) == os.nice(0) + 5


_KILLED = """
import os, time
from emogeo.runs import aside as module
from emogeo.runs.aside import aside, computing_aside
with computing_aside():
    print(aside(0, os.getpid), flush=True)
    aside(0, time.sleep, 600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_a_parent_that_is_killed(number: signal.Signals, tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", _KILLED], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    own = int(parent.stdout.readline())
    parent.send_signal(number)
    parent.wait(timeout=30)
    deadline = time.monotonic() + 30
    while psutil.pid_exists(own) and psutil.Process(own).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)
