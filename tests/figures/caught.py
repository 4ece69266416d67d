"""Catches figures before they become bytes."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest.mock import patch

from matplotlib.axes import Axes
from matplotlib.figure import Figure

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def drawn(module: ModuleType, draw: Callable[..., bytes], *args: Any, **named: Any) -> Figure:
    """The figure that a function of a module would write."""
    caught: list[Figure] = []

    def keep(figure: Figure) -> bytes:
        caught.append(figure)
        return b""

    with patch.object(module, "png", keep):
        draw(*args, **named)
    (figure,) = caught
    return figure


def same_png(draw: Callable[..., bytes], *args: Any, **named: Any) -> bool:
    """Whether a function writes a PNG, and the same one twice."""
    first, second = draw(*args, **named), draw(*args, **named)
    return first == second and first.startswith(SIGNATURE)


def rows_of(axes: Axes) -> list[str]:
    """What stands beside the rows, from the top."""
    labels = [label.get_text() for label in axes.get_yticklabels()]
    return labels if axes.yaxis_inverted() else labels[::-1]


def legend_of(figure: Figure) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]
