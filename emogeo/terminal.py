"""What is written to a terminal fits into its columns; what programs read is left in one line."""

from __future__ import annotations

import argparse
import logging
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Sequence
from typing import TextIO

from wcwidth import width as cells
from wcwidth import wrap

__all__ = [
    "Described",
    "Lines",
    "aligned",
    "cells",
    "columns",
    "harmless",
    "one_line",
    "paragraph",
    "pasteable",
    "told",
]

_STEERS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of Unicode of what is no letter, and does something."""
_KEPT = {"\n", "\u200c", "\u200d"}
"""Of these, line ends and what joins or parts letters."""
USUAL, _LEAST, _MOST = 80, 40, 120
"""Columns where there is no terminal; the fewest and the most that a text is laid out in."""


def harmless(text: str) -> str:
    """Spells out what would steer a terminal, or turn its text around, as escapes; lines and joined letters stay."""
    return "".join(letter if _is_harmless(letter) else letter.encode("unicode_escape").decode() for letter in text)


def one_line(text: str) -> str:
    """Spells out what would break a line as well."""
    return harmless(text).replace("\n", "\\n")


def _is_harmless(letter: str) -> bool:
    return letter.isprintable() or letter in _KEPT or unicodedata.category(letter) not in _STEERS


def columns() -> int:
    """Gives the columns to write in: `COLUMNS` where it is set, else the terminal's, else 80; between 40 and 120."""
    return min(max(shutil.get_terminal_size((USUAL, 24)).columns, _LEAST), _MOST)


def paragraph(text: str, width: int, first: str = "", rest: str | None = None, whole: bool = False) -> list[str]:
    """Breaks one line of text between words.

    Args:
        first: what goes before the first line.
        rest: what goes before the others; None for the same.
        whole: words that are longer than a line (paths) stay whole; otherwise they are broken.
    """
    then = first if rest is None else rest
    return wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=not whole,
        break_on_hyphens=False,
        control_codes="ignore",
    ) or [first.rstrip()]


def aligned(text: str, width: int, right: bool = False) -> str:
    """Fills a text with spaces to a width in cells of the terminal, where Chinese letters take two."""
    space = " " * (width - cells(text))
    return space + text if right else text + space


def pasteable(words: Sequence[str], width: int, indent: str = "  ") -> list[str]:
    r"""Writes a command that can be pasted into a shell as it stands, over lines that end in a backslash.

    Args:
        words: the command's words as its program gets them.
    """
    lines, room = [indent], width - 2
    for word in words:
        quoted = shlex.quote(word)
        if cells(lines[-1] + quoted) > room and lines[-1].strip():
            lines[-1] = lines[-1].rstrip() + " \\"
            lines.append(indent * 2)
        if cells(lines[-1] + quoted) > room:
            lines[-1:] = _pieces(word, room)
        else:
            lines[-1] += quoted
        lines[-1] += " "
    return [line if line.endswith("\\") else line.rstrip() for line in lines]


def _pieces(word: str, room: int) -> list[str]:
    """Breaks one long word; a shell joins pieces where a line ends in a backslash and the next begins at once."""
    pieces, piece = list[str](), ""
    for letter in word:
        if cells(shlex.quote(piece + letter)) > room:
            at = piece.rfind(",") + 1 or len(piece)
            pieces.append(shlex.quote(piece[:at]) + "\\")
            piece = piece[at:]
        piece += letter
    return [*pieces, shlex.quote(piece)]


def told(text: str, stream: TextIO | None = None) -> str:
    """Breaks a message into a terminal's lines; where the stream is no terminal, only control characters change.

    Args:
        stream: where it is written; None for standard error.
    """
    text = harmless(text)
    stream = stream or sys.stderr
    if not stream.isatty():
        return text
    return "\n".join(line for part in text.split("\n") for line in paragraph(part, columns(), rest="  ", whole=True))


class Described(argparse.RawDescriptionHelpFormatter):
    """Help whose texts keep their lines, but for those that are wider than the terminal; commands can be pasted."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        del width, indent  # of the class, which fills whole paragraphs
        return "\n".join(part for line in text.splitlines() for part in _broken(line))


def _broken(line: str) -> list[str]:
    if cells(line) <= columns():
        return [line]
    space = " " * (len(line) - len(line.lstrip()))
    if line.startswith((f"{space}python ", f"{space}emogeo ")):
        return pasteable(shlex.split(line), columns(), space)
    return paragraph(line, columns(), rest=f"{space}    " if space else "")


class LogFile(logging.FileHandler):
    """A run's own log, in UTF-8 wherever it runs; where it cannot be written, that is said once."""

    def __init__(self, filename: str) -> None:
        super().__init__(filename, encoding="utf-8", errors="backslashreplace", delay=True)
        self._said = False

    def handleError(self, record: logging.LogRecord) -> None:
        """Says what failed, as `logging` would with a trace for every line."""
        error = sys.exc_info()[1]
        if not self._said and isinstance(error, OSError):
            self._said = True
            print(told(f"The log {self.baseFilename} cannot be written: {error.strerror}."), file=sys.stderr)
        elif not isinstance(error, OSError):
            super().handleError(record)


class Lines(logging.Formatter):
    """Log lines broken into those of the terminal; in files and pipes, a message is a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Writes a record; a trace stays as it is."""
        text = super().format(record)
        return text if record.exc_info else told(text, sys.stdout)
