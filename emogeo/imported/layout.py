"""How arrays are laid out: which axis or which name is a label's or a text's, a block's, a dimension's."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from emogeo.errors import ImportedError
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.imported.axes import TYPE, Sizes, likely, turned
from emogeo.imported.keys import Place
from emogeo.imported.stored import Key, Numbers, Stored
from emogeo.stimuli.files import shown


@dataclass(frozen=True)
class Laid:
    """Arrays as rows of numbers at each block."""

    n_rows: int
    width: int
    n_blocks: int
    blocks: tuple[int, ...] | None
    """The blocks as names say them, ascending; None where they do not."""
    labels: tuple[str, ...] | None
    """[row]; None where names do not say them."""
    read: Callable[[int], Numbers]
    """Reads [row, dimension] at a place among the blocks."""


def is_flat(arrays: Mapping[Key, Stored]) -> bool:
    """Says whether each array is one vector."""
    return all(math.prod(own.shape[:-1]) == 1 for own in arrays.values())


def lay(arrays: Mapping[Key, Stored], places: Mapping[Key, Place], sizes: Sizes) -> Laid:
    """Lays arrays out by what their names say.

    Raises:
        ImportedError: a label twice, blocks that a label lacks, widths that differ, axes that fit in two ways.
    """
    _refuse_types(arrays)
    own = {key: place for key, place in places.items() if key in arrays}
    named = [place.label for place in own.values() if place.label is not None]
    numbered = [place.block for place in own.values() if place.block is not None]
    if named and len(named) == len(own) == len(numbered):
        return _by_both(_cells(arrays, own))
    if named and not numbered:
        return _by_label(arrays, own, sizes)
    if numbered and not named:
        return _by_block(arrays, own, sizes)
    if len(own) > 1:
        raise _unclear(arrays)
    return _stacked(arrays[next(iter(own))], sizes)


def _unclear(arrays: Mapping[Key, Stored]) -> ImportedError:
    there = ", ".join(f"{shown('/'.join(key))} {list(own.shape)}" for key, own in list(arrays.items())[:4])
    more = ", …" if len(arrays) > 4 else ""
    return ImportedError(
        f"The file has {len(arrays)} array(s), and it is not clear what they are: {there}{more}. "
        f"As labels, which are {MIN_CONDITIONS} or more, their names do not fit. Name the array that is meant: type "
        "imported.fields.states=NAME, imported.fields.vectors=NAME or imported.fields.rdm=NAME."
    )


def _refuse_types(arrays: Mapping[Key, Stored]) -> None:
    for key, own in arrays.items():
        if own.dtype.kind != "f":
            raise ImportedError(
                f"{shown('/'.join(key))} holds {own.dtype}: whole numbers are no states. Save it as float32; if it is "
                "none of what is meant, name that: imported.fields.vectors=NAME, say."
            )
        if 0 in own.shape or not own.shape:
            raise ImportedError(f"{shown('/'.join(key))} has the shape {list(own.shape)}: there is nothing in it.")


def _cells(arrays: Mapping[Key, Stored], places: Mapping[Key, Place]) -> dict[tuple[str, int], tuple[Key, Stored]]:
    cells: dict[tuple[str, int], tuple[Key, Stored]] = {}
    for key, place in places.items():
        cell = (str(place.label), int(place.block or 0))
        if cell in cells:
            raise ImportedError(
                f"{shown(cell[0])} is there twice at block {cell[1]}: {shown('/'.join(cells[cell][0]))} and "
                f"{shown('/'.join(key))}. Give one of the files, or name the arrays that are meant: type "
                "'imported.fields={vectors: \"layer_{layer}__{label}\"}', with names as they are there."
            )
        cells[cell] = (key, arrays[key])
    return cells


def _by_both(cells: Mapping[tuple[str, int], tuple[Key, Stored]]) -> Laid:
    labels = list(dict.fromkeys(label for label, _ in cells))
    blocks = tuple(sorted({block for _, block in cells}))
    for label in labels:
        lacks = [block for block in blocks if (label, block) not in cells]
        if lacks:
            has = [block for block in blocks if (label, block) in cells]
            raise ImportedError(
                f"{shown(label)} has no vector at block {', '.join(map(str, lacks))}, where others have one. Take "
                f"blocks that all have ({shown(label)} has {', '.join(map(str, has[:8]))}): type imported.layers=[…], "
                "or leave the label out of the file."
            )
    rows = {label: [_rows(cells[label, block][1]) for block in blocks] for label in labels}
    for label, own in rows.items():
        if len(set(own)) > 1:
            raise ImportedError(f"{shown(label)} has {own} texts at blocks {list(blocks)}; expected as many at each.")
    width = _one_width({f"{label} at block {block}": own.shape[-1] for (label, block), (_, own) in cells.items()})

    def read(place: int) -> Numbers:
        parts = [cells[label, blocks[place]][1].part().reshape(-1, width) for label in labels]
        return np.concatenate(parts)

    each = tuple(label for label in labels for _ in range(rows[label][0]))
    return Laid(len(each), width, len(blocks), blocks, each, read)


def _rows(stored: Stored) -> int:
    return math.prod(stored.shape[:-1])


def _one_width(widths: Mapping[str, int]) -> int:
    usual = max(set(widths.values()), key=list(widths.values()).count)
    odd = next((name for name, own in widths.items() if own != usual), None)
    if odd is not None:
        raise ImportedError(
            f"Widths differ: {shown(odd)} has {widths[odd]} numbers and others have {usual}. Vectors of one model have "
            "one width."
        )
    return usual


def _by_label(arrays: Mapping[Key, Stored], places: Mapping[Key, Place], sizes: Sizes) -> Laid:
    """Lays out an array a label: [d_model], [block, d_model], [text, d_model] or [text, block, d_model]."""
    cells = {label: own for (label, _), (_, own) in _cells(arrays, places).items()}
    sized = {size for own in cells.values() for size in own.shape[:-1]} & set(sizes.rows)
    if len(cells) < MIN_CONDITIONS or (sized and sizes.axes is None):
        raise _unclear(arrays)
    depths = {len(own.shape) for own in cells.values()}
    if len(depths) > 1 or max(depths) > 3:
        odd = {label: list(own.shape) for label, own in list(cells.items())[:3]}
        raise ImportedError(f"The arrays of labels have shapes that do not go together, as {odd}.")
    axes = _axes_of_one(list(cells.values()), sizes)
    at = {axis: place for place, axis in enumerate(axes)}
    width = _one_width({label: own.shape[at["width"]] for label, own in cells.items()})
    counts = {label: own.shape[at["block"]] if "block" in at else 1 for label, own in cells.items()}
    if len(set(counts.values())) > 1:
        raise ImportedError(f"The numbers of blocks differ between labels: {dict(list(counts.items())[:4])}.")
    each = tuple(label for label, own in cells.items() for _ in range(own.shape[at["row"]] if "row" in at else 1))

    def read(place: int) -> Numbers:
        return np.concatenate([turned(own, axes, place) for own in cells.values()])

    return Laid(len(each), width, next(iter(counts.values())), None, each, read)


def _axes_of_one(arrays: Sequence[Stored], sizes: Sizes) -> tuple[str, ...]:
    depth = len(arrays[0].shape)
    if sizes.axes is not None and len(sizes.axes) == depth:
        return sizes.axes
    if depth == 2 and len({own.shape[0] for own in arrays}) > 1:
        return ("row", "width")
    return (("width",), ("block", "width"), ("row", "block", "width"))[depth - 1]


def _by_block(arrays: Mapping[Key, Stored], places: Mapping[Key, Place], sizes: Sizes) -> Laid:
    """Lays out an array a block: [text, d_model] or [label, d_model]."""
    cells = {block: own for (_, block), (_, own) in _cells(arrays, places).items()}
    blocks = tuple(sorted(cells))
    if is_flat(arrays) and all(len(own.shape) == 1 for own in cells.values()):
        raise ImportedError(
            f"The file has one vector at each of {len(blocks)} blocks, those of one condition; an RDM needs at least "
            f"{MIN_CONDITIONS}. Give the folder with a file for each condition."
        )
    odd = next((block for block in blocks if len(cells[block].shape) != 2), None)
    if odd is not None:
        raise ImportedError(
            f"The array of block {odd} has the shape {list(cells[odd].shape)}; expected [text, d_model] or "
            "[label, d_model]."
        )
    axes = sizes.axes if sizes.axes and set(sizes.axes) == {"row", "width"} else ("row", "width")
    at = {axis: place for place, axis in enumerate(axes)}
    width = _one_width({f"block {block}": cells[block].shape[at["width"]] for block in blocks})
    rows = {block: cells[block].shape[at["row"]] for block in blocks}
    if len(set(rows.values())) > 1:
        raise ImportedError(f"The numbers of rows differ between blocks: {dict(list(rows.items())[:4])}.")

    def read(place: int) -> Numbers:
        return turned(cells[blocks[place]], axes, 0)

    return Laid(rows[blocks[0]], width, len(blocks), blocks, None, read)


def _stacked(stored: Stored, sizes: Sizes) -> Laid:
    """Lays out one array: [label, d_model], [label, block, d_model] or [block, label, d_model]."""
    axes = sizes.axes or likely(stored, sizes)
    if len(axes) != len(stored.shape) or not {"row", "width"} <= set(axes):
        raise ImportedError(
            f"The array has the shape {list(stored.shape)}, and imported.fields.axes names {len(axes)} axes; {TYPE}."
        )
    at = {axis: place for place, axis in enumerate(axes)}
    n_blocks = stored.shape[at["block"]] if "block" in at else 1

    def read(place: int) -> Numbers:
        return turned(stored, axes, place)

    return Laid(stored.shape[at["row"]], stored.shape[at["width"]], n_blocks, None, None, read)
