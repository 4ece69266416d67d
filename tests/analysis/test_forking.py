"""The process that those which draw are forked from leaves an interruption to the analysis."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from emogeo.analysis import forking

INTERRUPTED = """
import os, signal, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import forkserver
from emogeo.analysis import forking

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a command in the background is started without
    forking.cores = lambda: 2
    forking.make_ready()
    first = forkserver._forkserver._forkserver_pid
    for _ in range(20):  # from before its first import until it has long begun with ours
        os.kill(first, signal.SIGINT)
        time.sleep(0.02)
    with ProcessPoolExecutor(1, forking.context()) as pool:
        print(pool.submit(os.getppid).result() == first)
    os.kill(os.getpid(), signal.SIGINT)
"""


def test_ctrl_c_ends_the_analysis_and_not_what_it_forks_from() -> None:
    ended = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=60)
    assert ended.stdout == "True\n" and ended.returncode == -signal.SIGINT
    assert ended.stderr.count("Traceback") == 1 and ended.stderr.endswith("KeyboardInterrupt\n")


def test_on_one_core_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forking, "cores", lambda: 1)
    monkeypatch.setattr(forking.forkserver, "ensure_running", lambda: pytest.fail("started"))
    forking.make_ready()
