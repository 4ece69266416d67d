"""Things that copies of this process make."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from emogeo.analysis import meanwhile as module
from emogeo.analysis.meanwhile import meanwhile
from emogeo.errors import GeometryError, MachineError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a process is copied on Linux alone")


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cores", lambda: 2)


def refused() -> int:
    raise GeometryError("too few units")


def ended() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.mark.parametrize(("n_cores", "n_processes"), [(2, 1), (3, 2), (16, 3)])
def test_other_processes_make_things_from_what_this_one_knows(
    n_cores: int, n_processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "cores", lambda: n_cores)
    here = [3, 4]
    steps = {"sum": lambda: (os.getpid(), sum(here)), "largest": lambda: (os.getpid(), max(here))}
    with meanwhile({**steps, "least": lambda: (os.getpid(), min(here))}) as waits:
        here.append(5)
        found = {name: waits[name]() for name in ("least", "largest", "sum", "least")}
    assert {name: own for name, (_, own) in found.items()} == {"sum": 7, "largest": 4, "least": 3}
    others = {process for process, _ in found.values()}
    assert len(others) == n_processes
    assert os.getpid() not in others


def test_an_error_leaves_what_else_its_process_made() -> None:
    with meanwhile({"own": refused, "other": lambda: 1}) as waits:
        assert waits["other"]() == 1
        with pytest.raises(GeometryError, match="too few units"):
            waits["own"]()


def test_an_error_comes_from_what_waits_and_says_where_it_was() -> None:
    with meanwhile({"own": refused}) as waits, pytest.raises(GeometryError, match="too few units") as caught:
        waits["own"]()
    assert "in refused" in "".join(caught.value.__notes__)


def test_a_process_that_was_ended_is_said() -> None:
    with meanwhile({"overlap": ended}) as waits, pytest.raises(MachineError, match=r"made overlap was ended.*taskset"):
        waits["overlap"]()


def test_one_core_makes_it_when_it_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "cores", lambda: 1)
    here = [1]
    with meanwhile({"own": lambda: (os.getpid(), sum(here))}) as waits:
        here.append(2)
        assert waits["own"]() == (os.getpid(), 3)


def test_what_nobody_waits_for_ends_with_the_block(tmp_path: Path) -> None:
    begun = tmp_path / "pid"

    def long() -> None:
        waiting = tmp_path / "waiting"
        waiting.write_text(str(os.getpid()))
        waiting.replace(begun)
        time.sleep(600)

    def within() -> None:
        with meanwhile({"long": long}):
            while not begun.exists():
                time.sleep(0.01)
            raise ValueError("the rest has failed")

    with pytest.raises(ValueError, match="the rest has failed"):
        within()
    with pytest.raises(ProcessLookupError):
        os.kill(int(begun.read_text()), 0)
