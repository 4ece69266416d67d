"""Runs the tests of a mutant in a process of its own, forked from one that has its libraries."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

LIBRARIES = (
    "pytest",
    "hypothesis",
    "numpy",
    "scipy.stats",
    "scipy.optimize",
    "pandas",
    "hydra",
    "torch",
    "transformers",
)
KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "killed (no end)"


@dataclass(frozen=True)
class Outcome:
    """What the tests said, after how many seconds, and how many of these it computed."""

    said: str
    seconds: float
    computed: float
    output: str = ""


def copied(root: Path, tree: Path) -> None:
    """Copies what git tracks or would track, so that no mutant is ever written beside the code."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    shutil.rmtree(tree, ignore_errors=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, tree / name)


def files_of_tests(root: Path, module: str, left_out: Sequence[str] = ()) -> list[str]:
    """Gives a module's test file, then those beside it that import it or are of a module that does.

    Args:
        left_out: patterns of files that are too slow.
    """
    own = _test_of(module)
    imports = re.compile(rf"\b{re.escape(module.removesuffix('.py').replace('/', '.'))}\b")
    callers = [file for file in sorted((root / module).parent.glob("*.py")) if imports.search(file.read_text())]
    beside = [str(file.relative_to(root)) for file in sorted((root / own).parent.glob("test_*.py"))]
    wanted = [own, *(_test_of(str(file.relative_to(root))) for file in callers)]
    wanted += [name for name in beside if imports.search((root / name).read_text())]
    slow = {str(file.relative_to(root)) for pattern in left_out for file in root.glob(pattern)}
    return [name for name in dict.fromkeys(wanted) if (root / name).is_file() and name not in slow]


def _test_of(module: str) -> str:
    rooms, _, name = module.removeprefix("emogeo/").rpartition("/")
    return "/".join(part for part in ("tests", rooms, f"test_{name}") if part)


def load_libraries() -> None:
    """Imports what a test would wait for, once."""
    for name in LIBRARIES:
        import_module(name)


def run_tests(tree: Path, files: Sequence[str], limit: int) -> Outcome:
    """Runs the tests in a forked process until the first that fails.

    Args:
        limit: the seconds of its own computing after which it has no end; how busy the machine is doesn't count.
    """
    began, (reads, writes) = time.monotonic(), os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reads)
        _in_child(tree, files, writes, limit)
    os.close(writes)
    with os.fdopen(reads, "rb") as said:
        output = said.read().decode(errors="replace")
    _, status, used = os.wait4(process, 0)
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    endless = os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGALRM}
    passed = os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
    said = TIMED_OUT if endless else SURVIVED if passed else KILLED
    return Outcome(said, time.monotonic() - began, used.ru_utime + used.ru_stime, output[-2000:])


def _in_child(tree: Path, files: Sequence[str], writes: int, limit: int) -> None:
    code = 70
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        signal.alarm(60 * limit)  # one that waits and computes nothing has no end, either
        os.dup2(writes, 1)
        os.dup2(writes, 2)
        os.chdir(tree)
        sys.dont_write_bytecode = True
        for name in [own for own in sys.modules if own.split(".")[0] in {"emogeo", "tests", "hydra_plugins"}]:
            del sys.modules[name]
        sys.path[:] = [str(tree), *(path for path in sys.path[1:] if path)]
        import hypothesis
        import pytest

        phases = [phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.shrink]
        quick = hypothesis.settings(phases=phases, database=None, deadline=None, derandomize=True)
        hypothesis.settings.register_profile("mutants", quick)
        hypothesis.settings.load_profile("mutants")
        code = int(pytest.main(["-x", "-q", "--no-header", "--tb=line", "-p", "no:cacheprovider", *files]))
    finally:
        sys.stdout.flush()
        os._exit(code)
