"""Manifests whose own checksum is right and whose list of files is not."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from emogeo.store.keys import canonical_json
from emogeo.store.manifest import entry_of
from tests.torture.hostile import HOSTILE, Altered

Body: TypeAlias = dict[str, Any]
_SIZES = (0, -1, True, 1.0, "12", None, 2**31, 2**63, 2**70, 10**400, [1], {})
_NAMES = ("../run.json", "/etc/passwd", "a/b", "", ".", "..", "manifest.json", "more.txt", "run.json/", "a" * 300)


def lying(files: Mapping[str, bytes], draw: random.Random) -> Altered:
    """Gives a record's own files under a manifest that says something else of them."""
    body: Any = {name: entry_of(content) for name, content in files.items()}
    what, true = draw.choice(sorted(_LIES)), body
    body = _LIES[what](body, draw.choice(sorted(body)), draw)
    checksum: Any = entry_of(canonical_json(body))["sha256"]
    if what == "a checksum that is none":
        checksum = draw.choice([None, 0, "", [checksum], checksum.upper(), checksum[:-1]])
    manifest = canonical_json({"checksum": checksum, "files": body, **({"more": 1} if what == "more" else {})})
    harmless = _HARMLESS | ({"files exchanged"} if body == true else set())  # of one file there is nothing to exchange
    return Altered(dict(files), f"manifest: {what}", impossible=what not in harmless, manifest=manifest)


def _without(body: Body, name: str, draw: random.Random) -> Body:
    return {own: entry for own, entry in body.items() if own != name}


def _more(body: Body, name: str, draw: random.Random) -> Body:
    return {
        **body,
        draw.choice([*_NAMES, *(word for word in HOSTILE if word.isprintable())]): draw.choice(
            [entry_of(b""), body[name]]
        ),
    }


def _entry(**changed: Callable[[Any, random.Random], Any]) -> Callable[[Body, str, random.Random], Body]:
    def change(body: Body, name: str, draw: random.Random) -> Body:
        own = {field: how(body[name].get(field), draw) for field, how in changed.items()}
        return {**body, name: {**body[name], **own}}

    return change


_LIES: dict[str, Callable[[Body, str, random.Random], Any]] = {
    "a file less": _without,
    "a file more": _more,
    "no files": lambda body, name, draw: {},
    "another size": _entry(size=lambda size, draw: draw.choice([*_SIZES, size + 1, size - 1])),
    "another sha256": _entry(sha256=lambda own, draw: draw.choice(["0" * 64, own.upper(), own[:-1], None, 1, [own]])),
    "another field": _entry(mode=lambda own, draw: 0o777),
    "an entry that is none": lambda body, name, draw: {**body, name: draw.choice([None, 1, "x", [], {}])},
    "files exchanged": lambda body, name, draw: dict(
        zip(body, [*list(body.values())[1:], *list(body.values())[:1]], strict=True)
    ),
    "a list": lambda body, name, draw: [[own, entry] for own, entry in body.items()],
    "no object": lambda body, name, draw: draw.choice([None, 1, "x", True]),
    "a checksum that is none": lambda body, name, draw: body,
    "more": lambda body, name, draw: body,
}
_HARMLESS = {"more"}
"""A field beside the list of files is passed over."""
