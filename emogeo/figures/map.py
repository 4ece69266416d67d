"""Maps of conditions with regions of uncertainty, and two maps one over the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Ellipse
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.figures.labels import place_labels
from emogeo.figures.lettering import shortened, width
from emogeo.figures.png import png
from emogeo.figures.rating import PLAIN, QUIET, Rating, bar_of, colours_of

SECOND = "#d55e00"
_SIDE, _WIDEST = 6.2, 15.0
_FARTHEST = 0.8
"""How far from its point a region makes the page larger, in sizes of the map."""
_LETTER = 0.58
"""The width of a letter in heights of its size."""


@dataclass(frozen=True, eq=False)
class Mapped:
    """A map as it is drawn."""

    title: str
    names: Sequence[str]
    points: Array
    """[condition, 2]"""
    share: float
    ellipses: Array | None
    """[condition, 3]: half axes, and the angle of the first; None where there are none"""
    rating: Rating | None
    note: str = ""
    """What is said under the title, the reason where there are no ellipses."""


def map_figure(drawn: Mapped) -> bytes:
    """Draws the conditions in two dimensions, with their regions, coloured by a rating with the way it grows."""
    figure, axes = _page(drawn.points, drawn.ellipses)
    colours = colours_of(drawn.rating, len(drawn.names))
    if drawn.ellipses is not None:
        _draw_ellipses(axes, drawn, colours)
    axes.scatter(drawn.points[:, 0], drawn.points[:, 1], s=30, c=colours, edgecolors="white", linewidths=0.7, zorder=4)
    if drawn.rating is not None:
        _draw_rating(figure, axes, drawn.rating)
    said = [f"two dimensions hold {drawn.share:.0%}", drawn.note]
    if drawn.ellipses is not None:
        said.insert(1, "ellipses: 95% regions over other units")
    axes.set_title("\n".join([drawn.title, *filter(None, said)]), fontsize=9, loc="left")
    _label(figure, axes, drawn.points, drawn.names)
    return png(figure)


@dataclass(frozen=True, eq=False)
class Moved:
    """Two maps of the same conditions, one turned onto the other."""

    names: Sequence[str]
    runs: tuple[str, str]
    points: Array
    """[map, condition, 2]"""
    real: NDArray[np.bool_]
    """[condition]: whether it moved beyond text noise"""


def shifts_figure(drawn: Moved) -> bytes:
    """Draws two maps over each other, with a line from each condition's place in one to that in the other."""
    every = drawn.points.reshape(-1, 2)
    figure, axes = _page(every, None)
    for way, real in zip(drawn.points.transpose(1, 0, 2), drawn.real, strict=True):
        colour, thick = ("#222222", 1.5) if real else (QUIET, 0.9)
        axes.plot(way[:, 0], way[:, 1], zorder=2, color=colour, linewidth=thick)
    for own, colour, marker in zip(drawn.points, (PLAIN, SECOND), "os", strict=True):
        axes.scatter(own[:, 0], own[:, 1], s=34, c=colour, marker=marker, edgecolors="white", linewidths=0.7, zorder=4)
    marks = [
        Line2D([], [], color=colour, marker=marker, linestyle="", label=name)
        for name, colour, marker in zip(drawn.runs, (PLAIN, SECOND), "os", strict=True)
    ]
    marks += [
        Line2D([], [], color="#222222", linewidth=1.5, label="moved beyond text noise (Holm p ≤ .05)"),
        Line2D([], [], color=QUIET, linewidth=0.9, label="not told from text noise"),
    ]
    figure.legend(handles=marks, loc="outside upper left", fontsize=8, frameon=False, ncols=2)
    _label(figure, axes, drawn.points[1], drawn.names, every)
    return png(figure)


def _page(points: Array, ellipses: Array | None) -> tuple[Figure, Axes]:
    """Makes a page on which one unit is as long both ways, with room for regions and labels."""
    reach = np.zeros_like(points) if ellipses is None else _reach(ellipses)
    low, high = (points - reach).min(axis=0), (points + reach).max(axis=0)
    room = 0.06 * float((high - low).max())
    wide, tall = (high - low + 2 * room) / float((high - low + 2 * room).max())
    side = min(_WIDEST, max(_SIDE, 0.9 * np.sqrt(len(points))))
    figure = Figure(figsize=(side * wide + 1.2, side * tall + 0.8), layout="constrained")
    axes = figure.subplots()
    axes.set_xlim(low[0] - room, high[0] + room)
    axes.set_ylim(low[1] - room, high[1] + room)
    axes.set_aspect("equal")
    axes.axhline(0, color="#e4e6ea", linewidth=0.8, zorder=0)
    axes.axvline(0, color="#e4e6ea", linewidth=0.8, zorder=0)
    axes.tick_params(labelsize=7, color="#b0b4bb", labelcolor="#6b7078")
    axes.spines[:].set_color("#d0d3d9")
    axes.set_xlabel("1 is the root mean square distance from the centre", fontsize=7, color="#6b7078", loc="right")
    return figure, axes


def _reach(ellipses: Array) -> Array:
    """Gives how far ellipses reach to either side and up or down, cut where they leave the map: [condition, 2]."""
    along, across, angle = ellipses[:, 0], ellipses[:, 1], np.radians(ellipses[:, 2])
    sides = np.hypot(along * np.cos(angle), across * np.sin(angle))
    both = np.column_stack([sides, np.hypot(along * np.sin(angle), across * np.cos(angle))])
    return np.asarray(np.minimum(both, _FARTHEST))


def _draw_ellipses(axes: Axes, drawn: Mapped, colours: Sequence[tuple[float, ...]]) -> None:
    """Draws the regions; the larger one is beside the others, the paler, so that what is known is seen first."""
    assert drawn.ellipses is not None
    sizes = np.sqrt(drawn.ellipses[:, 0] * drawn.ellipses[:, 1])
    sure = np.clip(np.median(sizes) / np.maximum(sizes, 1e-9), 0.3, 1.6) * min(1.0, 25 / len(sizes))
    for place, own, colour, alpha in zip(drawn.points, drawn.ellipses, colours, sure, strict=True):
        shape = {"width": 2 * own[0], "height": 2 * own[1], "angle": own[2]}
        axes.add_patch(Ellipse(tuple(place), **shape, facecolor=colour, alpha=0.09 * alpha, linewidth=0, zorder=1))
        edge = {"facecolor": "none", "edgecolor": colour, "alpha": min(0.8, 0.5 * alpha), "linewidth": 0.9}
        axes.add_patch(Ellipse(tuple(place), **shape, **edge, zorder=2))


def _draw_rating(figure: Figure, axes: Axes, rating: Rating) -> None:
    """Draws the bar of colours, and an arrow through the centre along which the rating grows."""
    bar_of(figure, axes, rating)
    if rating.way is None:
        return
    ends = 1.15 * np.outer([-1, 1], rating.way)
    line = {"arrowstyle": "-|>", "color": "#555a62", "linewidth": 1.1, "linestyle": "-" if rating.sure else (0, (5, 4))}
    axes.annotate("", tuple(ends[1]), tuple(ends[0]), arrowprops={**line, "shrinkA": 0, "shrinkB": 0}, zorder=1.8)
    axes.text(0.985, 0.015, rating.said, transform=axes.transAxes, fontsize=8, ha="right", va="bottom", color="#333333")


def _label(figure: Figure, axes: Axes, points: Array, names: Sequence[str], every: Array | None = None) -> None:
    """Writes names beside points where they overlap least, with a line where one is not beside its point."""
    figure.draw_without_rendering()
    size = 8.5 if len(names) <= 40 else 6.5
    pixels = figure.dpi / 72
    shown = shortened(names)
    sizes = np.array([[_LETTER * size * width(name), 1.25 * size] for name in shown]) * pixels
    others = points if every is None else np.concatenate([points, every])
    on_page = axes.transData.transform(others)
    corners = axes.transAxes.transform([[0.005, 0.005], [0.995, 0.995]])
    padded = np.concatenate([sizes, np.zeros((len(others) - len(points), 2))])
    places = place_labels(on_page, padded, 5 * pixels, corners)[: len(points)]
    for name, place, point in zip(shown, places, on_page, strict=False):
        at = axes.transData.inverted().transform(place)
        letters = axes.text(at[0], at[1], name, fontsize=size, ha="center", va="center", color="#1c1f24", zorder=5)
        letters.set_path_effects([withStroke(linewidth=2.2, foreground="white", alpha=0.85)])
        if np.hypot(*(place - point)) > 30 * pixels + len(name):
            end = axes.transData.inverted().transform(point)
            axes.plot([at[0], end[0]], [at[1], end[1]], color="#9aa0a8", linewidth=0.6, zorder=1.5)
