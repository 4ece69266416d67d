"""What stands between columns."""

from __future__ import annotations

import pytest

from emogeo.stimuli.delimiters import delimiter_of, in_words, told


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_that_of_the_table(mark: str) -> None:
    lines = [mark.join(row) + "\n" for row in (("emotion", "text"), ("joy", "one"), ("fear", "two"))]
    assert delimiter_of(lines, ["emotion", "text"], None) == mark
    assert delimiter_of([f"# {line}" for line in lines], [], ["emotion", "text"]) == mark


@pytest.mark.parametrize("first", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
def test_a_first_line_may_tell_it(first: str) -> None:
    lines = [first, "a;b\n"]
    assert told(lines) == ";"
    assert lines == ["\n", "a;b\n"]
    for none in ([], ["a;b\n"], ["sep=x\n"]):
        assert told(none) is None


def test_words() -> None:
    assert in_words(";") == "semicolons"
    assert in_words("~") == "'~'"
