"""Texts in files of any shape, read into rows."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import time
import zipfile
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from emogeo.config.texts import FieldsConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.reading import Read, Row, read_texts, rows_of

FORMATS = Path(__file__).parent / "formats"


def read(path: object, mend: bool = False, **fields: object) -> Read:
    return read_texts(str(path), FieldsConfig(**fields), mend)  # type: ignore[arg-type]


def refused(path: object, mend: bool = False, **fields: object) -> str:
    with pytest.raises(StimuliError) as error:
        read(path, mend, **fields)
    return str(error.value)


def counts(got: Read) -> dict[str | None, int]:
    return dict(Counter(row.emotion for row in got.rows))


def topics(got: Read) -> set[str | None]:
    return {row.topic for row in got.rows}


def test_records_in_memory() -> None:
    fields = FieldsConfig(text="story")
    rows = rows_of([{"emotion": "joy", "topic": 3, "story": ["one", "two"]}], "mine", fields)
    assert rows == [Row("joy", "3", text, None, "mine[0]") for text in ("one", "two")]
    for record, words in (({"text": "one"}, "no text in story. Its fields are text."), (3, "expected an object")):
        with pytest.raises(StimuliError, match=rf"mine\[0\]: {words}"):
            rows_of([record], "mine", fields)  # type: ignore[list-item]


def write_csv(path: Path, rows: list[tuple[str, ...]], delimiter: str = ",") -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


def write_jsonl(path: Path, rows: list[dict[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


HEADER = ("emotion", "topic", "text")
ROWS = [
    ("joy", "a", "one, two"),
    ("fear", "a", 'three "four"\nfive'),
    ("joy", "b", "#six"),
    ("fear", "b", "sieben é 八"),
]


def triples(got: Read) -> list[tuple[object, ...]]:
    return [(row.emotion, row.topic, row.text) for row in got.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter(tmp_path: Path, delimiter: str) -> None:
    assert triples(read(write_csv(tmp_path / "a.csv", [HEADER, *ROWS], delimiter))) == ROWS
    assert triples(read(write_csv(tmp_path / "b.csv", ROWS, delimiter), columns=list(HEADER))) == ROWS


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zip"])
def test_packed(tmp_path: Path, suffix: str) -> None:
    data = write_csv(tmp_path / "mine.csv", [HEADER, *ROWS]).read_bytes()
    packed = tmp_path / f"mine.csv{suffix}"
    if suffix == ".zip":
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("inner.csv", data)
    else:
        packed.write_bytes({".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}[suffix](data))
    got = read(packed)
    assert (got.name, triples(got)) == ("mine", ROWS)


def test_parquet(tmp_path: Path) -> None:
    rows = [dict(zip(("label", "topic", "text"), row, strict=True)) for row in ROWS]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "mine.parquet")
    assert triples(read(tmp_path / "mine.parquet", emotion="label")) == ROWS
    error = refused(tmp_path / "mine.parquet", text="story")
    assert "mine.parquet row 1: label → 'joy'" in error


def test_plain_text_in_folders_and_files_of_labels(tmp_path: Path) -> None:
    for label in ("joy", "at ease"):
        (tmp_path / "deep" / label).mkdir(parents=True)
        for at in range(3):
            (tmp_path / "deep" / label / f"{at}.txt").write_text(f"{label} {at}\nsecond line\n")
    (tmp_path / "flat").mkdir()
    for label in ("joy", "at ease"):
        (tmp_path / "flat" / f"{label}.txt").write_text(f"{label} 0\n\n{label} 1\n")
    deep, flat = read(tmp_path / "deep"), read(tmp_path / "flat")
    assert triples(deep)[:1] == [("at ease", None, "at ease 0\nsecond line")]
    assert (counts(deep), deep.name) == ({"joy": 3, "at ease": 3}, "deep")
    assert deep.notes[1:] == ("labels are taken from the names of files or folders: at ease, joy",)
    assert counts(flat) == {"joy": 2, "at ease": 2}
    assert (
        triples(read(tmp_path / "deep/*/[01].txt"))
        == [t for t in triples(deep) if not str(t[2]).startswith("2")][:2] + triples(deep)[3:5]
    )
    assert counts(read(tmp_path / "flat/*.txt")) == counts(flat)
    assert "FOLDER/joy.txt" in refused(tmp_path / "flat/joy.txt")
    assert "2 folders deep" in refused(tmp_path / "**/*.txt")
    assert "expected 'setting'" in refused(tmp_path / "flat", topic="setting")


def test_labels_from_names_where_no_record_has_one(tmp_path: Path) -> None:
    for label in ("joy", "grief-stricken"):
        write_jsonl(tmp_path / "a" / f"{label}.jsonl", [{"text": f"{label} one"}, {"text": f"{label} two"}])
        write_jsonl(tmp_path / "b" / label / "part.jsonl", [{"text": f"{label} one"}])
    assert counts(read(tmp_path / "a")) == {"joy": 2, "grief-stricken": 2}
    assert counts(read(tmp_path / "b")) == {"joy": 1, "grief-stricken": 1}
    assert "expected 'emotion'" in refused(tmp_path / "a/joy.jsonl")
    for split in ("train", "test"):
        write_jsonl(tmp_path / "c" / f"{split}.jsonl", [{"label": "joy", "text": "she laughed a lot"}])
    assert "{emotion: label}" in refused(tmp_path / "c")


def test_names_that_no_file_has(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, *ROWS])
    for name, value in (("topic", "setting"), ("emotion", "label"), ("family", "kind"), ("text", "story")):
        error = refused(path, **{name: value})
        assert f"expected {value!r} among its fields. Its columns are emotion, topic, text" in error
    assert topics(read(path, topic=None)) == {None}


def test_a_table_without_header_and_another_number_of_columns(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS * 2)
    error = refused(path, columns=["emotion", "text"])
    assert "line 1: 3 fields where there are 2 columns" in error
    assert "stimuli.fields names emotion, text" in error
    assert "column 1 → 'joy'" in refused(FORMATS / "01_comments_no_header.csv", columns=["emotion", "text"])
    assert "for tables without header" in refused(FORMATS / "04_array_uneven.json", columns=list(HEADER))


def test_encodings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"emotion,topic,text\nsad,x,caf\xe9\n")
    error = refused(tmp_path / "a.csv", mend=True)
    assert "a.csv is not UTF-8 text" in error
    assert "byte 28" in error


def test_rows_without_texts_are_broken(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"emotion": "joy", "text": "one"}, {"emotion": "joy"}, {"text": 3}, {"text": " "}]
    path = write_jsonl(tmp_path / "a.jsonl", rows)
    error = refused(path)
    assert error.startswith("a.jsonl line 2: no text in text. (3 rows cannot be read; this is the first.)")
    got = read(path, mend=True)
    assert len(got.rows) == 1
    assert got.notes == (
        "3 row(s) left out: a.jsonl line 2: no text in text; a.jsonl line 3: 3 in text is no text; "
        "a.jsonl line 4: the text is empty",
    )
    write_jsonl(tmp_path / "b.jsonl", [{"text": ""}, {"text": "", "emotion": "joy"}])
    assert "No row could be read" in refused(tmp_path / "b.jsonl", mend=True)


def test_empty_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    assert "no rows in a.csv." in refused(tmp_path / "a.csv")
    write_csv(tmp_path / "b.csv", [HEADER, *ROWS])
    assert "a.csv: it holds no rows" in refused(tmp_path)
    assert "1 row(s) left out: a.csv: it holds no rows" in read(tmp_path, mend=True).notes


def test_messages_are_safe_to_print(tmp_path: Path) -> None:
    write_jsonl(tmp_path / "a\x1b[2J.jsonl", [{"la\x1bbel": "\x1b]0;x\x07" * 50, "story": "\u202e" * 500}])
    error = refused(tmp_path / "a\x1b[2J.jsonl")
    assert error.replace("\n", "").isprintable()
    assert len(error) < 1000


def test_several_files_say_a_thing_once(tmp_path: Path) -> None:
    for at in range(5):
        (tmp_path / f"{at}.csv").write_text("emotion,text\njoy,one\n", encoding="utf-16")
    assert read(tmp_path).notes == ("0.csv, 1.csv, 2.csv and 2 more: read as UTF-16",)


def test_a_file_a_cell_of_171_labels_is_read_in_seconds(tmp_path: Path) -> None:
    for label in range(171):
        for topic in range(8):
            stories = [f"Story {at} of {label} on {topic}." for at in range(3)]
            cell = {"emotion": f"label {label}", "topic": f"topic {topic}", "topic_idx": topic, "stories": stories}
            (tmp_path / f"{label}__{topic}.json").write_text(json.dumps(cell, indent=1))
    start = time.perf_counter()
    got = read(tmp_path, text="stories")
    assert time.perf_counter() - start < 10
    assert set(Counter((row.emotion, row.topic) for row in got.rows).values()) == {3}
    assert len(got.rows) == 171 * 8 * 3


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_many_rows_are_read_in_seconds(tmp_path: Path, kind: str) -> None:
    rows = [(f"label {at % 50}", f"topic {at % 7}", f"A text, number {at}.") for at in range(50_000)]
    if kind == "csv":
        path = write_csv(tmp_path / "a.csv", [HEADER, *rows])
    else:
        path = write_jsonl(tmp_path / "a.jsonl", [dict(zip(HEADER, row, strict=True)) for row in rows])
    start = time.perf_counter()
    assert triples(read(path)) == rows
    assert time.perf_counter() - start < 10


WORD = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)
TRIPLES = st.lists(st.tuples(WORD, WORD.map(str.strip), WORD.map(str.strip)), min_size=1, max_size=5)


@pytest.mark.parametrize("suffix", [",.csv", ";.csv", "\t.tsv", "|.csv", " .jsonl", " .json", " .parquet"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=TRIPLES)
def test_what_is_written_is_read(tmp_path: Path, suffix: str, rows: list[tuple[str, str, str]]) -> None:
    marks = {"\t", "\n", "\r"} & set("".join(map("".join, rows)))
    assume(suffix != "\t.tsv" or len(marks) < 2)  # such quoted cells could be rows with quotes of their own
    path = tmp_path / f"mine{suffix[1:]}"
    records = [dict(zip(HEADER, row, strict=True)) for row in rows]
    if suffix.endswith("sv"):
        write_csv(path, [HEADER, *rows], suffix[0])
    elif suffix.endswith("jsonl"):
        write_jsonl(path, list(map(dict, records)))
    elif suffix.endswith("json"):
        path.write_text(json.dumps(records))
    else:
        stream = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(records), stream)
        path.write_bytes(stream.getvalue())
    assert triples(read(path)) == rows
