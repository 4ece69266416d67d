"""Tables as text: delimiters, headers, comments, and broken rows that cost only themselves."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emogeo.errors import StimuliError
from emogeo.stimuli.delimited import parse_table
from emogeo.stimuli.delimiters import DELIMITERS
from emogeo.stimuli.records import Parsed

WANTED = ["text", "emotion", "topic"]


def parse(text: str, columns: list[str] | None = None, name: str = "a.csv") -> Parsed:
    return parse_table(text, name, WANTED, columns)


def texts(parsed: Parsed) -> list[object]:
    return [record.values["text"] for record in parsed.records]


def broken(parsed: Parsed) -> list[str]:
    return [f"{one.where}: {one.why}" for one in parsed.broken]


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_is_found_though_texts_have_others(delimiter: str) -> None:
    rows = ["emotion topic text", "joy a one; two, three | four\tfive", "fear b six, seven; eight"]
    table = "\n".join('{}{d}{}{d}"{}"'.format(*row.split(" ", 2), d=delimiter) for row in rows)
    parsed = parse(table)
    assert texts(parsed) == ["one; two, three | four\tfive", "six, seven; eight"]
    assert parsed.notes == (
        () if delimiter == "," else (f"a.csv read with {DELIMITERS[delimiter]}"[6:] + " between columns",)
    )


@pytest.mark.parametrize("header", ["label{d}setting{d}story", "joy{d}1{d}no header here but five words, or; more"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_without_known_names(delimiter: str, header: str) -> None:
    lines = [f'joy{delimiter}{at}{delimiter}"She laughed; and sang, all the way"' for at in range(4)]
    quoted = delimiter.join(f'"{cell}"' for cell in header.split("{d}"))
    parsed = parse("\n".join([quoted, *lines]))
    assert {len(record.values) for record in parsed.records} == {3}
    assert parsed.unnamed == ("header" in header)


def test_blanks_after_delimiters_belong_to_no_cell() -> None:
    parsed = parse('emotion, topic, text\njoy, a, "one, two"\n')
    assert [dict(record.values) for record in parsed.records] == [{"emotion": "joy", "topic": "a", "text": "one, two"}]


def test_comments_and_blank_lines_are_left_out_and_texts_that_begin_with_a_hash_are_not() -> None:
    table = (
        "# made by hand\n\n#\nemotion,topic,text\njoy,a,#happy\n# a comment, with a comma\n   \n,,\n"
        'joy,b,"first\n# second\n\nthird"\n#joy,c,its label begins so\n"#x",d,quoted\n'
    )
    parsed = parse(table)
    assert texts(parsed) == ["#happy", "first\n# second\n\nthird", "its label begins so", "quoted"]
    assert [record.where for record in parsed.records] == [f"a.csv line {at}" for at in (5, 9, 13, 14)]
    assert parsed.notes == (
        "comment lines (#) left out: 3",
        "rows that begin with # and have every column, read as rows: 1, the first in line 13",
    )


def test_a_table_without_header_is_read_by_its_columns() -> None:
    columns = ["emotion", "topic", "text"]
    assert texts(parse("# c\njoy,1,one\nfear,2,two\n", columns)) == ["one", "two"]
    assert texts(parse("emotion,topic,text\njoy,1,one\n", columns)) == ["one"]
    assert broken(parse("joy,1\nfear,2\n", columns)) == [
        "a.csv line 1: 2 field(s) where there are 3 columns",
        "a.csv line 2: 2 field(s) where there are 3 columns",
    ]


def test_each_broken_row_costs_only_itself() -> None:
    table = (
        'emotion,topic,text\njoy,a,"He said "no" to it\nfear,a,"fine, this"\njoy,b,"never closed\nfear,b,ok\n'
        'joy,c\nfear,c,one,two\njoy,d,"closed" more\nfear,d,last\n'
    )
    parsed = parse(table)
    assert texts(parsed) == ["fine, this", "ok", "last"]
    lines = broken(parsed)
    assert [line.partition(":")[0] for line in lines] == [f"a.csv line {at}" for at in (2, 4, 6, 7, 8)]
    for line, words in zip(
        lines, ["after a closing double quote", "never closed", "2 field(s)", "double quotes", "after a"], strict=True
    ):
        assert words in line


def test_quotes_in_tables_between_tabs_may_be_plain_characters() -> None:
    parsed = parse('emotion\ttopic\ttext\njoy\ta\t"No," she said.\nfear\tb\t"so\n', name="a.tsv")
    assert texts(parsed) == ['"No," she said.', '"so']
    assert parsed.notes == ("double quotes read as part of the text",)
    assert texts(parse('emotion\ttopic\ttext\njoy\ta\t"one\ttwo"\n', name="a.tsv")) == ["one\ttwo"]
    lines = ["emotion\ttopic\ttext", 'joy\ta\t"Wait', "fear\tb\tbetween", 'joy\tb\tfor me"']
    assert texts(parse("\n".join(lines), name="a.tsv")) == ['"Wait', "between", 'for me"']


def test_headers_that_cannot_be() -> None:
    with pytest.raises(StimuliError, match="two columns are called 'text'"):
        parse("text,text\na,b\n")
    with pytest.raises(StimuliError, match="line 1: not CSV"):
        parse('"emotion,text\n')
    assert parse("") == parse("\n# only this\n") or parse("").records == ()


def test_long_fields_are_read_up_to_a_million_characters() -> None:
    before = csv.field_size_limit()
    parsed = parse(f"emotion,topic,text\njoy,a,{'x' * 140_000}\njoy,a,{'y' * 1_000_001}\nfear,a,ok\n")
    assert [len(text) for text in texts(parsed)] == [140_000, 2]
    assert "more than 1,000,000 characters" in broken(parsed)[0]
    assert csv.field_size_limit() == before


def test_empty_fields_after_the_last_column_are_none() -> None:
    for header, row in (("", ","), ("", ",,"), (",", ","), (",", "")):
        parsed = parse(f"emotion,topic,text{header}\njoy,a,one{row}\nfear,a,two{row}\n")
        assert (texts(parsed), broken(parsed)) == (["one", "two"], [])
    assert "more fields than columns" in broken(parse("emotion,topic,text\njoy,a,one,more\n"))[0]
    assert "2 field(s) where there are 4 columns" in broken(parse("emotion,topic,text,\njoy,a\n"))[0]


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1).filter(str.strip)


@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6),
    delimiter=st.sampled_from(list(DELIMITERS)),
    how=st.sampled_from([(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\r\n"), (csv.QUOTE_ALL, "\n")]),
)
def test_what_is_written_is_read(rows: list[tuple[str, str, str]], delimiter: str, how: tuple[int, str]) -> None:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, quoting=how[0], lineterminator=how[1])  # type: ignore[arg-type]
    writer.writerows([("emotion", "topic", "text"), *rows])
    parsed = parse(stream.getvalue())
    assert [tuple(record.values.values()) for record in parsed.records] == rows
    assert not parsed.broken


def test_a_header_that_stands_again_is_left_out() -> None:
    text = "emotion,topic,text\njoy,home,one\nemotion, topic,text\nfear,home,two\n"
    parsed = parse_table(text, "mine.csv", ["emotion", "topic", "text"], None)
    assert [record.values["emotion"] for record in parsed.records] == ["joy", "fear"]
    assert parsed.notes == ("rows that repeat the header left out: 1, the first in line 3",)


def test_the_first_line_of_excel() -> None:
    parsed = parse_table("sep=;\nemotion;text\njoy;one, two\n", "mine.csv", ["emotion", "text"], None)
    assert [(record.where, dict(record.values)) for record in parsed.records] == [
        ("mine.csv line 3", {"emotion": "joy", "text": "one, two"})
    ]


def test_rows_that_all_begin_with_a_hash_are_read_where_columns_are_named() -> None:
    text = "#joy,home,one\n#fear,home,two\n"
    assert parse_table(text, "mine.csv", ["emotion", "text"], None).notes == ("comment lines (#) left out: 2",)
    parsed = parse_table(text, "mine.csv", [], ["emotion", "topic", "text"])
    assert [record.values["emotion"] for record in parsed.records] == ["#joy", "#fear"]


def test_a_column_that_is_called_column_3_is_not_one_without_a_name() -> None:
    parsed = parse_table("emotion,text,column 3\njoy,hello there\n", "mine.csv", ("emotion", "text"), None)
    assert [own.why for own in parsed.broken] == ["2 field(s) where there are 3 columns"]
    without = parse_table("emotion,text,\njoy,hello there\n", "mine.csv", ("emotion", "text"), None)
    assert len(without.records) == 1
