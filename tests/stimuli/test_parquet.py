"""Tables of Parquet."""

from __future__ import annotations

import io
import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from emogeo.errors import StimuliError
from emogeo.stimuli import parquet as reader
from emogeo.stimuli.parquet import parse_parquet
from emogeo.stimuli.records import Parsed

ONE = {"emotion": "joy", "text": "one"}
TWO = {"emotion": "fear", "text": "two"}


def values(parsed: Parsed) -> list[object]:
    return [dict(record.values) for record in parsed.records]


def parquet(table: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


def test_parquet_with_lists_structs_and_categories() -> None:
    table = pa.table(
        {
            "emotion": pa.array(["joy", "fear"]).dictionary_encode(),
            "topic": [1, None],
            "text": [["a", "b"], ["c"]],
            "event": [{"x": "d"}, {"x": "e"}],
            "embedding": [[0.1], [0.2]],
        }
    )
    parsed = parse_parquet(parquet(table), "a.parquet", ["text", "emotion", "topic", "event.x"])
    assert values(parsed) == [
        {"text": ["a", "b"], "emotion": "joy", "topic": 1, "event": {"x": "d"}},
        {"text": ["c"], "emotion": "fear", "topic": None, "event": {"x": "e"}},
    ]
    assert [record.where for record in parsed.records] == ["a.parquet row 1", "a.parquet row 2"]
    whole = parse_parquet(parquet(table), "a.parquet", ["story"])
    assert list(whole.records[0].values) == table.column_names


def test_parquet_as_pandas_writes_it() -> None:
    stream = io.BytesIO()
    pd.DataFrame([ONE, TWO], index=[5, 7]).to_parquet(stream)
    assert values(parse_parquet(stream.getvalue(), "a.parquet", ["text", "emotion"])) == [
        {"text": one["text"], "emotion": one["emotion"]} for one in (ONE, TWO)
    ]


def test_what_is_no_parquet(monkeypatch: pytest.MonkeyPatch) -> None:
    data = parquet(pa.table({"text": ["a" * 1000] * 10}))
    for bad in (b"", b"emotion,text\n", data[:-20], data[:10] + data[40:]):
        with pytest.raises(StimuliError, match=r"a\.parquet is not Parquet that can be read"):
            parse_parquet(bad, "a.parquet", ["text"])
    monkeypatch.setattr(reader, "LARGEST", 1000)
    with pytest.raises(StimuliError, match="more than 1,000 bytes"):
        parse_parquet(data, "a.parquet", ["text"])


def test_rows_go_through_as_they_are_written() -> None:
    rows = [{"emotion": e, "topic": t, "text": x} for e, t, x in (("joy", "", "a\r\nb"), ("furcht", "\t", "\u200b 八"))]
    assert values(parse_parquet(parquet(pa.Table.from_pylist(rows)), "a", ["text", "emotion", "topic"])) == rows


def test_categories_are_their_labels() -> None:
    stream = io.BytesIO()
    pd.DataFrame([ONE, TWO]).astype("category").to_parquet(stream)
    assert values(parse_parquet(stream.getvalue(), "a.parquet", ["text", "emotion"])) == [
        {"text": one["text"], "emotion": one["emotion"]} for one in (ONE, TWO)
    ]


def test_numbers_of_labels_have_the_names_that_the_table_gives_them() -> None:
    features = {"label": {"names": ["joy", "fear"], "_type": "ClassLabel"}, "text": {"_type": "Value"}}
    table = pa.table({"text": ["a", "b", "c", "d"], "label": [1, 0, -1, 2]})
    for info, labels in (({"info": {"features": features}}, ["fear", "joy", None, 2]), ({"info": 3}, [1, 0, -1, 2])):
        described = table.replace_schema_metadata({"huggingface": json.dumps(info)})
        parsed = parse_parquet(parquet(described), "a.parquet", ["text", "label"])
        assert [record.values["label"] for record in parsed.records] == labels
    broken = table.replace_schema_metadata({"huggingface": "{"})
    assert parse_parquet(parquet(broken), "a.parquet", ["text", "label"]).notes == ()


def test_other_columns_are_read_where_the_label_is_not_found() -> None:
    table = pa.table({"text": ["a"], "label": [1], "vector": [[0.5, 1.0]]})
    assert values(parse_parquet(parquet(table), "a.parquet", ["text", "emotion"])) == [{"text": "a", "label": 1}]
    many = pa.table({"joy": ["a"] * 300, "fear": ["b"] * 300})
    assert len(parse_parquet(parquet(many), "a.parquet", ["value", "key1"]).records) == 300
