"""Commands started as forked children of a process that has imported everything: they begin in milliseconds."""

from __future__ import annotations

import os
import runpy
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 900
"""A child that takes longer, in seconds, counts as one without end."""


def warm_up() -> None:
    """Imports what the commands import, with one thread, so that no pool of threads is there when children are made."""
    os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")
    import altair  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import torch

    torch.set_num_threads(1)
    import transformers.models.llama.modeling_llama  # noqa: F401

    import emogeo.analysis.analyze
    import emogeo.entry
    import emogeo.extraction.imported_run
    import emogeo.extraction.run
    import emogeo.models.activations
    import emogeo.models.generation
    import emogeo.models.loading
    import emogeo.models.scoring
    import emogeo.probes.run  # noqa: F401
    from tests.conftest import compose_train

    compose_train()  # Hydra's parser and plugins, too


def start(
    arguments: Sequence[str],
    log: Path,
    before: Callable[[], None] = lambda: None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Starts a command with arguments: `train.py`, `analyze.py`, or `-m` and a module. Gives its process id.

    Args:
        log: what it prints is appended to this file.
        before: is called in the child before the command.
    """

    def command() -> int:
        os.environ.update(environment or {})
        os.chdir(log.parent)
        before()
        return _command(arguments)

    return fork(command, log)


def fork(called: Callable[[], int], log: Path) -> int:
    """Calls a function in a child, whose exit code is what it gives. Gives the process id."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.setpgid(0, 0)
        _redirect(log)
        code = called()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait(child: int, seconds: float = LONGEST) -> int:
    """Waits for a child: its exit code, or the negative number of the signal that ended it.

    Raises:
        TimeoutError: it took longer, and was killed.
    """
    deadline = time.monotonic() + seconds
    pause = 0.001
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise TimeoutError(f"a command without end ({seconds:.0f} s)")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.02)


def run(
    arguments: Sequence[str],
    log: Path,
    before: Callable[[], None] = lambda: None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Starts a command and waits for it: its exit code."""
    return wait(start(arguments, log, before, environment))


def _command(arguments: Sequence[str]) -> int:
    module = arguments[0] == "-m"
    script = str(ROOT / arguments[0])
    sys.argv = [script, *arguments[2 if module else 1 :]]
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    try:
        if module:
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return end.code or 0
    return 0


def _redirect(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
