"""Colours of ratings."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from emogeo.figures.rating import PLAIN, QUIET, Rating, bar_of, colours_of

RATING = Rating("valence", np.array([1.0, 5.0, 9.0, np.nan]), (1.0, 9.0))


def test_low_is_red_high_is_blue_and_no_rating_is_grey() -> None:
    low, middle, high, none = colours_of(RATING, 4)
    assert low[0] > 0.6 > low[2] and high[2] > 0.6 > high[0]
    assert none == to_rgba(QUIET) and middle != none


def test_without_a_rating_there_is_one_colour() -> None:
    assert colours_of(None, 3) == [to_rgba(PLAIN)] * 3


def test_the_bar_says_what_is_rated() -> None:
    figure = Figure()
    bar_of(figure, figure.subplots(), RATING)
    assert figure.axes[1].get_ylabel() == "valence"
    assert figure.axes[1].get_ylim() == (1.0, 9.0)
