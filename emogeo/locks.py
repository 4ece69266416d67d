"""Locks on files: released at once when their holder ends, killed or not."""

from __future__ import annotations

import errno
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from filelock import FileLock, Timeout

log = logging.getLogger(__name__)
_PATIENCE = 2.0
"""Seconds that are waited without a word: in a sweep, the run before may just be writing."""
_FOREVER = 1e9
"""Seconds: filelock refuses to wait without end for what this thread took, even where another thread has it now."""
_WITHOUT = {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOLCK}
"""What file systems without locks answer."""


@contextmanager
def held(file: Path, waiting: str) -> Iterator[None]:
    """Holds the lock on a file, whose folder must be there; whoever else wants it waits.

    The thread that lets go of it may be another than the one that took it. On a file system without locks nobody
    waits, because files that stand for a lock there outlive a killed holder: a warning says that two processes may
    compute the same.

    Args:
        waiting: what is logged where another holds it for more than a moment.

    Raises:
        OSError: a folder that cannot be written.
    """
    if not lockable(file.parent):
        yield
        return
    lock = FileLock(file, thread_local=False)
    try:
        lock.acquire(timeout=_PATIENCE)
    except Timeout:
        log.info("%s", waiting)
        lock.acquire(timeout=_FOREVER)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def held_if_free(file: Path) -> Iterator[bool]:
    """Holds the lock on a file, whose folder must be there, unless another process does; gives whether it is held.

    On a file system without locks it is held by nobody, and nobody is kept waiting.

    Raises:
        OSError: a folder that cannot be written.
    """
    if not lockable(file.parent):
        yield True
        return
    lock = FileLock(file)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


@lru_cache
def lockable(folder: Path) -> bool:
    """Whether files in a folder can be locked; a warning says once where they cannot.

    Raises:
        OSError: a folder that cannot be written.
    """
    try:
        import fcntl
    except ImportError:  # Windows, where filelock locks otherwise
        return True
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            fcntl.flock(probe.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _WITHOUT:
            raise
        log.warning(
            "%s: the file system has no locks (flock), so nobody waits for another: two processes at the same run "
            "compute it twice, and the last one's record stays",
            folder,
        )
        return False
    return True
