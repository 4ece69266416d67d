"""What is written to a terminal fits into it, and what is typed again is what was meant."""

from __future__ import annotations

import argparse
import io
import logging
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emogeo import terminal
from emogeo.terminal import Described, Lines, LogFile, aligned, cells, columns, paragraph, pasteable, told

WORDS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=120), max_size=8)


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("given", "found"), [("100", 100), ("20", 40), ("500", 120), ("0", 80), ("x", 80)])
def test_the_columns_are_those_that_are_set_within_bounds(
    given: str, found: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", given)
    monkeypatch.setattr(sys, "__stdout__", io.StringIO())
    assert columns() == found


def test_a_paragraph_hangs_and_letters_may_be_wide() -> None:
    assert paragraph("a b c d", 5, "- ", "  ") == ["- a b", "  c d"]
    assert all(cells(line) <= 12 for line in paragraph("喜" * 40 + " x", 12, "  "))
    assert paragraph("see /a/very/long/path", 8, whole=True) == ["see", "/a/very/long/path"]
    assert paragraph("", 8) == [""]


def test_texts_are_aligned_by_the_cells_that_they_take() -> None:
    assert aligned("喜", 4) == "喜  "
    assert aligned("a", 3, right=True) == "  a"


@settings(max_examples=60, deadline=None)
@given(WORDS, st.sampled_from([40, 80]))
def test_a_shell_gets_the_very_words(words: list[str], width: int) -> None:
    words = ["printf", *words]
    lines = pasteable(words, width)
    script = "\n".join(lines).replace("printf", "printf '%s\\0'", 1)
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    given = words[1:]
    assert done.stdout.decode().split("\0")[: len(given)] == given


def test_a_command_fits_and_breaks_where_it_can() -> None:
    words = ["python", "train.py", f"model={','.join(f'a-model-{n}' for n in range(30))}", "store.path='my store'"]
    lines = pasteable(words, 80)
    assert max(map(len, lines)) <= 80
    assert all(line.endswith("\\") for line in lines[:-1]) and not lines[-1].endswith("\\")
    assert all(line.endswith(",\\") for line in lines[1:-2])


def test_help_keeps_short_lines_and_breaks_long_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    texts = f"two\nlines\n{'word ' * 30}\n  python -m emogeo.x {'option=value ' * 9}"
    parser = argparse.ArgumentParser(description=texts, formatter_class=Described)
    lines = parser.format_help().split("\n")
    assert max(map(len, lines)) <= 80
    assert "lines" in lines
    assert any(line.startswith("  python -m emogeo.x") and line.endswith(" \\") for line in lines)


def test_a_message_is_broken_for_people_and_whole_for_programs() -> None:
    text = "emogeo: " + "word " * 40
    assert told(text, io.StringIO()) == text
    assert max(map(len, told(text, Terminal()).split("\n"))) <= columns()


def test_a_log_line_is_broken_in_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    record = logging.makeLogRecord({"msg": "word " * 40, "levelname": "INFO"})
    lines = Lines("%(levelname)s %(message)s")
    monkeypatch.setattr(sys, "stdout", Terminal())
    first, *rest = lines.format(record).split("\n")
    assert first.startswith("INFO word") and rest and all(line.startswith("  word") for line in rest)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert "\n" not in lines.format(record)


def test_what_steers_a_terminal_is_spelled_out() -> None:
    assert terminal.harmless("a\x1b[2J\u202eb\x07\tc\nd") == "a\\x1b[2J\\u202eb\\x07\\tc\nd"
    assert terminal.harmless("日本 é 👩\u200d🚀") == "日本 é 👩\u200d🚀"
    assert terminal.one_line("a\nb\u2028c") == "a\\nb\\u2028c"


def test_a_log_that_cannot_be_written_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    handler = LogFile("/dev/full")
    for _ in range(3):
        handler.handle(logging.LogRecord("a", logging.INFO, "f", 1, "words", None, None))
    assert capsys.readouterr().err == "The log /dev/full cannot be written: No space left on device.\n"
