"""Lettering of figures: every text as it stands, in letters that a font of this system has."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

FAMILY = "DejaVu Sans"
"""The font that comes with matplotlib."""
ESCAPED = "\\u…: a letter that no font of this system has"


def letter(figure: Figure) -> None:
    """Has every text of a figure drawn as it stands: no part of it as a formula, and no letter as an empty box.

    Letters that the usual font lacks are taken from other fonts of the system; those that none has are written as
    their escape, as in Python, and a line under the figure says so.
    """
    _fix_ticks(figure)
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    wanted = {character for text in texts for character in text.get_text() if not character.isspace()}
    fonts = fonts_for(frozenset(wanted - _letters_of_usual()))
    known = _letters_of_usual().union(*(_letters(font) for font, _ in fonts))
    absent = wanted - known
    for text in texts:
        text.set_parse_math(False)
        if fonts:
            text.set_fontfamily([FAMILY, *(family for _, family in fonts)])
    if absent:
        _escape(figure, texts, absent)


def fonts_for(letters: frozenset[str]) -> list[tuple[str, str]]:
    """Finds fonts that between them have as many of some letters as there are, each with its file and its family."""
    found: list[tuple[str, str]] = []
    left = set(letters)
    candidates = sorted({(font.name, font.fname) for font in fontManager.ttflist if font.name != FAMILY})
    while left and candidates:
        family, file = max(candidates, key=lambda own: len(left & _letters(own[1])))
        if not left & _letters(file):
            break
        left -= _letters(file)
        found.append((file, family))
    return found


def escaped(text: str, absent: Iterable[str]) -> str:
    """Writes the letters of a text that no font has as their escape."""
    held = set(absent)
    return "".join(own.encode("unicode_escape").decode() if own in held else own for own in text)


def _escape(figure: Figure, texts: Iterable[Text], absent: set[str]) -> None:
    for text in texts:
        text.set_text(escaped(text.get_text(), absent))
    for axis in _labelled(figure):
        axis.set_ticklabels([escaped(text.get_text(), absent) for text in axis.get_ticklabels()])
    figure.text(0.5, 0.0, ESCAPED, fontsize=7, ha="center", va="top")


def _labelled(figure: Figure) -> list[Axis]:
    """Lists the axes whose ticks have labels of their own."""
    every = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    return [axis for axis in every if isinstance(axis.get_major_locator(), FixedLocator)]


@cache
def _letters_of_usual() -> frozenset[str]:
    return _letters(fontManager.findfont(FAMILY))


@cache
def _letters(file: str) -> frozenset[str]:
    """The letters of a font; none of a file that cannot be read."""
    try:
        return frozenset(map(chr, FT2Font(file).get_charmap()))
    except (OSError, RuntimeError):
        return frozenset()
