"""The section on depth: every block of a run with every block of another, and what ways of choosing a block take."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.charts.depth import CALLED, LEVEL
from emogeo.analysis.figures.depth import PAIR, file_of
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import number
from emogeo.analysis.report.parts import Absent, Column, Listing, Part, Section, Text, beside, figure, sheet, word
from emogeo.analysis.tables.depth import grids, ways_of
from emogeo.analysis.tables.notes import NoteKind
from emogeo.installation import command

_SHOWN = 3
"""The most pairs of runs whose grids are shown."""
_ABOUT = (
    "ρ of every block of one run with every block of another, or of its own. The p is adjusted for having looked at "
    "all of them: the conditions are relabelled, and each time the largest ρ of the grid is taken. It says that "
    "something is shared at these blocks, which the texts alone can do; ρ* leaves the noise of the texts out."
)


def depth_section(material: Material) -> Section:
    """Shows the grids of up to three pairs of runs, and what each way of choosing a block takes in every pair."""
    cells = material.table("depth_grid")
    if cells.empty:
        absent = Absent("No run has several blocks that are known.", f"{command('train')} -m model=A,B")
        return Section("depth", "Depth", _ABOUT, [absent])
    pairs = [own for own in grids(cells) if not _within(own)]
    shown = (pairs or grids(cells))[:_SHOWN]
    lines = [said(own, material.names) for own in pairs[:_SHOWN]]
    parts: list[Part] = [Listing("The best pair of blocks, and the usual ones", lines)] if lines else []
    for own in shown:
        parts += _chart(material, own)
    return Section("depth", "Depth", _ABOUT, [*parts, *_left(material, pairs), *_choices(material)])


def said(own: pd.DataFrame, names: dict[str, str]) -> str:
    """Says from where to where rho runs, which pair of blocks has the largest, and what the middle ones have."""
    a, b = (names.get(str(own[key].iloc[0]), str(own[key].iloc[0])) for key in ("key_a", "key_b"))
    best, rho = own.loc[own["rho"].idxmax()], own["rho"]
    middle = own[ways_of(own).map(lambda ways: "middle" in ways)]
    parts = [
        f"{a} – {b}: ρ {number(rho.min())} to {number(rho.max())} over {len(own)} pairs of blocks, "
        f"median {number(rho.median())}",
        f"largest at blocks {best['block_a']} and {best['block_b']} (p {number(best['p_largest'], 4)})",
        f"{(own['p_largest'] <= LEVEL).mean():.0%} of the pairs lie beyond relabelled conditions",
    ]
    parts += [f"the middle blocks have {number(middle['rho'].iloc[0])}"] if len(middle) else []
    return "; ".join(parts) + "."


def _within(own: pd.DataFrame) -> bool:
    return bool(own["key_a"].iloc[0] == own["key_b"].iloc[0])


def _chart(material: Material, own: pd.DataFrame) -> list[Part]:
    a, b = str(own["key_a"].iloc[0]), str(own["key_b"].iloc[0])
    named = [material.names.get(key, key[:8]) for key in (a, b)]
    title = f"{named[0]}, block by block" if a == b else f"{named[0]} and {named[1]}, block by block"
    alike = own["rho"]
    shown = f"{title}: a colour for each pair of blocks, ρ from {number(alike.min())} to {number(alike.max())}."
    return material.drawn(file_of(a, b), title, shown)


def _left(material: Material, pairs: list[pd.DataFrame]) -> list[Part]:
    left = len(pairs) - _SHOWN
    are = "pair of runs is" if left == 1 else "pairs of runs are"
    said = [f"{left} more {are} drawn in figures/{PAIR}_….png."] if left > 0 else []
    table = material.table("depth_choices")
    notes = [] if table.empty else [note for row in material.notes("depth_choices", table) for note in row]
    said += [f"{note}." for note in dict.fromkeys(notes) if note.kind is NoteKind.bound]
    return [Text(" ".join(said))] if said else []


def _choices(material: Material) -> list[Part]:
    table = material.table("depth_choices")
    if table.empty:
        return []
    names = material.names
    columns: list[Column] = [
        word("run a", "key_a", names),
        word("run b", "key_b", names),
        word("way of choosing", "choice", CALLED),
        beside("blocks a / b", "block_a", "block_b", digits=0),
        figure("ρ", "rho"),
        figure("ρ*", "rho_star"),
        beside("rank / of", "rank", "n_cells", digits=0),
        figure("p of the largest", "p_largest", 4),
        word("note", "note", style="long"),
    ]
    return [sheet(table, "What each way of choosing a block takes", "depth_choices", columns)]
