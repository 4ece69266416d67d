"""Every text of a figure is drawn as it stands, in letters that there are."""

from __future__ import annotations

import warnings
from unittest.mock import patch

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from emogeo.figures import lettering
from emogeo.figures.lettering import FAMILY, LONGEST, absent_letters, escaped, heading, letter, shortened, width
from emogeo.figures.matrices import rdm_figure
from emogeo.figures.png import png
from tests.planted_labels import CHINESE, LITERAL, LONG

NONE = patch.object(lettering, "_fonts", return_value=())
"""A system without another font."""


def lettered(*labels: str) -> list[str]:
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.set_xticks(range(len(labels)), labels)
    axes.set_title(labels[0])
    letter(figure)
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]


def test_no_label_is_a_formula() -> None:
    found = lettered(*LITERAL)
    assert set(LITERAL) <= set(found)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert png_of("a broken $\\frac{formula")


def png_of(title: str) -> bytes:
    figure = Figure()
    figure.suptitle(title)
    return png(figure)


def test_letters_that_no_font_has_are_escaped_and_the_figure_says_so() -> None:
    with NONE, warnings.catch_warnings():
        warnings.simplefilter("error")
        found = lettered(*CHINESE)
        assert rdm_figure(1 - np.eye(6), CHINESE, CHINESE[0])
    assert {escaped(label, label) for label in CHINESE} <= set(found)
    assert escaped("勇", "勇") == "\\u52c7"
    assert any("no font of this system has" in text for text in found)
    assert not any("no font" in text for text in lettered("sad", "müde", "τ"))


def test_a_font_that_has_the_letters_is_taken() -> None:
    with (
        patch.object(lettering, "_fonts", return_value=(("han.ttf", "Han"),)),
        patch.object(lettering, "_letters_of", lambda file: frozenset("勇" if file == "han.ttf" else "abc")),
    ):
        lettering._usual.cache_clear()
        figure = Figure()
        figure.suptitle("勇ab")
        letter(figure)
        (text,) = (own for own in figure.findobj(Text) if own.get_text())
        assert text.get_fontfamily() == [FAMILY, "Han"]
    lettering._usual.cache_clear()


def test_the_fewest_fonts_are_looked_for_with_most_of_the_letters() -> None:
    lettering._fonts.cache_clear()
    have = {"a.ttf": "勇", "b.ttf": "勇敢", "c.ttf": "好"}
    fonts = [type("F", (), {"fname": file, "name": file[0].upper()}) for file in have]
    with (
        patch.object(fontManager, "ttflist", fonts),
        patch.object(lettering, "_letters_of", lambda file: frozenset(have[file])),
    ):
        found = lettering._fonts(frozenset("勇敢好x"))
    lettering._fonts.cache_clear()
    assert found == (("b.ttf", "B"), ("c.ttf", "C"))


def test_a_file_that_is_no_font_has_no_letters() -> None:
    assert lettering._letters_of(__file__) == frozenset()
    assert absent_letters(frozenset("abc")) == frozenset()


def test_labels_are_cut_and_stay_different() -> None:
    assert shortened(["sad", "line\nbreak"]) == ["sad", "line break"]
    found = shortened(LONG)
    assert len(set(found)) == len(LONG)
    assert max(map(width, found)) <= LONGEST + len(" (171)")
    with NONE:
        assert width("勇a") == 7
        (cut,) = shortened(["勇" * 20])
        assert cut == "勇" * 6 + "…"


@pytest.mark.parametrize("label", ["x" * LONGEST, "sad"])
def test_labels_that_fit_are_whole(label: str) -> None:
    assert shortened([label]) == [label]


def test_a_title_of_very_many_letters_leaves_the_figure_its_room() -> None:
    title = f"{'n' * 200} fp32"
    assert heading("as it is") == "as it is"
    assert heading(title) == f"{'n' * 50}…{'n' * 45} fp32"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rdm_figure(np.eye(21), list("abcdefghijklmnopqrstu"), f"$\\frac{{$ {title}")
