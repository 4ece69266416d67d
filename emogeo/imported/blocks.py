"""Which blocks the places of an array are."""

from __future__ import annotations

from emogeo.config.imported import ImportedConfig
from emogeo.errors import ImportedError
from emogeo.imported.keys import block_in
from emogeo.imported.stored import Contents
from emogeo.imported.types import Kind
from emogeo.stimuli.files import shown

_LISTS = {
    "layers",
    "blocks",
    "layer_indices",
    "layer_ids",
    "layer_idxs",
    "layer_list",
    "layer_numbers",
    "target_layers",
}
_SINGLE = {"layer", "block", "layer_idx", "layer_index", "layer_id", "target_layer", "layer_number"}
Blocks = tuple[tuple[int, ...], tuple[int, ...]]
"""Blocks, ascending, and the place of each in the file."""


def listed_blocks(config: ImportedConfig, contents: Contents) -> tuple[int, ...] | None:
    """Gives the blocks that a file lists, or None.

    Raises:
        ImportedError: `imported.fields.layers` names no list of whole numbers.
    """
    named = config.fields.get("layers")
    for name, own in contents.numbers.items():
        last = name.rpartition(".")[2]
        counted = name in contents.said and last.lower() in _LISTS
        if named in (name, last) or (named is None and last.lower() in _LISTS | _SINGLE and not counted):
            return own if min(own) >= 0 else None
    for name, own_words in contents.words.items():
        if name.rpartition(".")[2].lower() in _LISTS and (found := _in_words(own_words)) is not None:
            return found
    if named is not None:
        there = ", ".join(map(shown, contents.numbers)) or "none"
        raise ImportedError(
            f"imported.fields.layers={named}: no list of whole numbers is called so. There are: {there}."
        )
    return None


def _in_words(words: tuple[str, ...]) -> tuple[int, ...] | None:
    """Gives blocks that are written as words: 3, or layer_3."""
    found = [int(word) if word.isascii() and word.isdigit() else block_in(word) for word in words]
    return None if None in found else tuple(block for block in found if block is not None)


def blocks_of(
    config: ImportedConfig, named: tuple[int, ...] | None, listed: tuple[int, ...] | None, n_blocks: int, kind: Kind
) -> Blocks:
    """Gives the blocks that are taken, and where they are.

    Args:
        named: the blocks as the names of arrays, or of the file, have them.
        listed: the blocks that the file lists.
        kind: the block of a single RDM need not be known.

    Raises:
        ImportedError: blocks that the file does not number, or that it has not.
    """
    if named is None and listed is not None and len(listed) != n_blocks and config.layers is None:
        raise ImportedError(
            f"The file lists {len(listed)} block(s), {_shown(listed)}, and has {n_blocks}: expected as many. Say "
            f"what they are: type 'imported.layers=[…]' with {n_blocks} number(s), counted from 0, in the file's order."
        )
    listed = listed if listed is not None and len(listed) == n_blocks else None
    known = named if named is not None else listed
    if known is None:
        return _unnumbered(config, n_blocks, kind)
    if len(set(known)) < len(known):
        raise ImportedError(f"The file lists a block twice: {list(known)}. Expected each once.")
    taken = sorted(known if config.layers is None else config.layers)
    lacks = [block for block in taken if block not in known]
    if lacks:
        raise ImportedError(f"imported.layers={list(taken)}: the file has no block {lacks[0]}. It has {_shown(known)}.")
    return _checked(config, tuple(taken), tuple(known.index(block) for block in taken))


def _unnumbered(config: ImportedConfig, n_blocks: int, kind: Kind) -> Blocks:
    if config.layers is not None:
        if len(config.layers) != n_blocks:
            raise ImportedError(
                f"imported.layers={list(config.layers)} names {len(config.layers)} blocks, and the file has {n_blocks} "
                "without saying which: name all of them, in the file's order."
            )
        order = sorted(range(n_blocks), key=lambda place: list(config.layers or [])[place])
        return _checked(config, tuple(config.layers[place] for place in order), tuple(order))
    if config.n_layers == n_blocks:
        return tuple(range(n_blocks)), tuple(range(n_blocks))
    if kind is Kind.rdm and n_blocks == 1:
        return (), (0,)
    if n_blocks == 1:
        raise ImportedError(
            "The file does not say of which block it is, counted from 0: type imported.layers=[16], say. If it is "
            "an RDM, which need not be of one, type imported.fields.rdm=NAME."
        )
    embedded = (
        f" If the first of the {n_blocks} is the embeddings, as in hidden_states of transformers, cut it off: [:, 1:]."
        if kind is not Kind.rdm and config.n_layers in (None, n_blocks - 1)
        else ""
    )
    what = "RDMs, and does not say of which blocks, or of" if kind is Kind.rdm else "blocks, and does not say"
    raise ImportedError(
        f"The file has {n_blocks} {what} which, counted from 0. Where they are all blocks of "
        f"the model, type imported.n_layers={n_blocks}; else 'imported.layers=[…]' with {n_blocks} numbers.{embedded}"
    )


def _checked(config: ImportedConfig, blocks: tuple[int, ...], places: tuple[int, ...]) -> Blocks:
    if config.n_layers is not None and blocks and blocks[-1] >= config.n_layers:
        raise ImportedError(
            f"Block {blocks[-1]} is beyond imported.n_layers={config.n_layers}: blocks are counted from 0, so that the "
            f"last of {config.n_layers} is {config.n_layers - 1}."
        )
    return blocks, places


def _shown(blocks: tuple[int, ...]) -> str:
    ordered = sorted(blocks)
    return ", ".join(map(str, ordered[:40])) + (", …" if len(ordered) > 40 else "")
