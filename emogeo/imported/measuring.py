"""From arrays and labels to what was measured: states, vectors or RDMs."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isqrt
from pathlib import Path

import numpy as np

from emogeo.config.imported import ImportedConfig
from emogeo.errors import ImportedError
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.geometry.triangle import above
from emogeo.imported.axes import Sizes, axes_of
from emogeo.imported.blocks import blocks_of, listed_blocks
from emogeo.imported.checks import checked, looks_like_rdm, native
from emogeo.imported.choosing import Chosen, choose
from emogeo.imported.keys import block_in, places_of
from emogeo.imported.labelling import Labelling, labellings_of
from emogeo.imported.layout import Laid, is_flat, lay
from emogeo.imported.stored import Contents, Numbers, Stored
from emogeo.imported.types import Kind, Measured
from emogeo.installation import command
from emogeo.stimuli.files import shown

OURS = "emogeo."
"""What stands before that which emogeo's own exports say of themselves, in formats with names for everybody."""
UNITS = "units_of_texts"
_LARGEST_RDM = 10_000
"""The most conditions of a square array that is looked at."""


def measured_of(config: ImportedConfig, contents: Contents, beside: Sequence[Path], name: str) -> Measured:
    """Says what arrays are, with their labels and blocks; the numbers are read later.

    Args:
        beside: tables that could have the labels.
        name: that of the file, for messages; it could say the block.

    Raises:
        ImportedError: what cannot be read, or not in one way alone, with what to type.
    """
    chosen = choose(config, contents)
    labellings = labellings_of(config, contents, beside)
    listed = listed_blocks(config, contents)
    laid = _pairs(chosen) or _laid(config, chosen, labellings, listed)
    labels = _labels(config, laid, labellings)
    kind = _kind(chosen, laid, labels.labels)
    _refuse_labels(kind, labels)
    named = laid.blocks
    if named is None and laid.n_blocks == 1 and (block := block_in(Path(name).stem)) is not None:
        named = (block,)
    blocks, places = blocks_of(config, named, listed, laid.n_blocks, kind)
    embeddings = _embeddings(chosen.embeddings, laid.n_rows) if kind is Kind.states else None
    return Measured(
        kind,
        labels.labels,
        blocks,
        _reader(f"{shown(name)}: ", laid, kind, labels.labels, blocks, places),
        tuple(dict.fromkeys([*contents.files, *labels.files])),
        labels.topics if kind is Kind.states else None,
        labels.texts if kind is Kind.states else None,
        _units(contents, laid.n_rows) if kind is Kind.states else None,
        embeddings,
        {name.removeprefix(OURS): said for name, said in contents.said.items()},
    )


def _units(contents: Contents, n_rows: int) -> tuple[str, ...] | None:
    """Gives the unit of each text, which emogeo's own exports say where it is not the topic."""
    own = contents.words.get(UNITS)
    return own if own is not None and len(own) == n_rows else None


def _laid(
    config: ImportedConfig, chosen: Chosen, labellings: Sequence[Labelling], listed: tuple[int, ...] | None
) -> Laid:
    counts = {len(listed)} if listed is not None else set()
    counts |= {len(config.layers)} if config.layers is not None and listed is None else set()
    counts |= {config.n_layers} if config.n_layers is not None and listed is None else set()
    sizes = Sizes({len(own.labels) for own in labellings}, counts, axes_of(config.fields.get("axes")))
    places = places_of(list(chosen.arrays), chosen.pattern, is_flat(chosen.arrays))
    asked, there = set(config.layers or ()), {place.block for place in places.values()}
    taken = {key for key, own in places.items() if not asked <= there or not asked or own.block in asked}
    arrays = {key: own for key, own in chosen.arrays.items() if key in taken}
    return lay(arrays, places, sizes)


def _pairs(chosen: Chosen) -> Laid | None:
    """Lays out RDMs that are stored as pairs, the upper triangle row by row: [rdm, pair]."""
    if chosen.kind is not Kind.rdm or len(chosen.arrays) != 1:
        return None
    stored = next(iter(chosen.arrays.values()))
    if len(stored.shape) != 2 or stored.shape[0] == stored.shape[1] or stored.dtype.kind != "f":
        return None
    n_rdms, n_pairs = stored.shape
    n = (1 + isqrt(1 + 8 * n_pairs)) // 2
    if n * (n - 1) // 2 != n_pairs:
        raise ImportedError(
            f"RDMs of the shape {list(stored.shape)} are neither square nor [rdm, pair] with as many pairs as some "
            "number of conditions has."
        )

    def read(place: int) -> Numbers:
        whole = np.zeros((n, n), dtype=stored.dtype)
        whole[above(n)] = stored.part(0, place)
        return whole + whole.T

    return Laid(n, n, n_rdms, None, None, read)


def _labels(config: ImportedConfig, laid: Laid, labellings: Sequence[Labelling]) -> Labelling:
    if laid.labels is not None:
        return _named(config, laid.labels, labellings)
    fitting = next((own for own in labellings if len(own.labels) == laid.n_rows), None)
    if fitting is not None:
        n = laid.n_rows
        topics, texts = (own if own and len(own) == n else None for own in (fitting.topics, fitting.texts))
        return replace(fitting, topics=topics, texts=texts)
    what = f"{laid.n_rows} rows of {laid.width} numbers" + (f" at {laid.n_blocks} blocks" if laid.n_blocks > 1 else "")
    if not labellings:
        raise ImportedError(
            f"The file has {what} and no labels for them. Type 'imported.labels=[joy, fear, …]' for vectors or RDMs; "
            "for states imported.labels=TABLE, a CSV, TSV, JSON lines or Parquet file with a row a text in the same "
            "order, and columns emotion and topic; or put that table beside the file, with the same name."
        )
    there = " and ".join(f"{len(own.labels)} labels in {own.source}" for own in labellings)
    axes = " If its axes are the other way round, type 'imported.fields={axes: \"width,label\"}'."
    turned = any(len(own.labels) == laid.width for own in labellings)
    raise ImportedError(f"The file has {what}, and there are {there}: expected as many.{axes if turned else ''}")


def _named(config: ImportedConfig, labels: tuple[str, ...], labellings: Sequence[Labelling]) -> Labelling:
    """Gives the labels that names of arrays have, with topics of texts where they fit."""
    typed = [own for own in labellings if config.labels is not None and set(own.labels) != set(labels)]
    if typed:
        raise ImportedError(
            f"The file names its labels itself: {', '.join(map(shown, list(dict.fromkeys(labels))[:4]))}, … Leave out "
            f"imported.labels, which is for files that do not; {command('analyze')} takes other names as "
            "'conditions.rename={OLD: NEW}'."
        )
    return Labelling(labels, "the names of its arrays")


def _kind(chosen: Chosen, laid: Laid, labels: Sequence[str]) -> Kind:
    square = laid.n_rows == laid.width and len(set(labels)) == len(labels) <= _LARGEST_RDM
    if chosen.kind is Kind.rdm:
        if laid.n_rows != laid.width:
            raise ImportedError(f"An RDM is square; this is {laid.n_rows} by {laid.width}.")
        return Kind.rdm
    if chosen.asked and chosen.kind is not None:
        return chosen.kind
    repeated = len(set(labels)) < len(labels)
    if chosen.kind is None and square and looks_like_rdm(laid.read(0)):
        return Kind.rdm
    if chosen.kind is Kind.vectors or not repeated:
        return Kind.vectors
    return Kind.states


def _refuse_labels(kind: Kind, labels: Labelling) -> None:
    counts = Counter(labels.labels)
    empty = next((at for at, own in enumerate(labels.labels) if not own.strip()), None)
    if empty is not None:
        raise ImportedError(f"Label {empty + 1} of {labels.source} is empty; every row needs one.")
    twice = [label for label, n in counts.items() if n > 1]
    seldom = 2 * len(twice) < len(counts)
    if twice and (kind is not Kind.states or seldom):
        states = " If these are states of texts, type imported.fields.states=NAME." if kind is not Kind.rdm else ""
        if kind is not Kind.states or len(counts) + 2 >= len(labels.labels):
            raise ImportedError(
                f"{shown(twice[0])} is there {counts[twice[0]]} times among {len(labels.labels)} labels in "
                f"{labels.source}; expected each condition once.{states}"
            )
    if len(counts) < MIN_CONDITIONS:
        raise ImportedError(
            f"{len(counts)} condition(s) ({', '.join(map(shown, counts))}); an RDM needs at least {MIN_CONDITIONS}. "
            "Where there is a file for each condition, give the folder that they are in."
        )


def _embeddings(stored: Stored | None, n_rows: int) -> Numbers | None:
    if stored is None:
        return None
    if len(stored.shape) != 2 or stored.shape[0] != n_rows or stored.dtype.kind != "f":
        raise ImportedError(
            f"The embeddings have the shape {list(stored.shape)}; expected a row for each of the {n_rows} texts."
        )
    values = native(stored.part())
    if not np.isfinite(values).all():
        raise ImportedError("The embeddings hold values that are not finite.")
    return values


def _reader(
    name: str, laid: Laid, kind: Kind, labels: Sequence[str], blocks: Sequence[int], places: Sequence[int]
) -> Callable[[int], Numbers]:
    def at(place: int) -> Numbers:
        try:
            return checked(laid.read(places[place]), kind, labels, blocks[place] if blocks else None)
        except ImportedError as error:
            raise ImportedError(f"{name}{error}") from error
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            raise ImportedError(f"{name}the file cannot be read to its end: {error}.") from error

    return at
