"""Files of figures, drawn without a display, and labels of axes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emogeo.figures.lettering import letter

_FOR_PAPERS = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
"""The other forms of a figure, each without its date: the same figure gives the same file."""
_FONTS = {"pdf.fonttype": 42, "svg.fonttype": "none", "svg.hashsalt": "emogeo"}
"""Fonts are embedded, and letters stay letters."""
_LAID_OUT = {"figure.autolayout": False, "figure.constrained_layout.use": False}
"""Figures that name no layout have none, whatever the user's own settings are."""

_DPI = 130
"""Pixels of a PNG in an inch."""


class Drawing(bytes):
    """A figure as PNG, which knows its other forms."""

    figure: Figure


def png(figure: Figure) -> Drawing:
    """Gives the bytes of a figure's file, the same for the same figure."""
    letter(figure)
    _lay_out(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    drawing = Drawing(buffer.getvalue())
    drawing.figure = figure
    return drawing


def save(drawing: bytes, file: Path) -> list[str]:
    """Writes a figure as PNG, and beside it as SVG and PDF with its fonts, for papers; gives the names of the files.

    All three have the places of letters and panels that were found for the PNG.

    Args:
        file: ends in `.png`.
    """
    files = [file]
    file.write_bytes(drawing)
    if isinstance(drawing, Drawing):
        with matplotlib.rc_context(_FONTS):
            for ending, metadata in _FOR_PAPERS.items():
                files.append(file.with_suffix(ending))
                drawing.figure.savefig(files[-1], metadata=metadata)
    return [each.name for each in files]


def _lay_out(figure: Figure) -> None:
    """Finds the places of letters and panels, once for all files: to write one would find them anew, and draw twice."""
    figure.set_dpi(_DPI)
    if (engine := figure.get_layout_engine()) is not None:
        engine.execute(figure)
        with matplotlib.rc_context(_LAID_OUT):
            figure.set_layout_engine(None)  # "none" would find them before each file, and throw that away


def label_axes(axes: Axes, names: Sequence[str], fontsize: float = 9, step: int = 1) -> None:
    """Writes names beside the rows and under the columns of a square matrix.

    Args:
        step: 1 for every name, 2 for every second.
    """
    places, shown = range(0, len(names), step), names[::step]
    slant, top = (60, "top") if fontsize >= 9 else (90, "center")
    axes.set_xticks(places, shown, rotation=slant, ha="right", va=top, rotation_mode="anchor", fontsize=fontsize)
    axes.set_yticks(places, shown, fontsize=fontsize)
