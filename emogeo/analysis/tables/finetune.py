"""The `finetune` table: checkpoints of one model, base and tuned say, compared at every block."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from tqdm import tqdm

from emogeo.analysis.comparing.checkpoints import (
    OverDepth,
    checkpoints_of,
    floors_by_block,
    halves_by_block,
    states_by_block,
)
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.names import how_read
from emogeo.analysis.tables.equivalence import EQUIVALENCE, equivalence
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.notes import Note, NoteKind, left_out
from emogeo.errors import GeometryError
from emogeo.geometry.by_block import AtBlock, over_blocks
from emogeo.record.run import Run
from emogeo.store.store import Store

LEVEL = 0.05
"""The p, after Holm over blocks, up to which a block differs."""
SHOW_PROGRESS = 12
"""The number of blocks from which on a progress bar is shown."""
_WORDS = ["reading", "key_a", "key_b", "model_a", "model_b", "verdict", "note"]
FINETUNE_COLUMNS = [
    *("reading", "key_a", "key_b", "model_a", "model_b", "block", "n_layers", "depth", "rho"),
    *("rho_star", "rho_star_ci_low", "rho_star_ci_high", "rho_star_ci90_low", "reliability_a", "reliability_b"),
    *("n_units", "floor", "p", "p_holm", "verdict", "note"),
]


def finetune_table(prepared: Sequence[PreparedRun], store: Store, bound: float = EQUIVALENCE) -> Table:
    """Makes one row per block of each two checkpoints; one row without a block where there are no states by block.

    Args:
        store: where the passes of the runs are; no text is read again.
        bound: the 1 - rho* within which two geometries are the same.
    """
    runs, rows = [each.run for each in prepared], list[Row]()
    for pair in checkpoints_of(prepared):
        rows += _rows(pair, runs, store, bound)
    return typed(rows, FINETUNE_COLUMNS, _WORDS)


def _rows(pair: OverDepth, runs: Sequence[Run], store: Store, bound: float) -> list[Row]:
    a, b = pair.first, pair.second
    named: Row = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    named["reading"] = f"{a.run.record.precision}, {how_read(a.run)}"
    try:
        found = _compared(pair, runs, store)
    except GeometryError as error:
        return [{**named, "note": [left_out(error)]}]
    if isinstance(found, str):
        return [{**named, "note": [Note(f"by block: not identifiable ({found})", NoteKind.not_identifiable)]}]
    return [{**named, **_row(own, a.run, bound)} for own in found]


def _compared(pair: OverDepth, runs: Sequence[Run], store: Store) -> list[AtBlock] | str:
    """Compares the two at every block, or says why that cannot be."""
    a, b, blocks = pair.first, pair.second, pair.blocks
    if len(set(pair.depths)) > 1:
        return f"{a.run.model} has {pair.depths[0]} blocks and {b.run.model} {pair.depths[1]}"
    if a.labels != b.labels:
        return "the two have not read the same texts in the same order"
    states = [states_by_block(each.run, store) for each in (a, b)]
    missing = [own for own in states if isinstance(own, str)]
    if missing:
        return "; ".join(missing)
    first, second = (
        halves_by_block(each, own, blocks) for each, own in zip((a, b), states, strict=True) if not isinstance(own, str)
    )
    floors = [
        None if x is None or y is None else max(x, y)
        for x, y in zip(*(floors_by_block(each.run, runs, blocks) for each in (a, b)), strict=True)
    ]
    shown = tqdm(
        zip(blocks, first, second, strict=True),
        f"{a.name} – {b.name}",
        len(blocks),
        leave=False,
        disable=len(blocks) < SHOW_PROGRESS or None,
    )
    return over_blocks(shown, floors, (a.name, b.name))


def _row(own: AtBlock, run: Run, bound: float) -> Row:
    found, n_layers = own.comparison, run.record.model.n_layers
    row: Row = {"block": own.block, "n_layers": n_layers, "depth": (own.block + 1) / n_layers}
    row.update(rho=found.rho.value, n_units=found.n_units, floor=own.floor, p=own.p, p_holm=own.p_holm)
    for name, estimate in (("reliability_a", found.reliability_a), ("reliability_b", found.reliability_b)):
        row[name] = None if estimate is None else estimate.value
    if found.rho_star is not None:
        row.update(columns("rho_star", found.rho_star))
    if found.rho_star_90 is not None:
        row["rho_star_ci90_low"] = found.rho_star_90.low
    row["verdict"] = equivalence(row, _counts(own), bound)
    row["note"] = [Note(f"rho_star: {found.reason}", NoteKind.not_identifiable)] if found.reason else []
    if found.rho_star is not None and own.floor is None:
        row["note"] = [Note("floor: not measured for both, repeat the runs with reread=true")]
    return row


def _counts(own: AtBlock) -> bool:
    """Whether rho* lies below 1 by more than floor and text, at 5% over all blocks together."""
    star = own.comparison.rho_star
    below = star is not None and own.floor is not None and star.value < 1 - own.floor
    return below and own.p_holm is not None and own.p_holm <= LEVEL


def by_pair(table: pd.DataFrame) -> list[pd.DataFrame]:
    """Gives the blocks of each pair, in their order; pairs without any are left out."""
    given = table[table["block"].notna()]
    return [own.sort_values("block") for _, own in given.groupby(["key_a", "key_b"], sort=False)]
