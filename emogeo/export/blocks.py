"""Which blocks are written."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.errors import ConfigError
from emogeo.export.formats import ALL, SELECTED
from emogeo.export.metadata import Measured


def chosen_blocks(run: Measured, asked: str) -> tuple[int, ...]:
    """Gives the blocks, counted from 0, ascending.

    Args:
        asked: `all`, `selected`, or numbers with commas between.

    Raises:
        ConfigError: a block that the run has not, something else, or the selected one where a run selects them all.
    """
    have = run.result.layer.layers
    if asked == ALL:
        return have
    if asked == SELECTED:
        if run.layer is None:
            which = f"type --blocks all, or some of {spans(have)}" if have else "its block is not known"
            raise ConfigError(f"{run.key[:12]} has selected no block: {which}.")
        return (run.layer,)
    return _numbered(run, asked)


def _numbered(run: Measured, asked: str) -> tuple[int, ...]:
    have = run.result.layer.layers
    try:
        numbers = tuple(sorted({int(word) for word in asked.split(",")}))
    except ValueError as error:
        raise ConfigError(f"--blocks {asked}: type all, selected, or blocks with commas between, as in 3,7.") from error
    absent = [number for number in numbers if number not in have]
    if absent:
        raise ConfigError(f"--blocks {asked}: {run.key[:12]} has no block {absent[0]}; it has {spans(have)}.")
    return numbers


def spans(blocks: Sequence[int]) -> str:
    """Writes ascending numbers in short: 0-2, 5."""
    found: list[list[int]] = []
    for block in blocks:
        if found and found[-1][-1] == block - 1:
            found[-1].append(block)
        else:
            found.append([block])
    return ", ".join(str(own[0]) if len(own) == 1 else f"{own[0]}-{own[-1]}" for own in found)
