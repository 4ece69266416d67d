"""The cells of files of norms: delimiters, headers, encodings, and what is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emogeo.errors import StimuliError
from emogeo.stimuli.norm_cells import column_of, numbers_in, numbers_of, read_cells, read_sheet


def written(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    path = folder / "norms.txt"
    path.write_text(content, encoding=encoding)
    return path


@pytest.mark.parametrize("delimiter", ["\t", ";", ",", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_delimiter_and_unicode_encoding_is_read(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = ["# rated by, whom; ever", "word:v:a", "", "café:1:2", "at ease:3:4"]
    path = written(tmp_path, "\r\n".join(lines).replace(":", delimiter), encoding)
    sheet = read_sheet(path, "norms.path")
    assert list(sheet.cells.columns) == ["word", "v", "a"]
    assert list(column_of(sheet, "word")) == ["café", "at ease"]
    assert list(numbers_of(sheet, "a")) == [2, 4]


def test_decimal_commas_are_read_between_semicolons(tmp_path: Path) -> None:
    sheet = read_sheet(written(tmp_path, "froh;7,1;3,25;1\nruhig;6,9;1,5;2"), "norms.path")
    assert not sheet.named
    assert list(numbers_of(sheet, "column 3")) == [3.25, 1.5]


def test_words_that_read_as_missing_are_words(tmp_path: Path) -> None:
    sheet = read_sheet(written(tmp_path, "word,v\nnull,1\nNA,2\nnan,3"), "norms.path")
    assert list(column_of(sheet, "word")) == ["null", "NA", "nan"]


def test_a_header_may_be_of_numbers_where_it_begins_as_one(tmp_path: Path) -> None:
    for first in ("", "word", "Term"):
        sheet = read_sheet(written(tmp_path, f"{first},0,1\nhappy,0.1,0.2\nsad,0.3,0.4"), "norms.path")
        assert list(sheet.cells.columns) == [first, "0", "1"]
    assert not read_sheet(written(tmp_path, "happy,0.1,0.2\nsad,0.3,0.4"), "norms.path").named


def test_what_is_no_number_is_found() -> None:
    numbers = numbers_in(["1", "n/a", "", "-inf", "2e1"], ",")
    assert numbers is not None
    np.testing.assert_array_equal(numbers, [1, np.nan, np.nan, -np.inf, 20])
    assert numbers_in(["1", "1.5x"], ",") is None
    assert numbers_in(["", "NA"], ",") is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("happy\nsad\n", "has no columns between tabs, semicolons, commas or |:\n  happy\n  sad"),
        ("", "has no columns between tabs, semicolons, commas or |:\n  (nothing)"),
        ("word,v\n", "has a header and no words."),
        ('word,v\n"sad,1\nhappy",2\n', "a quotation mark that opens a cell over several lines: take it out."),
        ('word,v\n"sad,1\nhappy,2\n', "EOF inside string"),
        ("word,v\nsad,1\nhappy,2,3\n", "Expected 2 fields in line 3, saw 3"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(StimuliError) as error:
        read_sheet(path, "norms.path")
    assert str(error.value).startswith(f"norms.path={path}")
    assert said in str(error.value)


def test_another_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(StimuliError, match="is not UTF-8 text .* at byte 3, .*Save it as UTF-8"):
        read_cells(written(tmp_path, "cafés,1", "latin-1"), "norms.path")


def test_columns_that_are_not_there_are_answered_with_those_that_are(tmp_path: Path) -> None:
    sheet = read_sheet(written(tmp_path, "word,v,v,pos\nsad,1,2,adj\n"), "norms.path")
    for name, said in (("w", "has no column 'w'"), ("v", "has 2 columns 'v'"), ("pos", "'pos' holds 'adj', no number")):
        with pytest.raises(StimuliError, match=f"{said}. Its columns are word, v, v, pos"):
            numbers_of(sheet, name)
