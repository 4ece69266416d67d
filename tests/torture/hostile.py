"""One thing changed at a time in the files of a whole record, whose manifest fits them afterwards."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from emogeo.store.keys import key_of
from emogeo.store.tensors import pack, unpack
from tests.planted_records import Files

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J",
    '=HYPERLINK("http://x","y")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "\r=1+1",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a&b<b>\"'",
    "$\\frac{1}{0}$ $",
    "\u202egnp.exe",
    "\ud800",
    "\x00",
    "line\nline",
    "\u2028",
    "../../etc/passwd",
    "{{7*7}}",
    "x" * 5000,
    "",
    " ",
)
_OTHER = (
    None,
    True,
    -1,
    0,
    1,
    2**31,
    2**63,
    2**70,
    10**400,
    1e308,
    -1e308,
    0.5,
    "word",
    [],
    {},
    [[]],
    [None],
    {"a": 1},
)
_LITERALS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "[" * 10_000 + "]" * 10_000,
    '{"a":' * 10_000 + "1" + "}" * 10_000,
)
_MARK = "\ue000literal\ue000"
"""Stands in JSON where a literal goes that Python does not write."""


@dataclass(frozen=True)
class Altered:
    """The files of a record after a change."""

    files: Files
    what: str
    key: str | None = None
    """Another key under which the record is to lie; None for its own."""
    impossible: bool = False
    """Whether no run can have recorded it, so that it must be left out."""
    manifest: bytes | None = None
    """A manifest that lies; None for one that fits the files."""


Change: TypeAlias = Callable[[Files, random.Random], Altered]


def altered(files: Files, draw: random.Random) -> Altered:
    """Changes one thing."""
    json_files = [name for name in files if name.endswith(".json")]
    line_files = [name for name in files if name.endswith(".jsonl")]
    array_files = [name for name in files if name.endswith(".safetensors")]
    ways: list[tuple[float, Callable[[], Altered]]] = [(6, lambda: _in_json(files, draw.choice(json_files), draw))]
    ways += [(3, lambda: _in_lines(files, draw.choice(line_files), draw))] if line_files else []
    ways += [(4, lambda: _in_arrays(files, draw.choice(array_files), draw))] if array_files else []
    ways += [(1, lambda: _in_header(files, draw.choice(array_files), draw))] if array_files else []
    ways += [(1, lambda: _in_bytes(files, draw.choice(list(files)), draw))]
    ways += [(1, lambda: _in_meaning(files, draw))] if "run.json" in files else []
    return draw.choices([way for _, way in ways], [weight for weight, _ in ways])[0]()


def _in_json(files: Files, name: str, draw: random.Random) -> Altered:
    found = json.loads(files[name])
    what, literal, double = _change(found, draw)
    return Altered({**files, name: _written(found, literal, double)}, f"{name}: {what}", impossible=double is not None)


def _in_lines(files: Files, name: str, draw: random.Random) -> Altered:
    lines = files[name].splitlines()
    at, way = draw.randrange(len(lines)), draw.randrange(7)
    what, impossible = f"{name}: line {at + 1}: ", False
    if way < 4:
        row = json.loads(lines[at])
        said, literal, double = _change(row, draw)
        lines[at], what, impossible = _written(row, literal, double), what + said, double is not None
    elif way == 4:
        del lines[at]
        what += "gone"
    elif way == 5:
        lines.insert(at, lines[at])
        what += "twice"
    else:
        lines[at] = draw.choice([b"\xff\xfe", b"null", b"[]", b"", b'"x"', b"\xef\xbb\xbf" + lines[at], b"{}"])
        what += repr(lines[at][:20])
    return Altered({**files, name: b"\n".join(lines) + b"\n"}, what, impossible=impossible)


def _written(found: Any, literal: str | None, double: str | None) -> bytes:
    text = json.dumps(found)
    if literal is not None:
        text = text.replace(json.dumps(_MARK), literal)
    if double is not None:
        text = f'{{"{double}":{json.dumps(found[double])},{text[1:]}'
    return text.encode()


def _places(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = found.items() if isinstance(found, dict) else enumerate(found[:3]) if isinstance(found, list) else ()
    for name, part in inner:
        yield (*path, name)
        yield from _places(part, (*path, name))


def _change(found: Any, draw: random.Random) -> tuple[str, str | None, str | None]:
    """Changes one value in place; says what, which literal its mark stands for, and which field stands twice."""
    places = list(_places(found))
    shallow = [place for place in places if len(place) < 3] or places
    place = draw.choice(draw.choice([places, shallow]))
    holder = found
    for step in place[:-1]:
        holder = holder[step]
    name, where, way = place[-1], ".".join(map(str, place)), draw.randrange(9)
    old = holder[name]
    if way == 0:
        del holder[name]
        return f"{where} gone", None, None
    if way == 1 and isinstance(holder, dict) and len(place) == 1 and isinstance(name, str):
        return f"{where} twice", None, name
    if way == 2:
        literal = draw.choice(_LITERALS)
        holder[name] = _MARK
        return f"{where} = {literal[:12]}", literal, None
    if way == 3 and isinstance(holder, dict):
        said = draw.choice(HOSTILE)
        holder[said] = old if draw.random() < 0.5 else holder.pop(name)
        return f"{where}: field {said[:20]!r}", None, None
    if way in (4, 5) and isinstance(old, str):
        said = draw.choice(HOSTILE)
        holder[name] = draw.choice([said, old + said, said + old, old.upper()])
    elif way in (4, 5) and isinstance(old, list) and old:
        holder[name] = draw.choice([old[1:], [*old, old[0]], old[::-1], old * 2, [old[0]] * len(old), [old]])
    elif way in (6, 7) and isinstance(old, int | float) and not isinstance(old, bool):
        holder[name] = draw.choice([-old, old + 1, old * 1000, old - 1, old / 3, float(old), 2**62, -(2**62), 1e300])
    else:
        holder[name] = draw.choice(_OTHER)
    return f"{where} = {str(holder[name])[:40]!r} for {str(old)[:20]!r}", None, None


def _in_meaning(files: Files, draw: random.Random) -> Altered:
    """Changes the meaning, or the key, or both so that they fit each other under another folder."""
    found = json.loads(files["run.json"])
    way = draw.randrange(3)
    if way == 0:
        found["key"] = draw.choice(["0" * 64, found["key"].upper(), found["key"][:12], "../../x", found["key"] + "\n"])
        return Altered({**files, "run.json": json.dumps(found).encode()}, "another key inside", impossible=True)
    found["meaning"]["forged"] = draw.choice([1, "x", None, [1]])
    if way == 1:
        return Altered({**files, "run.json": json.dumps(found).encode()}, "another meaning", impossible=True)
    found["key"] = key_of(found["meaning"])
    what, literal, double = _change(found, draw)
    again = _written(found, literal, double)
    return Altered(
        {**files, "run.json": again},
        f"signed again: {what}",
        key_of({**found["meaning"]})
        if literal is None and isinstance(found.get("meaning"), dict) and _signs(found)
        else None,
    )


def _signs(found: Any) -> bool:
    try:
        return key_of(found["meaning"]) == found.get("key")
    except (ValueError, TypeError):
        return False


def _in_arrays(files: Files, name: str, draw: random.Random) -> Altered:
    arrays = {own: value.copy() for own, value in unpack(files[name]).items()}
    own = draw.choice(sorted(arrays))
    found, way = arrays[own], draw.choice(sorted(_ARRAYS))
    changed = _ARRAYS[way](found, draw)
    if changed is None:
        del arrays[own]
    else:
        arrays[own] = changed
    same = changed is not None and changed.shape == found.shape and changed.dtype.kind == found.dtype.kind
    close = same and bool(np.allclose(changed, unpack(files[name])[own], rtol=1e-3, atol=1e-3))
    turned = own == "vectors" and way == "scaled"  # which leaves cosines as they are
    checked = (own in {"vectors", "rdm", "rdm_by_layer"} and not turned) or way in {
        "NaN",
        "infinite",
        "all NaN",
        "one more axis",
    }
    return Altered({**files, name: pack(arrays)}, f"{name}: {own}: {way}", impossible=checked and not close)


def _put(value: float) -> Callable[[Any, random.Random], Any]:
    def changed(found: Any, draw: random.Random) -> Any:
        if found.size:
            found.flat[draw.randrange(found.size)] = value if found.dtype.kind == "f" else 2**40
        return found

    return changed


def _shuffled(found: Any, draw: random.Random) -> Any:
    order = list(range(len(found)))
    draw.shuffle(order)
    return found[order]


def _noise(found: Any, draw: random.Random) -> Any:
    return np.random.default_rng(draw.randrange(99)).normal(size=found.shape).astype(found.dtype)


def _diagonal(found: Any, draw: random.Random) -> Any:
    if found.ndim == 2:
        np.fill_diagonal(found, 0.5)
    return found


_ARRAYS: dict[str, Callable[[Any, random.Random], Any]] = {
    "NaN": _put(np.nan),
    "infinite": _put(np.inf),
    "one value": _put(0.123),
    "huge": _put(1e30),
    "negative": _put(-0.5),
    "all NaN": lambda found, draw: np.full(found.shape, np.nan, np.float32),
    "zero": lambda found, draw: np.zeros_like(found),
    "constant": lambda found, draw: np.full_like(found, 1),
    "scaled": lambda found, draw: found * draw.choice([1e-30, 1e20, -1, 2]),
    "noise": lambda found, draw: (
        found + np.random.default_rng(draw.randrange(99)).normal(size=found.shape).astype(found.dtype)
    ),
    "transposed": lambda found, draw: found.T,
    "a row less": lambda found, draw: found[1:],
    "a row more": lambda found, draw: np.concatenate([found, found[:1]]),
    "one more axis": lambda found, draw: found[None],
    "flat": lambda found, draw: found.ravel(),
    "empty": lambda found, draw: found[:0],
    "no axis": lambda found, draw: np.array(1.0),
    "shuffled": _shuffled,
    "repeated row": lambda found, draw: np.concatenate([found[:1]] * len(found)),
    "diagonal": _diagonal,
    "half": lambda found, draw: found.astype(np.float16),
    "double": lambda found, draw: found.astype(np.float64),
    "whole": lambda found, draw: found.astype(np.int64),
    "truth": lambda found, draw: found.astype(bool),
    "gone": lambda found, draw: None,
}


def _in_header(files: Files, name: str, draw: random.Random) -> Altered:
    """A header of safetensors that lies."""
    content = files[name]
    length = struct.unpack("<Q", content[:8])[0]
    header, data = json.loads(content[8 : 8 + length]), content[8 + length :]
    own = draw.choice(sorted(header))
    way = draw.randrange(9)
    if way == 0:
        return Altered(
            {**files, name: struct.pack("<Q", 2**63) + content[8:]}, f"{name}: a header without end", impossible=True
        )
    if way == 1:
        header[own]["shape"] = [2**20, 2**20]
    elif way == 2:
        header[own] = {"dtype": "F32", "shape": [0, 2**62], "data_offsets": [0, 0]}
    elif way == 3:
        header[own]["data_offsets"] = [0, 2**50]
    elif way == 4:
        header[own]["dtype"] = draw.choice(["BF16", "F8_E4M3", "F64", "I8", "BOOL", "X", "F4", "C64"])
    elif way == 5:
        header[own]["shape"] = [2**33, 2**33]
    elif way == 6:
        header["__metadata__"] = {"x": draw.choice(HOSTILE)}
    elif way == 7:
        header[draw.choice(HOSTILE)] = {"dtype": "F32", "shape": [0], "data_offsets": [len(data), len(data)]}
    else:
        header[own]["shape"] = [-1]
    text = json.dumps(header).encode()
    return Altered({**files, name: struct.pack("<Q", len(text)) + text + data}, f"{name}: header of kind {way}")


def _in_bytes(files: Files, name: str, draw: random.Random) -> Altered:
    content, way = files[name], draw.randrange(7)
    if way == 0:
        return Altered({own: each for own, each in files.items() if own != name}, f"{name} gone")
    if way == 1:
        return Altered({**files, draw.choice(["more.txt", "\x1b[2Jx", "<b>", "=1+1"]): b"x"}, "a file more")
    others = [b"", content[: len(content) // 2], b"\x00" * 100, content + b"\x00", draw.randbytes(200)]
    made = others[way - 2]
    return Altered({**files, name: made}, f"{name}: other bytes ({way})")
