"""The folder of an analysis, which appears whole or not at all: until then the result before it stays."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from emogeo.machine import naming

LISTED = ".emogeo-files"
"""The list of the files that an analysis has written: those alone are removed by the next."""


@contextmanager
def whole(output: Path) -> Iterator[Path]:
    """Gives an empty folder beside `output` that takes its place when the block ends, and is removed if it fails.

    Files in `output` that no analysis has written are kept.

    Raises:
        OSError: a folder that cannot be made beside `output`, or cannot take its place.
    """
    output = output.absolute()
    with naming(output):
        yield from _whole(output)


def _whole(output: Path) -> Iterator[Path]:
    output.parent.mkdir(parents=True, exist_ok=True)
    before = output.with_name(f".{output.name}.before")
    if before.is_dir() and not output.exists():
        before.rename(output)  # an analysis was killed between two renames
    _remove_left(output)
    scratch = Path(tempfile.mkdtemp(prefix=f".{output.name}.{os.getpid()}-", dir=output.parent))
    try:
        yield scratch
        written = _files(scratch)
        (scratch / LISTED).write_text("\n".join(written) + "\n", encoding="utf-8")
        scratch.chmod(0o777 & ~_umask())
        if Path.cwd().is_relative_to(output) or output.is_mount():
            _into(output, scratch, written)
        else:
            _keep_foreign(output, scratch, written)
            _exchange(output, scratch, before)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    shutil.rmtree(before, ignore_errors=True)


def _remove_left(output: Path) -> None:
    """Removes what killed analyses of this machine have left beside the folder."""
    for left in output.parent.glob(f".{glob.escape(output.name)}.*-*"):
        process = left.name.removeprefix(f".{output.name}.").partition("-")[0]
        if process.isdecimal() and not psutil.pid_exists(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _files(folder: Path) -> list[str]:
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if not file.is_dir())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _keep_foreign(output: Path, scratch: Path, written: list[str]) -> None:
    """Takes over what no analysis has written; without a list of files only what has a name of its own."""
    if not output.is_dir():
        return
    own = {*_listed(output), *written, LISTED}
    for name in _files(output):
        if name not in own:
            (scratch / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(output / name, scratch / name, follow_symlinks=False)


def _listed(output: Path) -> set[str]:
    listed = output / LISTED
    return set(listed.read_text(encoding="utf-8").splitlines()) if listed.is_file() else set()


def _into(output: Path, scratch: Path, written: list[str]) -> None:
    """Replaces file by file: a folder that somebody stands in, or that is mounted, cannot be exchanged."""
    for name in _listed(output) - set(written):
        (output / name).unlink(missing_ok=True)
    for name in [*written, LISTED]:
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (scratch / name).replace(output / name)


def _exchange(output: Path, scratch: Path, before: Path) -> None:
    """Puts the new folder in the place of the old one, which comes back if that fails."""
    shutil.rmtree(before, ignore_errors=True)
    there = output.exists()
    if there:
        output.rename(before)
    try:
        scratch.rename(output)
    except OSError:
        if there:
            before.rename(output)
        raise
