"""One spelling per value, and one key per meaning."""

from __future__ import annotations

import hashlib
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emogeo.store.keys import SCHEMA, canonical_json, json_lines, key_of

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(meaning=st.dictionaries(st.text(), json_values, max_size=6), seed=st.integers())
def test_keys_do_not_depend_on_the_order_of_fields(meaning: dict[str, object], seed: int) -> None:
    shuffled = dict(random.Random(seed).sample(list(meaning.items()), len(meaning)))
    assert key_of(meaning) == key_of(shuffled)
    assert json.loads(canonical_json(meaning)) == meaning


@given(a=json_values, b=json_values)
def test_different_meanings_have_different_keys(a: object, b: object) -> None:
    same = canonical_json(a) == canonical_json(b)
    assert (key_of({"x": a}) == key_of({"x": b})) is same


def test_nan_has_no_key() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        key_of({"x": float("nan")})


def test_the_spelling_is_sorted_without_spaces_and_in_utf_8() -> None:
    assert canonical_json({"b": [1, 2.5, None], "a": "é\u2028"}) == '{"a":"é\u2028","b":[1,2.5,null]}'.encode()


def test_a_key_is_the_sha256_of_the_spelling_with_the_schema() -> None:
    spelled = f'{{"a":[1],"schema":{SCHEMA},"z":true}}'
    assert key_of({"z": True, "a": [1]}) == hashlib.sha256(spelled.encode()).hexdigest()


@given(rows=st.lists(st.dictionaries(st.text(), json_values, max_size=3), max_size=4))
def test_lines_are_read_back_row_by_row(rows: list[dict[str, object]]) -> None:
    lines = json_lines(rows)
    assert [json.loads(line) for line in lines.splitlines()] == rows
    assert lines.count(b"\n") == len(rows)
