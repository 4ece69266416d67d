"""The first signal is an exception, further ones are let pass, and the second Ctrl-C ends at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from emogeo import signals
from emogeo.signals import Ended, end_cleanly, in_joblib_worker
from tests.conftest import ROOT

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture(autouse=True)
def own_handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No signal has come yet or is ignored, joblib is not there, and the process's handlers are put back."""
    monkeypatch.setattr(signals, "_received", [])
    monkeypatch.delitem(sys.modules, "joblib", raising=False)
    before = {number: signal.signal(number, signal.SIG_DFL) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_first_signal_raises_and_closing_is_not_disturbed(number: signal.Signals) -> None:
    end_cleanly()
    with pytest.raises(Ended) as ended:
        os.kill(os.getpid(), number)
    assert (ended.value.number, ended.value.exit_code, ended.value.code) == (number, 128 + number, 128 + number)
    assert str(ended.value).startswith(f"Ended by {number.name}. What is finished is in the store")
    os.kill(os.getpid(), signal.SIGTERM)  # while things are closed
    with pytest.raises(Ended):
        end_cleanly()


def test_a_second_ctrl_c_ends_at_once() -> None:
    end_cleanly()
    with pytest.raises(Ended):
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL


def test_nohup_is_respected() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    end_cleanly()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    os.kill(os.getpid(), signal.SIGHUP)


def test_a_thread_sets_no_handler_but_heeds_what_came() -> None:
    before, raised = signal.getsignal(signal.SIGTERM), []

    def call() -> None:
        try:
            end_cleanly()
        except Ended as end:
            raised.append(end.number)

    for received in ([], [signal.SIGHUP]):
        signals._received[:] = received
        thread = threading.Thread(target=call)
        thread.start()
        thread.join()
    assert signal.getsignal(signal.SIGTERM) is before
    assert raised == [signal.SIGHUP]


def test_joblibs_workers_are_told_and_their_runs_come_back_first(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int]] = []

    def child(name: str, *command: str) -> SimpleNamespace:
        return SimpleNamespace(cmdline=lambda: command, send_signal=lambda number: told.append((name, number)))

    def ended() -> list[str]:
        raise psutil.ZombieProcess(1)

    gone = SimpleNamespace(cmdline=ended)
    children = [
        gone,
        child("worker", "python", "-m", "joblib.externals.loky.backend.popen_loky_posix"),
        child("other", "sh"),
    ]
    monkeypatch.setitem(sys.modules, "joblib", SimpleNamespace())
    monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace(children=lambda: children))
    signals._end(signal.SIGINT, None)
    assert told == [("worker", signal.SIGTERM)]
    with pytest.raises(Ended):
        end_cleanly()
    del children[1]
    signals._received.clear()
    with pytest.raises(Ended):
        signals._end(signal.SIGTERM, None)


def test_a_worker_is_known_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not in_joblib_worker()
    monkeypatch.setattr(signals.multiprocessing, "current_process", lambda: SimpleNamespace(name="LokyProcess-3"))
    assert in_joblib_worker()


def test_a_program_ends_quietly_with_whoever_reads_its_output() -> None:
    code = "from emogeo.signals import end_with_reader; end_with_reader(); print('x\\n' * 10**6)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.readline()
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait() == -signal.SIGPIPE


_PRINTS = """
import sys
from emogeo.signals import go_on_without_reader
for _ in range(2):
    go_on_without_reader()
for _ in range(10):
    print("x" * 10**5)
    print("y" * 10**5, file=sys.stderr)
with open(sys.argv[1], "w") as file:
    file.write("it went on")
"""


@pytest.mark.parametrize("unbuffered", [[], ["-u"]])
def test_a_run_goes_on_quietly_without_whoever_reads_its_output(unbuffered: list[str], tmp_path: Path) -> None:
    words, both = [sys.executable, *unbuffered, "-c", _PRINTS, str(tmp_path / "done")], subprocess.STDOUT
    for errors in (subprocess.PIPE, both):
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors) as program:
            assert program.stdout is not None
            assert program.stdout.read(9) == b"x" * 9
            program.stdout.close()
            if program.stderr is not None:
                assert set(program.stderr.read()) == set(b"y\n")
            assert program.wait() == 0
        assert (tmp_path / "done").read_text() == "it went on"
        (tmp_path / "done").unlink()


def test_what_is_read_is_printed_as_before(tmp_path: Path) -> None:
    words = [sys.executable, "-c", _PRINTS.replace("10**5", "3"), str(tmp_path / "done")]
    for out in (subprocess.PIPE, (tmp_path / "file").open("w")):
        done = subprocess.run(words, stdout=out, stderr=subprocess.PIPE, text=True, check=True)
        assert done.stderr == "yyy\n" * 10
        assert (done.stdout or (tmp_path / "file").read_text()) == "xxx\n" * 10


_INTERRUPTED = """
import os, runpy, signal, sys

class Interrupts:
    def find_spec(self, name, *_):
        if name == "emogeo.config.compose":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
"""


@pytest.mark.parametrize(
    "starts",
    [
        "runpy.run_path('train.py', run_name='__main__')",
        "runpy.run_path('analyze.py', run_name='__main__')",
        "from emogeo.__main__ import main; main(['train'])",
    ],
)
def test_ctrl_c_ends_a_program_that_is_still_imported_without_a_trace(starts: str) -> None:
    done = subprocess.run([sys.executable, "-c", _INTERRUPTED + starts], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")
