"""Tables in JSON, against what pandas writes."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from emogeo.stimuli.json_tables import alike, is_row, length_of_texts, rows_of_table

LONG = "She stood on the platform and could not keep from laughing, number {}."
ROWS = [{"emotion": e, "topic": f"t{at}", "text": LONG.format(at)} for at, e in enumerate(("joy", "fear", "joy"))]


@pytest.mark.parametrize("orient", ["split", "columns"])
def test_what_pandas_writes(orient: Any) -> None:
    assert rows_of_table(json.loads(pd.DataFrame(ROWS).to_json(orient=orient)), "text") == ROWS


def test_lists() -> None:
    bare = [list(row.values()) for row in ROWS]
    columns = {name: [row[name] for row in ROWS] for name in ROWS[0]}
    assert rows_of_table(columns, "text") == ROWS
    assert rows_of_table(columns, "story") == ROWS, "texts of unlike length are no labels' texts"
    assert rows_of_table([list(ROWS[0]), *bare], "text") == ROWS
    assert rows_of_table([["label", "n", "story"], *bare], "text") == [
        dict(zip(("label", "n", "story"), row, strict=True)) for row in bare
    ]
    assert rows_of_table(bare, "text") == [
        {f"column {at}": cell for at, cell in enumerate(row, start=1)} for row in bare
    ]


@pytest.mark.parametrize(
    "value",
    [
        ROWS,
        ROWS[0],
        [],
        [["a", "b"]],
        [["a", "b"], ["c"]],
        {"joy": [LONG, LONG], "fear": [LONG, LONG]},
        {"emotion": "joy", "text": ["a", "b"]},
        {"train": ROWS, "test": ROWS},
        {"columns": ["a"], "data": [[1, 2], [3, 4]]},
        "text",
    ],
)
def test_what_is_no_table(value: object) -> None:
    assert rows_of_table(value, "text") is None


def test_lengths_and_headers() -> None:
    assert length_of_texts({"a": ["xx", "xxxx"], "b": None, "c": 3}) == 3
    assert alike([3, 4, 8])
    assert not alike([3, 9])
    assert not alike([3])
    assert is_row(["joy", "one two three four five"])
    assert not is_row(["emotion", "the text itself"])
