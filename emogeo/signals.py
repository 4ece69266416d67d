"""SIGTERM, SIGINT and SIGHUP as an exception, so that whatever is open is closed before the process ends."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from io import BufferedWriter, FileIO, TextIOWrapper
from stat import S_ISFIFO
from types import FrameType
from typing import Any


class Ended(SystemExit):
    """A signal has ended the process; it exits with 128 + the signal, as shells say it."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number
        self.exit_code = 128 + number

    def __str__(self) -> str:
        name = signal.Signals(self.number).name
        return f"Ended by {name}. What is finished is in the store; the same command goes on from there."


_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_received: list[int] = []


def end_cleanly() -> None:
    """Makes the first signal from here on raise `Ended`; further ones are ignored while things are closed.

    A second Ctrl-C ends at once. In a worker that goes from run to run, the next one is not begun.

    Raises:
        Ended: a signal came before.
    """
    if _received:
        raise Ended(_received[0])
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # as nohup sets it
                signal.signal(number, _end)


def end_with_reader() -> None:
    """Makes the end of whoever reads the output (`| head`) the end of the program, without a word, as of others."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def go_on_without_reader() -> None:
    """Has what is printed into a pipe go nowhere from when its reader ends (`| head`): a run goes on without a word.

    Connections to servers, too, would be ended by what `end_with_reader` sets.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if type(stream) is not TextIOWrapper or not S_ISFIFO(os.fstat(stream.fileno()).st_mode):
            continue
        stream.flush()
        pipe = BufferedWriter(_Pipe(stream.fileno(), "w", closefd=False))
        at_once = stream.line_buffering or stream.write_through
        setattr(sys, name, TextIOWrapper(pipe, stream.encoding, stream.errors, line_buffering=at_once))


class _Pipe(FileIO):
    """A pipe that becomes the null device when nobody reads it."""

    def write(self, content: Any) -> int:
        try:
            return super().write(content)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return super().write(content)


def end_with_parent() -> None:
    """Ends this process of multiprocessing when the one that started it has ended, however that was."""
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def in_joblib_worker() -> bool:
    """Whether this is a joblib worker, which lives on after a run and hands exceptions to its parent process."""
    return multiprocessing.current_process().name.startswith("LokyProcess")


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _end(number: int, _frame: FrameType | None) -> None:
    if number == signal.SIGINT:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    if _received:
        return
    _received.append(number)
    if not _tell_joblib_workers():
        raise Ended(number)


def _tell_joblib_workers() -> bool:
    """Signals joblib's workers, so that they close their runs and hand back the rest before joblib kills them."""
    if "joblib" not in sys.modules:
        return False
    import psutil

    told = 0
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # it has just ended
            if "loky.backend.popen" in " ".join(child.cmdline()):
                child.send_signal(signal.SIGTERM)
                told += 1
    return told > 0
