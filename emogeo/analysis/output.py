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

from emogeo.errors import ConfigError
from emogeo.machine import naming

LISTED = ".emogeo-files"
"""The list of the files that an analysis has written: it marks the folder, and those alone are removed by the next."""


def check_place(output: Path) -> None:
    """Refuses a place where an analysis would be mixed with other files, or could not be written.

    A folder that holds an earlier analysis is taken, whatever else lies in it; so is one that holds nothing but folders
    of analyses.

    Raises:
        ConfigError: that.
    """
    foreign = _foreign(output) if output.is_dir() else None
    if foreign is not None:
        raise ConfigError(
            f"output={output} is no result of an analysis, and {foreign.relative_to(output)} lies in it. Type "
            "output=FOLDER, with a folder that is new, that is empty, or that holds an earlier analysis."
        )
    place = next(own for own in output.absolute().parents if own.is_dir())
    try:
        tempfile.TemporaryDirectory(prefix=_scratch(output), dir=place).cleanup()
    except OSError as error:
        raise ConfigError(
            f"output={output} cannot be written: {error.strerror}. Type output=FOLDER, with another folder."
        ) from error


def _foreign(folder: Path) -> Path | None:
    """Gives a file that lies in no folder of an analysis."""
    if (folder / LISTED).is_file():
        return None
    for own in sorted(folder.iterdir()):
        found = _foreign(own) if own.is_dir() and not own.is_symlink() else own
        if found is not None:
            return found
    return None


def _scratch(output: Path) -> str:
    """Gives how the names of folders begin in which this process writes before they take the place of `output`."""
    return f".{output.name}.{os.getpid()}-"


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
    scratch = Path(tempfile.mkdtemp(prefix=_scratch(output), dir=output.parent))
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
    """Replaces file by file: a folder that somebody stands in, or that is mounted, cannot be exchanged.

    The list comes first, so that the folder counts as one of an analysis if this is cut short.
    """
    for name in _listed(output) - set(written):
        (output / name).unlink(missing_ok=True)
    for name in [LISTED, *written]:
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
