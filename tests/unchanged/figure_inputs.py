"""What a figure shows, as plain lists: titles, texts, and digests of lines, images, bars and points."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
from matplotlib.figure import Figure

_DECIMALS = 7


def shown(figure: Figure) -> list[list[Any]]:
    """A list per panel."""
    return [
        [
            [text.get_text() for text in axes.texts],
            axes.get_title(loc="left"),
            axes.get_title(),
            axes.get_xlabel(),
            axes.get_ylabel(),
            [[str(line.get_label()), _digest(line.get_xydata())] for line in axes.lines],
            [_digest(image.get_array()) for image in axes.images],
            [[_corner(patch), _size(patch)] for patch in axes.patches],
            [_digest(points.get_offsets()) for points in axes.collections],
            [label.get_text() for label in axes.get_yticklabels()],
        ]
        for axes in figure.axes
    ]


def _corner(patch: Any) -> str:
    return _digest(patch.get_xy()) if hasattr(patch, "get_xy") else ""


def _size(patch: Any) -> str:
    return _digest([patch.get_width(), patch.get_height()]) if hasattr(patch, "get_width") else ""


def _digest(values: Any) -> str:
    array = np.asarray(np.ma.filled(np.ma.asarray(values, dtype=float), np.nan), dtype=float)
    if not array.size:
        return ""
    return hashlib.sha256(json.dumps(np.round(array, _DECIMALS).tolist()).encode()).hexdigest()[:16]
