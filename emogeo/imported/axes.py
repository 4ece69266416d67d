"""Axes of arrays: which is the labels' or texts', which the blocks', which the dimensions'."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import permutations

from emogeo.errors import ImportedError
from emogeo.imported.stored import Numbers, Stored

_AXES = {
    "row": ("label", "text", "condition", "emotion", "row"),
    "block": ("block", "layer"),
    "width": ("width", "d_model", "dim", "feature"),
}
"""What axes are called in `imported.fields.axes`."""
TYPE = "type 'imported.fields={axes: \"block,label,width\"}', with the axes in the array's order"


@dataclass(frozen=True)
class Sizes:
    """What is known of the sizes of axes."""

    rows: Collection[int]
    """How many labels there could be."""
    blocks: Collection[int]
    """How many blocks there could be."""
    axes: tuple[str, ...] | None
    """The axes of each array, where the user says them."""


def axes_of(given: str | None) -> tuple[str, ...] | None:
    """Reads `imported.fields.axes`: names between commas, blanks or hyphens.

    Raises:
        ImportedError: a name that is none, or one twice.
    """
    if given is None:
        return None
    names = [name for name in re.split(r"[,\s\-\[\]()]+", given.lower()) if name]
    found = tuple(next((axis for axis, known in _AXES.items() if name in known), name) for name in names)
    if set(found) - set(_AXES) or len(set(found)) < len(found):
        raise ImportedError(f"imported.fields.axes={given}: each of label (or text), block and width once; {TYPE}.")
    return found


def likely(stored: Stored, sizes: Sizes) -> tuple[str, ...]:
    """Gives the axes of one array, as its size and the numbers of labels and blocks say.

    Raises:
        ImportedError: two ways that fit, or none.
    """
    shape = stored.shape
    if len(shape) == 2:
        return ("row", "width")
    if len(shape) != 3:
        raise ImportedError(
            f"The array has the shape {list(shape)}; expected [text, d_model], [text, block, d_model], or the same "
            "with labels in the place of texts."
        )
    ways = (("row", "block", "width"), ("block", "row", "width"))
    fits = [way for way in ways if _fits(shape, way, sizes)]
    turned = [way for way in permutations(_AXES) if _fits(shape, way, sizes)]
    if not fits and len(turned) == 1 and sizes.rows and sizes.blocks:
        return turned[0]
    fits = fits or [way for way in ways if _fits(shape, way, Sizes(sizes.rows, (), None))]
    if len(fits) == 1 or (fits and not sizes.rows):
        return fits[0]
    known = " or ".join(str(own) for own in sorted(sizes.rows)) or "an unknown number of"
    if not fits:
        raise ImportedError(
            f"The array has the shape {list(shape)}, and there are {known} labels: neither of its first two axes is as "
            "long; expected [text, block, d_model] or [label, block, d_model]."
        )
    raise ImportedError(
        f"The array of the shape {list(shape)} fits {known} labels both as [label, block, width] and as "
        f"[block, label, width]. Say which: {TYPE}."
    )


def _fits(shape: Sequence[int], way: Sequence[str], sizes: Sizes) -> bool:
    rows, blocks = shape[way.index("row")], shape[way.index("block")]
    return (not sizes.rows or rows in sizes.rows) and (not sizes.blocks or blocks in sizes.blocks)


def turned(stored: Stored, axes: Sequence[str], place: int) -> Numbers:
    """Reads [row, dimension] at a block."""
    block = axes.index("block") if "block" in axes else None
    values = stored.part(block, place)
    left = [axis for axis in axes if axis != "block"]
    if left == ["width", "row"]:
        return values.T
    return values[None] if left == ["width"] else values
