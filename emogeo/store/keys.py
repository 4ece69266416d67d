"""Names of records: the sha256 of what gives them meaning."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object."""
SCHEMA = 3
"""The version of records; it rises when stored records change their meaning."""


def canonical_json(value: Any) -> bytes:
    """Writes a value in its one spelling: sorted keys, no spaces, UTF-8, no NaN.

    Raises:
        ValueError: NaN or infinity, which have no JSON.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Writes one canonical JSON object a line."""
    return b"".join(canonical_json(dict(row)) + b"\n" for row in rows)


def key_of(meaning: Json) -> str:
    """Gives the hex sha256 of the canonical JSON of `meaning` and the schema version."""
    return hashlib.sha256(canonical_json({"schema": SCHEMA, **meaning})).hexdigest()
