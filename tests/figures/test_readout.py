"""Heat maps of tokens: what is drawn, wrapped and left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from emogeo.figures import readout as module
from emogeo.figures.readout import CONDITIONS_AT_MOST, ROWS_AT_MOST, TOKENS_A_ROW, TokenMap, token_map


def drawn(monkeypatch: pytest.MonkeyPatch, tokens: list[str], conditions: int = 3, **changes: Any) -> Figure:
    figures: list[Figure] = []
    monkeypatch.setattr(module, "png", lambda figure: figures.append(figure) or b"drawn")
    z = np.arange(conditions * len(tokens), dtype=float).reshape(conditions, len(tokens)) / 10
    named = [f"condition {number}" for number in range(conditions)]
    token_map(TokenMap("title", tokens, changes.get("pooled", [True] * len(tokens)), named, z))
    return figures[0]


def labels(axes: Any) -> list[str]:
    return [label.get_text() for label in axes.get_xticklabels()]


def test_tokens_stand_as_they_are_and_the_pooled_one_is_bold(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = drawn(monkeypatch, ["A", " well", "\n", "x" * 30, ""], pooled=[False] * 4 + [True])
    axes = figure.axes[0]
    assert labels(axes) == ["A", "·well", "↵", "x" * 13 + "…", "∅"]
    weights = [label.get_fontweight() for label in axes.get_xticklabels()]
    assert weights == ["normal"] * 4 + ["bold"]
    assert [label.get_text() for label in axes.get_yticklabels()] == [f"condition {n}" for n in range(3)]


def test_colours_are_symmetric_and_the_same_in_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = drawn(monkeypatch, ["a"] * (TOKENS_A_ROW + 5))
    images = [axes.images[0] for axes in figure.axes[:2]]
    assert len({image.get_clim() for image in images}) == 1
    low, high = images[0].get_clim()
    assert -low == high == (3 * (TOKENS_A_ROW + 5) - 1) / 10
    assert images[1].get_array().shape == (3, TOKENS_A_ROW)  # cells keep their width
    assert drawn(monkeypatch, ["a"], 1).axes[0].images[0].get_clim() == (-3.0, 3.0)


def test_what_is_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    most = TOKENS_A_ROW * ROWS_AT_MOST
    figure = drawn(monkeypatch, ["a"] * (most + 1), CONDITIONS_AT_MOST + 2)
    assert figure.get_suptitle() == (
        f"title\nthe first {most} of {most + 1} tokens; the first {CONDITIONS_AT_MOST} of {CONDITIONS_AT_MOST + 2} "
        "conditions"
    )
    assert len(figure.axes) == ROWS_AT_MOST + 1
    assert drawn(monkeypatch, ["a"]).get_suptitle() == "title"


def test_a_picture_is_a_png() -> None:
    own = TokenMap("title", ["a", "b"], [True, True], ["calm"], np.zeros((1, 2)))
    assert token_map(own).startswith(b"\x89PNG")
