"""Names of files for labels and models, which may be called anything."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_LONGEST = 80
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""


def safe_name(name: str) -> str:
    """Gives a name of a file: letters and digits of ASCII, points, hyphens and underscores, no point first or last."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", plain)[:_LONGEST].strip("._-")
    return _told_apart(safe, name) if not safe or _RESERVED.fullmatch(safe) else safe


def file_names(labels: Iterable[str]) -> dict[str, str]:
    """Gives each label a name of its own, also on disks that do not tell capitals from small letters."""
    names = {label: safe_name(label) for label in labels}
    counts = Counter(name.lower() for name in names.values())
    return {label: name if counts[name.lower()] == 1 else _told_apart(name, label) for label, name in names.items()}


def _told_apart(safe: str, name: str) -> str:
    return f"{safe or 'label'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
