"""What stands in the way of believing the numbers, and what is noted about them; each of it is said once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from emogeo.analysis.comparing.made import flags_of_origins
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.sentences import number_of
from emogeo.analysis.summary.letters import pair_of
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.terminal import paragraph

_NAMED, _LISTED = 2, 3
"""The most rows that a note names."""
_NOTES = 8
"""The most notes that are printed."""
_SAID_BEFORE = (NoteKind.no_floor, NoteKind.made_otherwise)
"""Kinds of notes that are said once for all pairs, and not pair by pair."""


def flag_lines(of: Mapping[str, str], material: Material, width: int) -> list[str]:
    """Writes what is wrong with texts, which runs are flagged or refused, and which records were left out."""
    said = [
        *_texts(material),
        *_runs(of, material),
        *flags_of_origins(material.catalogue.finished, lambda run: _called(run.key, run.model, of, material)),
        *(f"left out: {why}" for why in material.catalogue.left_out),
    ]
    return [line for each in said for line in paragraph(each, width, "! ", "  ")]


def _texts(material: Material) -> Iterator[str]:
    corpus = material.table("corpus")
    if corpus.empty:
        return
    for row, notes in zip(corpus.to_dict("records"), material.notes("corpus", corpus), strict=True):
        if notes:
            blocked = row["blocks_verdict"] == "yes"
            verdict = "no verdict beyond words can be given on them" if blocked else "read with care"
            yield f"Texts of {row['stimuli']} ({row['n_texts']} in {row['n_units']} units): {verdict}."
            yield from (str(note).removeprefix("FLAG ") for note in notes)


def _runs(of: Mapping[str, str], material: Material) -> Iterator[str]:
    """Writes each flag once, with the runs that have it."""
    table = material.table("runs")
    about: dict[Note, list[str]] = {}
    for key, model, own in zip(table["key"], table["model"], material.notes("runs", table), strict=True):
        for note in own:
            if note.kind in {NoteKind.refused, NoteKind.flag}:
                about.setdefault(note, []).append(_called(key, model, of, material))
    for note, runs in about.items():
        yield f"{_some(runs)}: {str(note).removeprefix('FLAG ')}"


def _called(key: str, model: str, of: Mapping[str, str], material: Material) -> str:
    """Gives a run's letter, else its name."""
    return of.get(key) or material.names.get(key, model)


def note_lines(
    of: Mapping[str, str], material: Material, pairs: pd.DataFrame, width: int, *, baselines: bool
) -> list[str]:
    """Writes the notes of the pairs that are printed, of effects and, where they are asked for, of baselines."""
    rows = material.table("baselines") if baselines else pd.DataFrame()
    effects = material.table("effects")
    noted = [
        *zip([pair_of(row, of) for row in pairs.to_dict("records")], _of(material, "pairs", pairs), strict=True),
        *zip(rows.get("baseline", []), _of(material, "baselines", rows), strict=True),
        *zip(effects.get("factor", []), _of(material, "effects", effects), strict=True),
    ]
    lines = [*_floors(note for _, notes in noted for note in notes), *_said(noted)]
    more = len(lines) - _NOTES
    lines = [*lines[:_NOTES], *([f"and {more} more notes, in the tables"] if more > 0 else [])]
    return [line for each in lines for line in paragraph(each, width, "  ", "    ")]


def _of(material: Material, name: str, rows: pd.DataFrame) -> list[Sequence[Note]]:
    return material.notes(name, rows) if len(rows) else []


def _floors(notes: Iterable[Note]) -> list[str]:
    """Says once for how many models no floor was measured."""
    floors = list(dict.fromkeys(note for note in notes if note.kind is NoteKind.no_floor))
    if len(floors) < 2:
        return [f"note: {note}" for note in floors]
    return [
        f"note: floor: not measured for {number_of(len(floors), 'model')} at their precision, "
        "repeat their runs with reread=true"
    ]


def _said(noted: Iterable[tuple[str, Sequence[Note]]]) -> list[str]:
    """Writes each note once, with the rows that it is about; one that many rows share names none of them."""
    about: dict[Note, dict[str, None]] = {}
    for row, notes in noted:
        for note in notes:
            if note.kind not in _SAID_BEFORE:
                about.setdefault(note, {})[row] = None
    return [f"note{_on(list(rows), note)}: {note}" for note, rows in about.items()]


def _on(rows: Sequence[str], note: Note) -> str:
    return "" if len(rows) > _NAMED and note.kind is not NoteKind.left_out else f" on {_some(rows)}"


def _some(rows: Sequence[str]) -> str:
    more = f" and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
    return f"{', '.join(rows[:_LISTED])}{more}"
