"""Tokens of a text by condition: how far each token's state lies along each vector, against random directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from emogeo.arrays import Array
from emogeo.figures.lettering import shortened, width
from emogeo.figures.png import png

TOKENS_A_ROW = 32
ROWS_AT_MOST = 4
CONDITIONS_AT_MOST = 24
_CELL = 0.3
_LINE = 0.185
"""Inches of a column and of a row of a heat map."""
_FEWEST_COLUMNS = 12
"""Columns that are kept free for a short text, so that its cells do not grow."""
_LOWEST = 2.9
"""The least height, in inches, which the scale's label needs."""
_LEAST_SCALE = 3.0
"""The least z at which colours end, so that a text without any large one looks pale."""
_LONGEST = 14
"""The longest token, in letters."""


@dataclass(frozen=True)
class TokenMap:
    """The tokens of one text."""

    title: str
    tokens: Sequence[str]
    pooled: Sequence[bool]
    """Whether the text's own state is made of the token."""
    conditions: Sequence[str]
    """By the text's own projection, the largest first."""
    z: Array
    """[condition, token]"""


def token_map(own: TokenMap) -> bytes:
    """Draws the heat map; long texts go on in rows below, and what is left out is said.

    Labels of the tokens that the text's state is pooled of are bold, where not all are.
    """
    n, kept = len(own.tokens), min(len(own.tokens), TOKENS_A_ROW * ROWS_AT_MOST)
    n_rows, lines = -(-kept // TOKENS_A_ROW), min(len(own.conditions), CONDITIONS_AT_MOST)
    columns = min(max(kept, _FEWEST_COLUMNS), TOKENS_A_ROW)
    names, labels = shortened(own.conditions[:lines]), [_shown(token) for token in own.tokens[:kept]]
    below = 0.075 * max(map(width, labels)) + 0.1
    size = (
        max(6.5, _CELL * columns + 0.085 * max(map(width, names)) + 1.3),
        max(_LOWEST, n_rows * (_LINE * lines + below) + 0.9),
    )
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(n_rows, 1, squeeze=False)[:, 0]
    scale = max(_LEAST_SCALE, float(np.abs(own.z[:lines, :kept]).max()))
    for row, axes in enumerate(grid):
        part = slice(row * TOKENS_A_ROW, min((row + 1) * TOKENS_A_ROW, kept))
        image = _part(axes, own, part, names, labels, (lines, columns, scale))
    left_out = [f"the first {kept} of {n} tokens"] * (kept < n)
    left_out += [f"the first {lines} of {len(own.conditions)} conditions"] * (lines < len(own.conditions))
    said = f"\n{'; '.join(left_out)}" if left_out else ""
    figure.suptitle(f"{own.title}{said}", fontsize=10, x=0.01, ha="left")
    figure.colorbar(image, ax=list(grid), label="z against random directions", aspect=12 * n_rows, pad=0.01)
    return png(figure)


def _part(
    axes: Axes,
    own: TokenMap,
    part: slice,
    names: Sequence[str],
    labels: Sequence[str],
    shape: tuple[int, int, float],
) -> AxesImage:
    """Draws a row of tokens; a last row that is shorter keeps the width of cells."""
    lines, columns, scale = shape
    values = np.full((lines, columns), np.nan)
    shown = own.z[:lines, part]
    values[:, : shown.shape[1]] = shown
    image = axes.imshow(values, cmap="RdBu_r", vmin=-scale, vmax=scale, aspect="auto", interpolation="nearest")
    axes.set_xticks(range(shown.shape[1]), labels[part], rotation=90, fontsize=8)
    axes.set_yticks(range(lines), names, fontsize=8)
    axes.tick_params(length=0)
    if not all(own.pooled):
        for label, pooled in zip(axes.get_xticklabels(), own.pooled[part], strict=False):
            label.set_fontweight("bold" if pooled else "normal")
    for side in axes.spines.values():
        side.set_visible(False)
    return image


def _shown(token: str) -> str:
    """Writes a token as it is, its blanks and line ends visibly; one that is long is cut."""
    plain = token.replace("\n", "↵").replace("\t", "→").replace(" ", "·") or "∅"
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"
