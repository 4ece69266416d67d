"""PNG files of figures, drawn without a display, and labels of axes."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emogeo.figures.lettering import letter


def png(figure: Figure) -> bytes:
    """Gives the bytes of a figure's file, the same for the same figure."""
    letter(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130, metadata={"Software": None})
    return buffer.getvalue()


def label_axes(axes: Axes, names: Sequence[str], fontsize: float = 9, step: int = 1) -> None:
    """Writes names beside the rows and under the columns of a square matrix.

    Args:
        step: 1 for every name, 2 for every second.
    """
    places, shown = range(0, len(names), step), names[::step]
    slant, top = (60, "top") if fontsize >= 9 else (90, "center")
    axes.set_xticks(places, shown, rotation=slant, ha="right", va=top, rotation_mode="anchor", fontsize=fontsize)
    axes.set_yticks(places, shown, fontsize=fontsize)
