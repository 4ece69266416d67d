"""The section on depth says what its tables say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emogeo.analysis.figures.depth import file_of
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.depth import depth_section, said
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Chart, Listing, Text
from emogeo.analysis.tables.depth import CHOICE_COLUMNS, GRID_COLUMNS
from emogeo.analysis.tables.frame import typed
from emogeo.analysis.tables.notes import Note, NoteKind
from tests.analysis.report.shown import absent, cells, charts, sheets


def grid(a: str, b: str) -> list[dict[str, Any]]:
    return [
        {
            **{"key_a": a, "key_b": b, "block_a": row, "block_b": column, "rho": 0.1 + 0.2 * (row + column)},
            **{"p_largest": 0.01 if row + column else 0.3, "chosen_by": "selected, middle" if row > column else None},
        }
        for row in (0, 1)
        for column in (0, 1)
    ]


def of_pairs(folder: Path, n: int, note: str = "10 of 66 pairs of runs are compared block by block") -> Material:
    rows = [row for number in range(n) for row in grid("a", f"b{number}")] + grid("a", "a")
    for row in rows:
        (folder / f"{file_of(row['key_a'], row['key_b'])}.vl.json").write_text("{}")
    choice = {"key_a": "a", "key_b": "b0", "choice": "largest_rho", "block_a": 1, "block_b": 1, "rank": 1, "n_cells": 4}
    choices = [{**choice, "rho": 0.5, "p_largest": 0.01, "note": [Note(note, NoteKind.bound)]}] if n else []
    tables = {
        "depth_grid": typed(rows, GRID_COLUMNS, ["key_a", "key_b", "chosen_by"]),
        "depth_choices": typed(choices, CHOICE_COLUMNS, ["key_a", "key_b", "model_a", "model_b", "choice", "note"]),
    }
    return Material(tables, [], Catalogue(), folder)


def test_three_pairs_are_shown_and_the_others_are_counted(tmp_path: Path) -> None:
    section = depth_section(of_pairs(tmp_path, 5))
    assert charts(section) == [file_of("a", f"b{number}") for number in range(3)]
    (said_of,) = {part.said for part in section.parts if isinstance(part, Chart) and "b0" in part.title}
    assert said_of == "a and b0, block by block: a colour for each pair of blocks, ρ from 0.10 to 0.50."
    (text,) = [part.said for part in section.parts if isinstance(part, Text)]
    assert text.startswith("2 more pairs of runs are drawn") and "10 of 66 pairs of runs" in text
    (row,) = cells(sheets(section)["What each way of choosing a block takes"])
    assert (row["way of choosing"], row["blocks a / b"], row["rank / of"]) == ("largest ρ", "1 / 1", "1 / 4")
    (listing,) = [part for part in section.parts if isinstance(part, Listing)]
    assert len(listing.lines) == 3


def test_the_sentence_gives_the_range_the_best_pair_and_the_middle(tmp_path: Path) -> None:
    table = of_pairs(tmp_path, 1).table("depth_grid").iloc[:4]
    assert said(table, {"a": "first", "b0": "second"}) == (
        "first – second: ρ 0.10 to 0.50 over 4 pairs of blocks, median 0.30; largest at blocks 1 and 1 (p 0.0100); "
        "75% of the pairs lie beyond relabelled conditions; the middle blocks have 0.30."
    )


def test_a_run_alone_shows_its_own_blocks_and_nothing_is_said_to_be_absent(tmp_path: Path) -> None:
    section = depth_section(of_pairs(tmp_path, 0))
    assert charts(section) == [file_of("a", "a")] and not sheets(section)
    assert absent(depth_section(Material({}, [], Catalogue(), tmp_path)).parts)
