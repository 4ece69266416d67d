"""Downloads in a process of their own: its answers, its errors, its end."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import wandb

from emogeo.errors import TrackingError
from emogeo.tracking import downloads
from emogeo.tracking.downloads import Downloads

ANSWERING = """
import json, pathlib, sys, time
for line in sys.stdin:
    job = json.loads(line)
    if job["path"] == "slow":
        time.sleep(60)
    if job["path"] == "ends":
        sys.exit(3)
    if job["path"] == "refused":
        print(json.dumps({"error": "CommError: 404"}), flush=True)
        continue
    if "folder" in job:
        (pathlib.Path(job["folder"]) / "deep").mkdir()
        (pathlib.Path(job["folder"]) / "deep" / "a").write_bytes(b"content of " + job["kind"].encode())
    print(json.dumps({"digests": {"deep/a": job["path"]}}), flush=True)
"""
Started = list["subprocess.Popen[str]"]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """The processes, in place of those that ask a server."""
    processes: Started = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", ANSWERING]
        processes.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return processes[-1]

    monkeypatch.setattr(downloads, "_started", start)
    return processes


def test_one_process_answers_all_and_ends_with_the_last(started: Started) -> None:
    with Downloads() as own:
        assert own.digests("me/mine/a:v0", "rdm", 30) == {"deep/a": "me/mine/a:v0"}
        assert own.files("me/mine/a:v0", "rdm", 30) == {"deep/a": b"content of rdm"}
        assert len(started) == 1
        assert started[0].poll() is None
    assert started[0].poll() is not None


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(TrackingError) as error:
        call()
    return str(error.value)


def test_an_error_of_the_client_is_told_and_the_process_goes_on(started: Started) -> None:
    with Downloads() as own:
        assert refusal(lambda: own.digests("refused", "rdm", 30)) == "CommError: 404"
        assert own.digests("b", "rdm", 30) == {"deep/a": "b"}
        assert len(started) == 1


def test_one_that_takes_too_long_is_killed_and_the_next_has_a_process_of_its_own(started: Started) -> None:
    begun = time.monotonic()
    with Downloads() as own:
        assert refusal(lambda: own.files("slow", "rdm", 1)) == "the download of slow took longer than 1 s"
        assert time.monotonic() - begun < 20
        assert own.digests("b", "rdm", 30) == {"deep/a": "b"}
    assert [process.poll() is not None for process in started] == [True, True]


def test_a_process_that_ends_says_how(started: Started) -> None:
    with Downloads() as own:
        assert refusal(lambda: own.digests("ends", "rdm", 30)) == "the download of ends ended with 3"


def test_a_process_that_has_ended_between_two_downloads_is_said_too(started: Started) -> None:
    with Downloads() as own:
        own.digests("a", "rdm", 30)
        started[0].kill()
        started[0].wait()
        assert refusal(lambda: own.digests("b", "rdm", 30)) == "the download of b ended with -9"
        assert own.digests("b", "rdm", 30) == {"deep/a": "b"}


class Artifact:
    """An artifact whose file says where it was put."""

    manifest = SimpleNamespace(entries={"a": SimpleNamespace(digest="0=")})

    def __init__(self, verified: list[str]) -> None:
        self.verified = verified

    def download(self, root: str, skip_cache: bool) -> None:
        print("a progress bar")
        assert skip_cache
        (Path(root) / "a").write_text("a")

    def verify(self, root: str) -> None:
        self.verified.append(root)


def test_the_process_answers_line_by_line_and_prints_elsewhere(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verified: list[str] = []

    def artifact(path: str, type: str) -> Artifact:
        if path == "absent":
            raise ValueError(f"no artifact at https://x.example/f?signed={'a' * 40}")
        assert type == "rdm"
        return Artifact(verified)

    jobs = [{"path": "absent"}, {"path": "a"}, {"path": "a", "folder": str(tmp_path)}]
    lines = "".join(json.dumps({"kind": "rdm", **job}) + "\n" for job in jobs)
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(wandb, "Api", lambda timeout: SimpleNamespace(artifact=artifact))
    downloads._serve()
    answers, printed = capsys.readouterr()
    assert [json.loads(line) for line in answers.splitlines()] == [
        {"error": "ValueError: no artifact at https://x.example/f?…"},
        {"digests": {"a": "0="}},
        {"digests": {"a": "0="}},
    ]
    assert "a progress bar" in printed
    assert verified == [str(tmp_path)]
    assert (tmp_path / "a").read_text() == "a"
