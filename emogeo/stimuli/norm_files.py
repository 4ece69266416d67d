"""Norms of the user's own: lists of rated words, and labelled RDMs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emogeo.arrays import Array
from emogeo.config.analyze import NormsConfig
from emogeo.errors import GeometryError, StimuliError
from emogeo.geometry.rdm import check_rdm
from emogeo.stimuli.norm_cells import (
    WORD,
    Sheet,
    column_of,
    given_in,
    no_number,
    numbers_in,
    numbers_of,
    parsed,
    read_cells,
    read_sheet,
)
from emogeo.stimuli.norms import LabelledRdm, Norm, Ratings, folded

MOST_ALONE = 12
"""The most dimensions of which each is a norm of its own, too: a list of more (word vectors, say) is one geometry."""
VAD = ("valence", "arousal", "dominance")
_WARRINER = ("v.mean.sum", "a.mean.sum", "d.mean.sum")
_NUMERIC = 0.5
"""The share of entries that are numbers above which a column is meant as numbers."""


def read_norms(config: NormsConfig) -> list[Norm]:
    """Reads the norms that an analysis is given: the list with all its dimensions, each of these alone, and the RDM.

    Raises:
        StimuliError: a file that is no such norm; says what is there and what to type.
    """
    found: list[Norm] = []
    if config.path is not None:
        ratings = read_ratings(Path(config.path).expanduser(), config.word, config.columns)
        alone = ratings.dimensions if 1 < len(ratings.dimensions) <= MOST_ALONE else ()
        found += [ratings, *(ratings.only(dimension) for dimension in alone)]
    if config.rdm is not None:
        found.append(read_rdm(Path(config.rdm).expanduser()))
    return found


def read_ratings(path: Path, word: str | None = None, columns: Sequence[str] | None = None) -> Ratings:
    """Reads a list of rated words.

    Without `word` and `columns`, the layouts of NRC-VAD and of Warriner et al. (2013) are known by their columns; of
    any other list the first column of text is the word, and every column of numbers is a dimension, but one that has
    no name or counts the rows. Decimal commas are read where no comma separates columns.

    Raises:
        StimuliError: columns that are not there or hold no numbers, or a dimension on which all words are equal.
    """
    sheet = read_sheet(path, "norms.path")
    known = _known(sheet) if word is None and columns is None else None
    if known is None:
        numbers = _dimensions(sheet, word, columns)
        word = word or _first_text(sheet, numbers)
    else:
        word, sources = known
        numbers = {name: numbers_of(sheet, own) for name, own in zip(VAD, sources, strict=True)}
    rated = column_of(sheet, word).to_numpy() != ""
    values = np.column_stack(list(numbers.values()))[rated]
    _refuse_constant(sheet, tuple(numbers), values)
    return Ratings(f"norms {path.stem}", tuple(numbers), tuple(column_of(sheet, word)[rated]), values)


def read_rdm(path: Path) -> LabelledRdm:
    """Reads a square table of dissimilarities whose header and first column are the labels, in any order.

    Raises:
        StimuliError: a label twice, labels that are not the same both ways, an entry that is no number, no symmetry,
            or a diagonal that is not zero, as similarities have.
    """
    given = f"norms.rdm={path}"
    cells, delimiter = read_cells(path, "norms.rdm")
    columns, rows = [str(own) for own in cells.iloc[0, 1:]], [str(own) for own in cells.iloc[1:, 0]]
    for labels, where in ((columns, "the header"), (rows, "the first column")):
        if twice := [label for label, n in Counter(map(folded, labels)).items() if n > 1]:
            raise StimuliError(f"{given}: {where} has {twice[0]!r} more than once; case and blanks make no difference.")
    if set(columns) != set(rows) or not rows:
        alone = ", ".join(map(repr, sorted(set(columns) ^ set(rows))[:5])) or "no label at all"
        raise StimuliError(f"{given}: header and first column are not the same labels; only one has {alone}.")
    body = cells.iloc[1:, 1:].itertuples(index=False)
    values = np.array([_finite(given, list(row), columns, delimiter) for row in body])
    values = values[:, [columns.index(label) for label in rows]]
    _refuse_no_rdm(given, rows, values)
    return LabelledRdm(f"rdm {path.stem}", tuple(rows), values)


def _finite(given: str, row: Sequence[str], columns: Sequence[str], delimiter: str) -> Array:
    numbers = parsed(row, delimiter)
    if not np.isfinite(numbers).all():
        at = int(np.argmin(np.isfinite(numbers)))
        raise StimuliError(f"{given}: {row[at]!r} in column {columns[at]!r} is no finite number; give both triangles.")
    return numbers


def _refuse_no_rdm(given: str, labels: Sequence[str], values: Array) -> None:
    diagonal = np.diag(values)
    if (diagonal > 0).all() and np.allclose(diagonal, diagonal[0]):
        raise StimuliError(
            f"{given} holds similarities: its diagonal is {diagonal[0]:g}. Give dissimilarities, with a diagonal of 0: "
            f"{diagonal[0]:g} - similarity, say."
        )
    try:
        check_rdm(values, given)
    except GeometryError as error:
        apart = np.abs(values - values.T)
        row, column = divmod(int(np.argmax(apart)), len(labels))
        where = f" Of {labels[row]!r} and {labels[column]!r} it holds two values." if apart.max() > 0 else ""
        raise StimuliError(f"{error}{where}") from error


def _known(sheet: Sheet) -> tuple[str, tuple[str, ...]] | None:
    """Finds the columns of the word, valence, arousal and dominance in a published layout."""
    names = {str(name).casefold(): str(name) for name in sheet.cells.columns}
    words = [names[own] for own in WORD if own in names]
    if not sheet.named:
        return _headerless(sheet)
    if len(words) != 1:
        return None
    if set(VAD) <= set(names) and len(sheet.cells.columns) == len(VAD) + 1:
        return words[0], tuple(names[own] for own in VAD)
    return (words[0], tuple(names[own] for own in _WARRINER)) if set(_WARRINER) <= set(names) else None


def _headerless(sheet: Sheet) -> tuple[str, tuple[str, ...]] | None:
    """Knows NRC-VAD without its header: between tabs, a term and three numbers between -1 and 1."""
    first, *rest = sheet.cells.columns
    if sheet.delimiter != "\t" or len(rest) != len(VAD) or numbers_in(list(sheet.cells[first]), "\t") is not None:
        return None
    numbers = [numbers_in(list(sheet.cells[own]), "\t") for own in rest]
    bounded = all(own is not None and np.nanmax(np.abs(own)) <= 1 for own in numbers)
    return (first, tuple(rest)) if bounded else None


def _dimensions(sheet: Sheet, word: str | None, columns: Sequence[str] | None) -> dict[str, Array]:
    if word is not None:
        column_of(sheet, word)
    if columns is not None:
        return {name: numbers_of(sheet, name) for name in columns}
    found: dict[str, Array] = {}
    for name in [own for own in sheet.cells.columns if own and own != word]:
        values = list(column_of(sheet, name))
        numbers = numbers_in(values, sheet.delimiter)
        if numbers is None:
            _refuse_nearly(sheet, name, values)
        elif not _counts_rows(numbers):
            found[name] = numbers
    if not found:
        raise StimuliError(f"{sheet.given} has no column of numbers. Its columns are {sheet.there}.")
    return found


def _first_text(sheet: Sheet, numbers: dict[str, Array]) -> str:
    for name in sheet.cells.columns:
        if name not in numbers and numbers_in(list(column_of(sheet, name)), sheet.delimiter) is None:
            return str(name)
    raise StimuliError(f"{sheet.given} has no column of words. Its columns are {sheet.there}: type norms.word=COLUMN.")


def _refuse_nearly(sheet: Sheet, name: str, values: Sequence[str]) -> None:
    """Refuses a column of numbers with something else in it, which would silently be no dimension."""
    given = given_in(values)
    if given and np.isfinite(parsed(given, sheet.delimiter)).mean() > _NUMERIC:
        raise StimuliError(
            f"{sheet.given}: column {name!r} holds numbers, and {no_number(values, sheet.delimiter)!r}. Mend it, or "
            "name the columns that count: norms.word=COLUMN norms.columns=[COLUMN,...]."
        )


def _counts_rows(numbers: Array) -> bool:
    """Says whether a column numbers the rows, from 0 or 1."""
    return any(np.array_equal(numbers, np.arange(start, start + len(numbers))) for start in (0, 1))


def _refuse_constant(sheet: Sheet, names: Sequence[str], values: Array) -> None:
    for name, own in zip(names, values.T, strict=True):
        finite = own[np.isfinite(own)]
        if not len(finite) or np.ptp(finite) == 0:
            raise StimuliError(
                f"{sheet.given}: column {name!r} has one value for all words. Name the others: norms.columns=[...]. "
                f"Its columns are {sheet.there}."
            )
