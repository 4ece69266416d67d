"""Things that copies of this process make."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
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


class Flags:
    """Files that processes wait for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def set(self, name: str) -> None:
        (self._folder / name).touch()

    def wait(self, *names: str) -> None:
        while not all((self._folder / name).exists() for name in names):
            time.sleep(0.005)


@pytest.fixture
def flags(tmp_path: Path) -> Flags:
    return Flags(tmp_path)


@pytest.mark.parametrize("n_cores", [4, 16])
def test_other_processes_make_things_from_what_this_one_knows(
    n_cores: int, monkeypatch: pytest.MonkeyPatch, flags: Flags
) -> None:
    monkeypatch.setattr(module, "cores", lambda: n_cores)
    here, names = [3, 4], ("sum", "max", "min")

    def step(name: str) -> tuple[int, int]:
        flags.set(name)
        flags.wait(*names)  # none takes two
        return os.getpid(), {"sum": sum, "max": max, "min": min}[name](here)

    with meanwhile({name: partial(step, name) for name in names}) as waits:
        flags.wait(*names)
        here.append(5)
        found = {name: waits[name]() for name in ("min", "max", "sum", "min")}
    assert {name: own for name, (_, own) in found.items()} == {"sum": 7, "max": 4, "min": 3}
    others = {process for process, _ in found.values()}
    assert len(others) == 3
    assert os.getpid() not in others


def test_one_copy_takes_one_thing_after_another(flags: Flags) -> None:
    def step(name: str) -> int:
        flags.set(name)
        return os.getpid()

    with meanwhile({name: partial(step, name) for name in "abc"}) as waits:
        flags.wait(*"abc")
        found = {waits[name]() for name in "abc"}
    assert len(found) == 1
    assert os.getpid() not in found


def test_this_process_makes_what_nobody_has_begun_when_it_waits(flags: Flags) -> None:
    order: list[str] = []

    def first() -> int:
        flags.set("begun")
        flags.wait("second")
        return os.getpid()

    def step(name: str) -> int:
        order.append(name)
        flags.set(name)
        return os.getpid()

    steps = {"first": first, "second": partial(step, "second"), "third": partial(step, "third")}
    with meanwhile(steps) as waits:
        flags.wait("begun")
        assert waits["first"]() != os.getpid()
        assert waits["third"]() == waits["second"]() == os.getpid()
    assert order == ["third", "second"], "the copy goes on from the other end"


def test_what_cannot_be_pickled_is_an_error_of_its_own(flags: Flags) -> None:
    def other() -> int:
        flags.set("begun")
        return os.getpid()

    steps: dict[str, Callable[[], object]] = {"strange": lambda: lambda: 1, "other": other}
    with meanwhile(steps) as waits:
        flags.wait("begun")
        with pytest.raises(TypeError, match=r"What was made for strange cannot be pickled: .*lambda"):
            waits["strange"]()
        assert waits["other"]() != os.getpid(), "what else was made is there"


def test_an_error_here_is_that_of_its_thing(flags: Flags) -> None:
    def first() -> int:
        flags.set("begun")
        flags.wait("go")
        return 1

    with meanwhile({"first": first, "go": partial(flags.set, "go"), "own": refused}) as waits:
        flags.wait("begun")
        assert waits["first"]() == 1
        with pytest.raises(GeometryError, match="too few units") as caught:
            waits["own"]()
        assert not hasattr(caught.value, "__notes__"), "it has its own traceback"


def test_an_error_leaves_what_else_its_process_made() -> None:
    with meanwhile({"own": refused, "other": lambda: 1}) as waits:
        assert waits["other"]() == 1
        with pytest.raises(GeometryError, match="too few units"):
            waits["own"]()


def test_an_error_comes_from_what_waits_and_says_where_it_was(flags: Flags) -> None:
    def own() -> int:
        flags.set("begun")
        return refused()

    with meanwhile({"own": own}) as waits:
        flags.wait("begun")
        with pytest.raises(GeometryError, match="too few units") as caught:
            waits["own"]()
    assert "in refused" in "".join(caught.value.__notes__)


def test_a_process_that_was_ended_is_said(flags: Flags) -> None:
    def lost() -> int:
        flags.set("begun")
        return ended()

    with meanwhile({"overlap": lost}) as waits:
        flags.wait("begun")
        for _ in range(2):
            with pytest.raises(MachineError, match=r"made overlap was ended.*taskset"):
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
