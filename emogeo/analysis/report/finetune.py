"""What a fine-tune changes over depth: a sentence for each two checkpoints, and their blocks."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from emogeo.analysis.report.finding import Finding
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import in_words, number
from emogeo.analysis.report.parts import Part, beside, figure, sheet, word
from emogeo.analysis.tables.equivalence import CANNOT_TELL, DIFFERS, SAME
from emogeo.analysis.tables.finetune import by_pair

_SHOWN = 12
"""The most pairs that the terminal writes of."""


def finetune_lines(table: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Writes where over depth each two checkpoints of a model part, for the terminal."""
    pairs = _told_of(table, names)
    if not pairs:
        return []
    lines = [f"  {title}: {told}" for title, told, _ in pairs[:_SHOWN]]
    lines += [f"  and {len(pairs) - _SHOWN} more pairs, in finetune.csv"] if len(pairs) > _SHOWN else []
    return ["Checkpoints of one model, block by block (finetune.csv)", *lines, ""]


def finetune_findings(material: Material) -> list[Finding]:
    """Says the same for the report."""
    table = material.table("finetune")
    pairs = _told_of(table, material.names) if len(table) else []
    return [Finding("Base and tuned", f"{title}: {told}.", unsure=not sure) for title, told, sure in pairs]


def _told_of(table: pd.DataFrame, names: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Gives each pair's title, what is said of it, and whether that is a verdict; of one without blocks, why."""
    pairs = [(_title(own, names), said(own), _told(own)) for own in by_pair(table)]
    without = table[table["block"].isna() & table["note"].notna()]
    return pairs + [(_title(without.loc[[at]], names), str(without.loc[at, "note"]), False) for at in without.index]


def finetune_parts(material: Material) -> list[Part]:
    """Shows the blocks of all pairs; nothing where no model has two checkpoints."""
    table = material.table("finetune")
    if table.empty:
        return []
    columns = [
        word("first", "key_a", material.names),
        word("second", "key_b", material.names),
        figure("block", "block", 0),
        word("same or different", "verdict", style="badge"),
        figure("ρ*", "rho_star"),
        figure("ρ", "rho"),
        beside("reliabilities", "reliability_a", "reliability_b"),
        figure("floor", "floor", 4),
        figure("p (Holm)", "p_holm", 4),
        word("note", "note", style="long"),
    ]
    shown = sheet(table, "Checkpoints of one model, block by block", "finetune", columns)
    return material.picture("finetune.png", "Checkpoints of one model over depth", shown) or [shown]


def said(own: pd.DataFrame) -> str:
    """Says at which blocks two checkpoints differ, are the same, or cannot be told apart, and where rho* is lowest."""
    verdicts = own["verdict"].fillna(CANNOT_TELL)
    differing, same = verdicts.str.startswith(DIFFERS), verdicts.str.startswith(SAME)
    unsure = ~differing & ~same
    parts = []
    if differing.any():
        first = int(own["block"][differing].iloc[0])
        parts.append(f"ρ* leaves 1 by more than floor and text from block {first} ({_blocks(own[differing])})")
    else:
        parts.append("ρ* is nowhere seen to leave 1 by more than floor and text")
    parts += [f"{verdicts[same].iloc[0]} at {_blocks(own[same])}"] if same.any() else []
    parts += [f"cannot tell at {_blocks(own[unsure])}"] if unsure.any() else []
    return "; ".join([*parts, *_ends(own)])


def _ends(own: pd.DataFrame) -> list[str]:
    """Gives rho* at the first and the last block that have one, and where it is lowest."""
    given = own[own["rho_star"].notna()]
    if given.empty:
        ends = [own.iloc[0], own.iloc[-1]]
        return [
            "no block has a ρ*, raw ρ " + ", ".join(f"{number(row['rho'])} at block {row['block']}" for row in ends)
        ]
    lowest = given.loc[given["rho_star"].idxmin()]
    rows = {int(row["block"]): row for row in (given.iloc[0], lowest, given.iloc[-1])}
    numbers = [
        f"{in_words(row['rho_star'], row['rho_star_ci_low'], row['rho_star_ci_high'])} at block {block}"
        for block, row in sorted(rows.items())
    ]
    return [f"ρ* {', '.join(numbers)} of {int(own['n_layers'].iloc[0])}, lowest at {int(lowest['block'])}"]


def _blocks(own: pd.DataFrame) -> str:
    """Writes blocks as ranges: blocks 0–3, 7."""
    ranges: list[list[int]] = []
    for block in map(int, own["block"]):
        if ranges and block == ranges[-1][1] + 1:
            ranges[-1][1] = block
        else:
            ranges.append([block, block])
    told = ", ".join(f"{low}" if low == high else f"{low}–{high}" for low, high in ranges)
    return f"block {told}" if len(own) == 1 else f"blocks {told}"


def _title(own: pd.DataFrame, names: Mapping[str, str]) -> str:
    first = own.iloc[0]
    return " – ".join(names.get(first[f"key_{side}"], str(first[f"model_{side}"])) for side in "ab")


def _told(own: pd.DataFrame) -> bool:
    return bool((own["verdict"].notna() & ~own["verdict"].fillna("").str.startswith(CANNOT_TELL)).any())
