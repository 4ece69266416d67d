"""Which files a path means: a file, a folder or a glob."""

from __future__ import annotations

import glob
import os
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from emogeo.errors import StimuliError

KINDS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".txt": "txt",
}
"""What is read, by the suffix of its name."""
PACKED = (".gz", ".bz2", ".xz", ".zip")
READ = f"{', '.join(KINDS)}, each also packed as {', '.join(PACKED)}"
MOST_FILES = 100_000
_ABOUT = re.compile(r"((?i:readme|licen[sc]e|changelog)|NOTICE|CITATION|CONTRIBUTING|AUTHORS)([_-].*)?")
"""The names of files that are about the texts, and hold none."""


@dataclass(frozen=True)
class TextFile:
    """A file that is read."""

    path: Path
    shown: str
    """Its name for messages: below the folder or the fixed part of the glob."""
    parts: tuple[str, ...]
    """Folders below that folder, then the file's stem: (stem,), (folder, stem) and so on."""
    kind: str
    """One of the values of `KINDS`; empty for a zip archive, whose member says it."""

    @property
    def suffix(self) -> str:
        """What its name ends in, packed or not: `.csv.gz`."""
        packed = self.path.suffix.lower() in PACKED
        return "".join(self.path.suffixes[-2 if packed else -1 :])


@dataclass(frozen=True)
class Found:
    """What a path means."""

    name: str
    files: tuple[TextFile, ...]
    notes: tuple[str, ...]


def shown(value: object, limit: int = 60) -> str:
    """Gives a value for messages: quoted, shortened, without characters that a terminal would obey."""
    text = value if isinstance(value, str) else str(value)
    quoted = repr(text[:limit]) if isinstance(value, str) else safe(text[:limit])
    return quoted + ("…" if len(text) > limit else "")


def safe(name: str) -> str:
    """Gives a name as it is, or escaped where it has characters that cannot be printed."""
    return name if name.isprintable() else repr(name)[1:-1]


def find(path: str) -> Found:
    """Finds the files that a path means, sorted by their names; hidden ones are left out.

    Raises:
        StimuliError: no such file, nothing that is read, a link that leads nowhere or to a folder, no permission.
    """
    given = Path(path).expanduser()
    try:
        return _find(path, given)
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        name = safe(str(getattr(error, "filename", None) or path))
        raise StimuliError(f"stimuli.path={safe(path)}: {name} cannot be read: {what}.") from error


def _find(path: str, given: Path) -> Found:
    if given.is_dir():
        return _found(path, given, list(_below(given)))
    if os.path.lexists(given):
        file = _text_file(given, given.parent)
        if file is None:
            raise StimuliError(f"stimuli.path={safe(path)}: what is read is {READ}; or a folder or a glob of such.")
        return Found(file.parts[-1], (file,), ())
    if not glob.has_magic(str(given)):
        raise StimuliError(f"stimuli.path={safe(path)}: no such file.")
    root = _fixed_part(given)
    matched = [one for one in root.glob(str(given.relative_to(root))) if not _hidden(one.relative_to(root))]
    if not matched:
        raise StimuliError(f"stimuli.path={safe(path)}: no file matches.")
    below = [file for one in matched for file in (_below(one) if one.is_dir() else [one])]
    return _found(path, root, list(dict.fromkeys(below)))


def _hidden(relative: Path) -> bool:
    return any(part.startswith(".") for part in relative.parts)


def _fixed_part(pattern: Path) -> Path:
    fixed = [part for part in pattern.parents if not glob.has_magic(str(part))]
    return fixed[0] if fixed else Path()


def _below(folder: Path) -> list[Path]:
    files: list[Path] = []
    for here, folders, names in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            _refuse_linked_folder(Path(here, name))
        files += [Path(here, name) for name in names if not name.startswith(".")]
        if len(files) > MOST_FILES:
            raise StimuliError(f"{safe(str(folder))} has more than {MOST_FILES:,} files; give the folder of the texts.")
    return files


def _raise(error: OSError) -> None:
    raise error


def _refuse_linked_folder(folder: Path) -> None:
    if folder.is_symlink():
        raise StimuliError(f"{safe(str(folder))} is a link to a folder, which is not followed; give that folder.")


def _found(path: str, root: Path, paths: list[Path]) -> Found:
    paths = sorted(paths, key=lambda one: one.relative_to(root).parts)
    found = [(one, _text_file(one, root)) for one in paths]
    about = [one for one, file in found if file is not None and _ABOUT.fullmatch(one.name.partition(".")[0])]
    files = [pair for pair in found if pair[0] not in about]
    read = [file for _, file in files if file is not None]
    left = [safe(one.name) for one, file in files if file is None]
    if not read:
        there = f" It holds {', '.join(left[:3])}{' …' if len(left) > 3 else ''}." if left else " It holds no file."
        raise StimuliError(f"stimuli.path={safe(path)}: no file that is read, which are {READ}.{there}")
    name = read[0].parts[-1] if len(read) == 1 and not Path(path).expanduser().is_dir() else ""
    said = {f"{len(left)} file(s) of another kind not read": left}
    said[f"{len(about)} file(s) about the texts, by their names, not read"] = [safe(one.name) for one in about]
    notes = tuple(f"{what}: {', '.join(own[:3])}{' …' if len(own) > 3 else ''}" for what, own in said.items() if own)
    return Found(name or safe(root.absolute().name) or "texts", tuple(read), notes)


def _text_file(path: Path, root: Path) -> TextFile | None:
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    packed = bool(suffixes) and suffixes[-1] in PACKED
    inner = path.with_suffix("") if packed else path
    kind = KINDS.get(inner.suffix.lower(), "")
    if not kind and not (packed and suffixes[-1] == ".zip" and inner.suffix.lower() not in {".tar"}):
        return None
    relative = path.relative_to(root)
    if not path.is_file():
        what = "a link that leads nowhere" if path.is_symlink() else "no regular file"
        raise StimuliError(f"{safe(str(path))} is {what}; give the file itself.")
    stem = inner.stem if kind else inner.name
    parts = (*relative.parts[:-1], stem)
    names = tuple(safe(unicodedata.normalize("NFC", part)) for part in parts)
    return TextFile(path, safe(relative.as_posix()), names, kind)
