"""What the machine refuses is said with its path and its cause."""

from __future__ import annotations

import errno
import io
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from emogeo import machine
from emogeo.errors import GeometryError, MachineError
from emogeo.machine import exit_code, give_memory_back, machine_error, naming, write_whole

GOES_ON = "Nothing half-written is left. What is finished is in the store; the same command goes on from there."
KINDS = (
    (errno.ENOSPC, "No space left on device"),
    (errno.EDQUOT, "Disk quota exceeded"),
    (errno.EACCES, "Permission denied"),
    (errno.EROFS, "Read-only file system"),
    (errno.ENAMETOOLONG, "File name too long"),
    (errno.EFBIG, "File too large"),
    (errno.EEXIST, "File exists"),
    (errno.ENOTDIR, "Not a directory"),
    (errno.EISDIR, "Is a directory"),
)


@pytest.mark.parametrize(("number", "cause"), KINDS)
def test_each_kind_is_its_path_its_cause_and_what_to_do(number: int, cause: str) -> None:
    said = str(machine_error(OSError(number, os.strerror(number), "/data/store")))
    assert said.startswith(f"/data/store: {cause}. ")
    assert re.search(r"(Give|give|raise|Make room) [\w ,]*(folder|limit|name|file)", said), "what to do"
    assert str(machine_error(OSError(number, "so"), "The log")).startswith(f"The log: {cause}. ")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.EFBIG, errno.EIO])
def test_what_is_refused_to_a_run_at_work_is_gone_on_with(number: int) -> None:
    error = OSError(number, os.strerror(number), "/data/store")
    assert str(machine_error(error, at_work=True)).endswith(f" {GOES_ON}")
    assert GOES_ON not in str(machine_error(error)), "a command that keeps no store"
    assert "store.path=" not in str(machine_error(error)), "an option of other programs"


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG])
def test_what_was_typed_wrong_is_not_gone_on_with(number: int) -> None:
    said = str(machine_error(OSError(number, os.strerror(number), "/data/mine.csv"), at_work=True))
    assert said.startswith(f"/data/mine.csv: {os.strerror(number)}.")
    assert "half-written" not in said


def test_a_file_that_may_not_be_read_is_no_folder_to_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("mine")
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.R_OK)
    said = str(machine_error(OSError(errno.EACCES, "so", str(file)), at_work=True))
    assert said == f"{file}: Permission denied. Give a file that may be read, or the right to read it."


def test_libraries_that_are_not_python_are_understood() -> None:
    for said in (
        "Error while serializing: I/O error: No space left on device (os error 28)",
        "Can't write data (file write failed: errno = 28, error message = 'No space left on device')",
        "[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device",
    ):
        with pytest.raises(OSError, match="No space left") as raised, naming(Path("/data/weights")):
            raise RuntimeError(said)
        assert str(machine_error(raised.value)).startswith("/data/weights: No space left on device.")


def test_the_innermost_name_stays() -> None:
    with pytest.raises(OSError, match="inner") as raised, naming(Path("/outer")), naming(Path("/inner")):
        raise OSError(errno.ENOSPC, "full")
    assert raised.value.filename == "/inner"


def test_too_little_memory_is_said() -> None:
    with pytest.raises(MemoryError) as raised:
        np.empty(1 << 58, np.uint8)
    assert "Not enough memory (Unable to allocate" in str(machine_error(raised.value))
    torch_says = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 1 bytes")
    assert "runtime.token_budget" in str(machine_error(torch_says))
    assert isinstance(machine_error(MemoryError()), MachineError)
    assert str(machine_error(MemoryError(), at_work=True)).endswith(GOES_ON)


def test_no_home_directory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_uid: int) -> None:
        raise KeyError

    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", unknown)
    with pytest.raises(RuntimeError) as raised:
        Path("~/.cache").expanduser()
    assert "set HOME, or EMOGEO_CACHE=FOLDER" in str(machine_error(raised.value))


def test_other_errors_are_not_the_machines() -> None:
    for error in (KeyError("a"), ValueError("x"), OSError("of a library"), RuntimeError("shape [3]"), GeometryError()):
        assert machine_error(error) is None


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    write_whole(file, b"one")
    code = (
        "import resource, sys; from pathlib import Path; from emogeo.machine import machine_error, write_whole\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))\n"
        f"try: write_whole(Path({str(file)!r}), b'0' * 10)\n"
        "except OSError as error: print(machine_error(error))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{file}: File too large.")
    assert file.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [file]


def test_ctrl_c_ends_a_command_without_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert exit_code(interrupted) == 130
    assert capsys.readouterr() == ("", "")


def test_a_long_path_is_shown_by_its_ends() -> None:
    said = str(machine_error(OSError(errno.ENAMETOOLONG, "long", f"/begin/{'n' * 4000}/end")))
    assert said.startswith("/begin/nnn")
    assert "nnn/end: File name too long." in said
    assert len(said) < 700


def test_what_a_terminal_cannot_show_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(machine.sys, "stdout", out)
    machine.print_any_letter()
    print("ρ* \ud800")
    out.flush()
    assert out.buffer.getvalue() == b"\\u03c1* \\ud800\n"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries give memory back by themselves")
def test_freed_memory_is_given_back() -> None:
    def resident() -> int:
        return psutil.Process().memory_info().rss

    before, held = resident(), list[object](np.ones(10_000) for _ in range(2_000))
    assert resident() - before > 120e6
    above = np.asarray(held.pop())
    del held
    give_memory_back()
    assert resident() - before < 40e6 and above.sum() == 10_000
