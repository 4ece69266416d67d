"""Labels before texts, and labels that are columns."""

from __future__ import annotations

from pathlib import Path

from emogeo.config.texts import FieldsConfig
from emogeo.stimuli.marked import is_marked, parse_marked, with_ones
from emogeo.stimuli.reading import read_texts
from emogeo.stimuli.records import Parsed, Record

FIELDS = FieldsConfig()


def test_marks_before_texts() -> None:
    text = "__label__joy One text.\n\n__label__joy __label__fear Two labels.\nnone\n"
    assert is_marked(text)
    assert not is_marked("joy __label__x")
    parsed = parse_marked(text, "mine.txt", FIELDS)
    assert [dict(record.values) for record in parsed.records] == [
        {"emotion": ["joy"], "text": "One text."},
        {"emotion": ["joy", "fear"], "text": "Two labels."},
    ]
    assert [broken.where for broken in parsed.broken] == ["mine.txt line 4"]


def test_files_with_marks(tmp_path: Path) -> None:
    for name in ("mine.txt", "mine.csv"):
        (tmp_path / name).write_text("".join(f"__label__{e} A text, of {e}.\n" for e in ("joy", "fear", "anger")))
        got = read_texts(str(tmp_path / name), FIELDS)
        assert [(row.emotion, row.text) for row in got.rows] == [
            (e, f"A text, of {e}.") for e in ("joy", "fear", "anger")
        ]


def hot(*ones: str, unclear: str = "False") -> Record:
    cells = {name: str(int(name in ones)) for name in ("joy", "fear", "anger", "calm")}
    return Record("line", {"text": "a text", "id": "1", "unclear": unclear, **cells})


def test_columns_of_ones() -> None:
    parsed = with_ones(Parsed((hot("joy"), hot("fear"), hot("joy", "fear"), hot(), hot("calm"))), FIELDS)
    assert [record.values["emotion"] for record in parsed.records] == ["joy", "fear", "calm"]
    assert parsed.notes == (
        "labels are the names of 4 columns of zeros and ones (joy, fear, anger …); left out: 1 row(s) with a 1 in "
        "several, 1 without a 1",
    )


def test_other_columns_are_no_labels() -> None:
    for records in (
        (Record("1", {"text": "a", "joy": 1, "fear": 0, "calm": 0}),),
        (Record("1", {"text": "a", "emotion": "x", **dict.fromkeys("abcd", 0)}),),
        (Record("1", {"text": "a", "a": 1, "b": 0, "c": 2, "d": 0}),),
        (),
    ):
        assert with_ones(Parsed(records), FIELDS).records == records
