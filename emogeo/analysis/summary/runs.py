"""Runs in the terminal: a legend of letters, and the figures of each."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import number, with_interval
from emogeo.analysis.report.sentences import number_of
from emogeo.analysis.summary.letters import in_common
from emogeo.analysis.summary.narrow import Column, narrow
from emogeo.terminal import paragraph

_SHOWN, _MEASURED = 26, 12
"""The most runs that are listed, and of which there are figures."""


def legend(of: Mapping[str, str], material: Material, width: int) -> list[str]:
    """Says once which run each letter stands for; words that all names begin with are in the title."""
    names = {letter: material.names[key] for key, letter in of.items()}
    shared = in_common(list(names.values()))
    title = f"Runs of {shared}" if shared else "Runs"
    room = max(map(len, names), default=1) + 4
    lines = paragraph(title, width, rest="  ")
    for letter, name in list(names.items())[:_SHOWN]:
        own = name.removeprefix(shared).strip()
        lines += paragraph(own, width, f"  {letter}".ljust(room), " " * room)
    more = len(names) - _SHOWN
    return [*lines, f"  and {more} more in runs.csv"] if more > 0 else lines


def figures(of: Mapping[str, str], material: Material, width: int) -> list[str]:
    """Writes the figures of each run that has a letter."""
    table = material.table("runs")
    rows = table[table["key"].isin(of)].head(_MEASURED)
    if rows.empty:
        return []
    columns = [
        Column("run", [of[key] for key in rows["key"]], right=False),
        Column("reliability", with_interval(rows, "reliability"), right=False),
        Column("block", [_block(layer, n) for layer, n in zip(rows["layer"], rows["n_layers"], strict=True)]),
        Column("units", [number(n, 0) for n in rows["n_units"]]),
        Column("separation", [number(value, 3) for value in rows["separation"]]),
        Column("anisotropy", [number(value, 3) for value in rows["anisotropy"]]),
        Column("precision", list(rows["precision"]), right=False),
    ]
    if rows["held_out"].notna().any():
        columns.append(Column("held out", with_interval(rows, "held_out"), right=False))
    more = int(table["key"].isin(of).sum()) - len(rows)
    lines = narrow("Their geometries", columns, "runs.csv", width)
    return [*lines, f"  and {more} more in runs.csv"] if more else lines


def _block(layer: int, n: int) -> str:
    return "–" if pd.isna(layer) else f"{layer} of {n}"


def others(of: Mapping[str, str], material: Material, width: int) -> list[str]:
    """Counts the runs without a letter: untrained twins, rereads, refused runs."""
    rest = [run for run in material.catalogue.runs if run.key not in of]
    twins = [run for run in rest if run.untrained and run.finished]
    rereads = [run for run in rest if run.reread_of is not None and run.finished and not run.untrained]
    refused = [run for run in rest if not run.finished]
    counted = [
        (f"{number_of(len(twins), 'untrained twin')}, the nulls", twins),
        (f"{number_of(len(rereads), 'reread')}, for the floor", rereads),
        (f"{len(refused)} refused", refused),
    ]
    said = "; ".join(text for text, runs in counted if runs)
    return paragraph(f"  and {said} (runs.csv)", width, rest="  ") if said else []
