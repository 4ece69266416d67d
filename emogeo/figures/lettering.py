"""Lettering of figures: every text as it stands, in letters that a font of this system has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from unicodedata import east_asian_width

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

FAMILY = "DejaVu Sans"
"""The font that comes with matplotlib."""
LONGEST = 40
"""The longest label, in letters."""
_WIDEST = 100
"""The longest title, in letters."""
_NO_FONTS = ("last resort", "lastresort", "adobe blank")
"""Fonts whose letters are boxes or nothing."""
_ESCAPES = "\\u…: a letter that no font of this system has (install one, Noto Sans CJK say)"


def letter(figure: Figure) -> None:
    """Has every text of a figure drawn as it stands: no part of it as a formula, and no letter as an empty box.

    Letters that the usual font lacks are taken from other fonts of the system; those that none has are written as
    Python escapes them, and a line under the figure says so.
    """
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    wanted = _letters("".join(text.get_text() for text in texts))
    families = [FAMILY, *_families(wanted)]
    for text in texts:
        text.set_parse_math(False)
        text.set_fontfamily(families)
    if absent := absent_letters(wanted):
        _escape(figure, texts, absent)


def shortened(labels: Sequence[str]) -> list[str]:
    """Cuts labels of more than `LONGEST` letters; those that are then alike also get their number in the order."""
    cut = [_cut(" ".join(label.split())) for label in labels]
    times = Counter(cut)
    return [own if times[own] == 1 else f"{own} ({number})" for number, own in enumerate(cut, 1)]


def heading(title: str) -> str:
    """Gives a title, of a very long one its beginning and its end, so that the figure under it has room."""
    return title if len(title) <= _WIDEST else f"{title[: _WIDEST // 2]}…{title[-(_WIDEST // 2) :]}"


def width(text: str) -> int:
    """Gives how wide a text is drawn, in letters of the usual font."""
    absent = absent_letters(_letters(text))
    return sum(len(escaped(own, absent)) if own in absent else 1 + (east_asian_width(own) in "WF") for own in text)


def escaped(text: str, absent: Iterable[str]) -> str:
    """Writes some letters of a text as Python escapes them."""
    held = set(absent)
    return "".join(own.encode("unicode_escape").decode() if own in held else own for own in text)


def absent_letters(letters: frozenset[str]) -> frozenset[str]:
    """Gives those of some letters that no font of the system has."""
    return letters.difference(_usual(), *(_letters_of(file) for file, _ in _fonts(letters - _usual())))


def _letters(text: str) -> frozenset[str]:
    return frozenset(own for own in text if not own.isspace())


def _cut(label: str) -> str:
    if width(label) <= LONGEST:
        return label
    kept = next(length for length in range(len(label), -1, -1) if width(label[:length]) < LONGEST)
    return f"{label[:kept]}…"


def _escape(figure: Figure, texts: Iterable[Text], absent: frozenset[str]) -> None:
    """Writes absent letters as their escapes, in labels of ticks too, which are written anew when they are drawn."""
    for text in texts:
        text.set_text(escaped(text.get_text(), absent))
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if isinstance(axis.get_major_locator(), FixedLocator):
            axis.set_ticklabels([escaped(text.get_text(), absent) for text in axis.get_ticklabels()])
    height = 0.22 / figure.get_figheight()
    if isinstance(engine := figure.get_layout_engine(), ConstrainedLayoutEngine):
        engine.set(rect=(0, height, 1, 1 - height))
    figure.text(0.01, 0.2 * height, escaped(_ESCAPES, absent), fontsize=7, va="bottom", parse_math=False)


def _families(letters: frozenset[str]) -> list[str]:
    return [family for _, family in _fonts(letters - _usual())]


@cache
def _fonts(letters: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Finds fonts that between them have as many of some letters as there are, each with its file and its family."""
    if not letters:
        return ()
    known = {(font.fname, font.name) for font in fontManager.ttflist if not font.name.lower().startswith(_NO_FONTS)}
    file, family = max(sorted(known), key=lambda own: len(letters & _letters_of(own[0])))
    held = letters & _letters_of(file)
    return ((file, family), *_fonts(letters - held)) if held else ()


@cache
def _usual() -> frozenset[str]:
    return _letters_of(str(fontManager.findfont(FontProperties(family=FAMILY))))


@cache
def _letters_of(file: str) -> frozenset[str]:
    """The letters of a font; none of a file that cannot be read."""
    try:
        return frozenset(map(chr, FT2Font(file).get_charmap()))
    except (OSError, RuntimeError):
        return frozenset()
