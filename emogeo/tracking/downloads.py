"""Downloads in a process of their own, which is killed with one that takes too long.

The client retries a download for twenty minutes, in threads that an exit waits for, and has no setting against it.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from emogeo.errors import TrackingError
from emogeo.tracking.client import reason

QUERY_SECONDS = 30
"""The seconds that a query to the server may take."""


class Downloads:
    """Artifacts' files by path (ENTITY/PROJECT/NAME:VERSION) and type; use as a context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Downloads:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def digests(self, path: str, kind: str, seconds: float) -> dict[str, str]:
        """Gives the digest of each file, as in W&B's manifest (MD5 in base64).

        Raises:
            TrackingError: what the client said, or that it took too long.
        """
        digests: dict[str, str] = self._ask({"path": path, "kind": kind}, seconds)
        return digests

    def files(self, path: str, kind: str, seconds: float) -> dict[str, bytes]:
        """Downloads every file past the client's cache (which keeps corrupt files too), and checks its digest.

        Raises:
            TrackingError: what the client said, or that it took too long.
        """
        with tempfile.TemporaryDirectory() as folder:
            digests = self._ask({"path": path, "kind": kind, "folder": folder}, seconds)
            return {name: (Path(folder) / name).read_bytes() for name in digests}

    def _ask(self, job: dict[str, str], seconds: float) -> Any:
        process = self._process = self._process or _started()
        assert process.stdin is not None and process.stdout is not None
        begun, deadline = time.monotonic(), threading.Timer(seconds, process.kill)
        deadline.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # it has ended, and there is no line to read
                process.stdin.write(json.dumps(job) + "\n")
                process.stdin.flush()
            line = process.stdout.readline()
        except BaseException:  # also a signal: nothing is to be written any more
            self._end()
            raise
        finally:
            deadline.cancel()
        if not line:
            self._end()
            late = time.monotonic() - begun >= seconds
            why = f"took longer than {seconds:.0f} s" if late else f"ended with {process.returncode}"
            raise TrackingError(f"the download of {job['path']} {why}")
        answer = json.loads(line)
        if "error" in answer:
            raise TrackingError(answer["error"])
        return answer["digests"]

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _started() -> subprocess.Popen[str]:
    """Starts the process in a session of its own, so that only this process answers Ctrl-C."""
    command = [sys.executable, "-m", "emogeo.tracking.downloads"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)


def _serve() -> None:
    """Answers a job a line on what is standard output now; whatever else is printed goes to standard error."""
    import wandb

    answers, sys.stdout = sys.stdout, sys.stderr
    api = None
    for line in sys.stdin:
        try:
            api = api or wandb.Api(timeout=QUERY_SECONDS)
            answer: dict[str, Any] = {"digests": _done(api, json.loads(line))}
        except Exception as error:  # the client raises errors of many kinds
            answer = {"error": f"{type(error).__name__}: {reason(error)}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _done(api: Any, job: dict[str, str]) -> dict[str, str]:
    artifact = api.artifact(job["path"], type=job["kind"])
    if "folder" in job:
        artifact.download(root=job["folder"], skip_cache=True)
        artifact.verify(root=job["folder"])
    return {name: entry.digest for name, entry in artifact.manifest.entries.items()}


if __name__ == "__main__":
    _serve()
