"""JSON that would fail later is refused when it is read, with file, line and field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emogeo.errors import RecordError
from emogeo.record.decoded import decoded
from emogeo.record.files import ITEMS, SHIFTS, TEXTS
from tests.planted_records import Files, behaviour, geometry, steering
from tests.record.altering import left_out, lines, rewritten

NESTED = b"[" * 100_000 + b"]" * 100_000
SAID = "half of a surrogate pair, which is no text (character"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "here: not JSON"),
        (b"\xff", "here: not JSON"),
        (NESTED, "here: nested too deep"),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "here: nested too deep"),
        (rb'{"a": {"b": ["", "x\ud800"]}}', f"here: a.b.1: {SAID} 1)"),
        (rb'{"a": {"\udfff": 1}}', f"here: a: the name of a field: {SAID} 0)"),
        (b'{"a": [%d]}' % 2**63, "here: a.0: a whole number beyond 64 bits"),
        (b"9" * 5000, "here: not JSON"),
    ],
)
def test_what_would_fail_later_is_named(content: bytes, said: str) -> None:
    with pytest.raises(RecordError) as error:
        decoded(content, "here")
    assert str(error.value).startswith(said)


def test_whole_json_is_read_as_it_is() -> None:
    value = {"a": [1, 2.5, None, True, "𝄞 ü", {"": {}}], "b": 2**63 - 1}
    assert decoded(json.dumps(value).encode(), "here") == value


def nested(files: Files, name: str) -> Files:
    return {**files, name: b'{"text":' + NESTED + b"}\n" + files[name]}


def test_nesting_never_stops_an_analysis(tmp_path: Path) -> None:
    record, files = geometry()
    assert left_out(tmp_path / "run", record, files, NESTED).startswith("run.json: nested too deep")
    within = rewritten(record, lambda r: r["meaning"].update(deep="DEEP")).replace(b'"DEEP"', NESTED)
    assert left_out(tmp_path / "meaning", record, files, within).startswith("run.json: nested too deep")
    assert left_out(tmp_path / "texts", record, nested(files, TEXTS)).startswith(f"{TEXTS}: line 1: nested too deep")
    for kind, name in ((steering, TEXTS), (steering, SHIFTS), (behaviour, ITEMS)):
        record, files = kind()
        said = left_out(tmp_path / record.mode.value / name, record, nested(files, name))
        assert said.startswith(f"{name}: line 1: nested too deep")


def test_half_a_surrogate_pair_is_named_where_it_stands(tmp_path: Path) -> None:
    record, files = geometry()
    half = rewritten(record, lambda r: r.update(title="\ud800"))
    assert left_out(tmp_path / "title", record, files, half) == f"run.json: title: {SAID} 0)"
    half = rewritten(record, lambda r: r["config"]["model"].update(name="a\udc00"))
    assert left_out(tmp_path / "name", record, files, half) == f"run.json: config.model.name: {SAID} 1)"
    ends = lines(TEXTS, lambda rows: rows[2].update(text="It ends so: \ud800"))(files)
    assert left_out(tmp_path / "text", record, ends) == f"{TEXTS}: line 3: text: {SAID} 12)"
    record, files = steering()
    ends = lines(TEXTS, lambda rows: rows[0].update(text="\ud800"))(files)
    assert left_out(tmp_path / "steered", record, ends) == f"{TEXTS}: line 1: text: {SAID} 0)"


@pytest.mark.parametrize(
    ("content", "said"),
    {
        b'{"a": 1, "b": {"c": 1, "c": 2}}': "x: not JSON: the field c stands twice",
        b'{"a": NaN}': "x: not JSON: NaN is no number of JSON",
        b'{"a": [1e999]}': "x: a.0: a number that is not finite",
    }.items(),
)
def test_what_json_does_not_say_once_and_finitely(content: bytes, said: str) -> None:
    with pytest.raises(RecordError) as error:
        decoded(content, "x")
    assert str(error.value) == said
