"""What the machine refuses (room, a right, memory) becomes a sentence that names the path and the cause."""

from __future__ import annotations

import atexit
import ctypes
import errno
import gc
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path

from emogeo.errors import EmogeoError, MachineError, first_line
from emogeo.terminal import told

_WRITABLE = "Give a folder that can be written, or the right to write there."
_WRITABLE_AT_WORK = (
    "Give a folder that can be written: store.path=, output=, runtime.weights_cache= (or EMOGEO_CACHE), "
    "hydra.run.dir=, hydra.sweep.dir=."
)
_ADVICE = {
    errno.ENOSPC: "Make room there, or give another folder.",
    errno.EDQUOT: "Make room within the quota, or give another folder.",
    errno.EACCES: _WRITABLE,
    errno.EPERM: _WRITABLE,
    errno.EROFS: _WRITABLE,
    errno.EEXIST: "Something else is there, where a folder is meant: give another folder.",
    errno.ENOTDIR: "A file is there, where a folder is meant: give another folder.",
    errno.EISDIR: "A folder is there, where a file is meant: give a file.",
    errno.ENAMETOOLONG: "Give a shorter name, or a folder with a shorter path.",
    errno.EFBIG: "Files may not be that large here (ulimit -f says how large): raise the limit.",
    errno.EMFILE: "Too many files are open at once (ulimit -n says how many): raise the limit.",
}
_SELDOM = (50_000, 20, 20)
"""After how many new objects Python looks for cycles among them, and how seldom among older ones (`gc`).

No table is in a cycle, and no states are; all are looked for when a model is loaded or let go. Looking took a tenth of
the time of a small analysis, and a second of a process that reads.
"""
_READABLE = "Give a file that may be read, or the right to read it."
_MIDWAY = {errno.EIO, errno.EMFILE, errno.EFBIG, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}
"""What may be refused to a run that is at work, and is no fault of what was typed."""
_GOES_ON = "Nothing half-written is left. What is finished is in the store; the same command goes on from there."
_HOME = (
    "~ stands for a home directory, and this user has none: set HOME, or EMOGEO_CACHE=FOLDER for the cache of weights, "
    "or give a path without ~."
)
_MEMORY = (
    "Type a smaller runtime.token_budget or generation.batch_size, a smaller precision, or run fewer processes at once."
)
INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a program that Ctrl-C has ended, as shells say it."""
_NUMBER = re.compile(r"(?:\[Errno |os error |errno = |errno )(\d+)")
"""How libraries that are not written in Python say which error the system gave."""


def machine_error(error: BaseException, elsewhere: str = "A file", at_work: bool = False) -> MachineError | None:
    """Gives what the machine has refused as a sentence; None for an error of another kind.

    Args:
        elsewhere: stands for the path where the error names none.
        at_work: whether it was refused to a run or an analysis, which the same command goes on with.
    """
    goes_on = f" {_GOES_ON}" if at_work else ""
    if _of_memory(error):
        return MachineError(f"Not enough memory ({first_line(_plain(error))}). {_MEMORY}{goes_on}")
    if isinstance(error, RuntimeError) and "home directory" in str(error):
        return MachineError(_HOME)
    if isinstance(error, UnicodeEncodeError) and "surrogates" in error.reason:
        before = error.object[max(0, error.start - _BEFORE) : error.start]
        return MachineError(
            f"Half a character (a lone surrogate) stands after {before!r}, and cannot be written. Take it out of what "
            "was typed, or of the file that was read."
        )
    number = _number_of(error)
    if number is None:
        return None
    where = getattr(error, "filename", None)
    path = elsewhere if where is None else os.fsdecode(where) if isinstance(where, str | bytes) else str(where)
    said = f"{_shown(path)}: {os.strerror(number)}."
    if number == errno.EACCES and _unreadable(path):
        return MachineError(f"{said} {_READABLE}")
    advice = _ADVICE.get(number, "")
    if at_work and advice == _WRITABLE:
        advice = _WRITABLE_AT_WORK
    return MachineError(f"{said} {advice}".rstrip() + (goes_on if number in _MIDWAY else ""))


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Names the path in errors of the system that name none, as those of a full disk do.

    Raises:
        OSError: the error, with its path.
        MachineError: an error that a library has made of one.
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise
    except Exception as error:
        number = _number_of(error)
        if number is None or isinstance(error, MachineError):
            raise
        raise OSError(number, os.strerror(number), str(path)) from error


def write_whole(file: Path, content: bytes) -> None:
    """Writes a file under another name, then renames it; nothing half-written is left.

    Raises:
        OSError: names the file.
    """
    with naming(file):
        descriptor, part = tempfile.mkstemp(dir=file.parent, prefix=".part-")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            Path(part).replace(file)
        finally:
            with suppress(FileNotFoundError):
                Path(part).unlink()


def print_any_letter() -> None:
    """Has letters that a terminal or a pipe cannot show written as escapes, so that printing never fails."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def exit_code(call: Callable[[], int]) -> int:
    """Runs a command: its exit code, or 1 with the sentence that an error of emogeo, or of the machine, is.

    Ctrl-C ends it with 130 and no trace, once what is open has been closed.
    """
    print_any_letter()
    try:
        return call()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        named = error if isinstance(error, EmogeoError) else machine_error(error)
        if named is None:
            raise
        print(told(f"emogeo: {named}"), file=sys.stderr)
        return 1


def look_for_cycles_seldom() -> None:
    """Has Python look for cycles among objects seldom, and not at its end."""
    gc.set_threshold(*_SELDOM)
    atexit.register(gc.freeze)  # so that it does not look through everything once more


def give_memory_back() -> None:
    """Returns what glibc keeps below memory that is in use: malloc_trim(3), which takes some 10 ms."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def cores() -> int:
    """Counts the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _number_of(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno if error.errno in errno.errorcode else None
    found = _NUMBER.search(str(error)) if isinstance(error, Exception) else None
    number = int(found[1]) if found else None
    return number if number in errno.errorcode else None


def _unreadable(path: str) -> bool:
    """Whether it is a file that is there and may not be read."""
    with suppress(OSError):
        return Path(path).is_file() and not os.access(path, os.R_OK)
    return False


def _of_memory(error: BaseException) -> bool:
    """Whether it says that memory is used up, in the words of Python, NumPy, torch or the system."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    allocation = isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    return allocation or (isinstance(error, OSError) and error.errno == errno.ENOMEM)


def _plain(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else Exception(str(error))


def _shown(path: str) -> str:
    """Gives a path, of a very long one its beginning and its end."""
    return path if len(path) <= _LONGEST else f"{path[: _LONGEST // 2]}…{path[-_LONGEST // 2 :]}"


_LONGEST = 300
_BEFORE = 30
