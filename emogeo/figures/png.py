"""PNG files of figures, drawn without a display, and labels of axes."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure


def png(figure: Figure) -> bytes:
    """Gives the bytes of a figure's file, the same for the same figure."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130, metadata={"Software": None})
    return buffer.getvalue()


def label_axes(axes: Axes, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Writes the names of rows and columns beside a matrix."""
    axes.set_xticks(range(len(columns)), columns, rotation=60, ha="right", rotation_mode="anchor", fontsize=9)
    axes.set_yticks(range(len(rows)), rows, fontsize=9)
