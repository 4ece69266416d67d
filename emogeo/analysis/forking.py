"""Starts the process that those which draw are forked from, before anything that takes long to import."""

from __future__ import annotations

import multiprocessing
import signal
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext

from emogeo.machine import cores

MOST = 8
"""The most processes that draw, each of which takes some 250 MB."""
_IMPORTED = ("emogeo.analysis.drawing", "matplotlib.backends.backend_pdf")
"""The modules that are imported once for all of them; the second would be imported with the first figure."""


def make_ready() -> None:
    """Starts the process: it imports what those that draw need while this one does other things.

    An interruption is left to this process, from the start on.
    """
    if min(cores(), MOST) < 2:
        return
    context()
    resource_tracker.ensure_running()  # first, since its start unblocks what is blocked below
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # a process has the mask of its parent
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def context() -> ForkServerContext:
    """Gives what starts processes that have everything imported."""
    own = multiprocessing.get_context("forkserver")
    own.set_forkserver_preload(list(_IMPORTED))
    return own
