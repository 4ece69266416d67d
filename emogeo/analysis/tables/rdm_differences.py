"""The `rdm_differences` table: cells of two runs' RDMs, and whether they differ beyond the noise of the texts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note, NoteKind, left_out
from emogeo.analysis.tables.pairs import NAMES
from emogeo.analysis.tables.universality import comparable_runs
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_STAR, Halves
from emogeo.geometry.inference import identifiable
from emogeo.geometry.rdm_difference import rdm_difference
from emogeo.geometry.sharing import over_shared
from emogeo.geometry.triangle import above

MOST_PAIRS = 10
"""The most pairs of runs: all of five models."""
LEVEL = 0.05
YES, NO = "yes", "no"
DIFFERENCE_COLUMNS = [
    *(*NAMES, "condition_a", "condition_b", "dissimilarity_a", "dissimilarity_b", "difference", "standard_error"),
    *("p_largest", "beyond_noise", "n_units", "note"),
]


def rdm_differences_table(prepared: Sequence[PreparedRun], seed: int) -> Table:
    """Makes a row per pair of comparable runs and pair of conditions; without any such runs, of all runs two by two.

    Rereads have none, and untrained twins only where there are no other runs.
    """
    pairs = [pair for group in comparable_runs(prepared).values() for pair in combinations(group, 2)]
    own = subjects([each for each in prepared if each.run.reread_of is None])
    pairs = pairs or list(combinations(own, 2))
    more = f"{MOST_PAIRS} of {len(pairs)} pairs of runs are compared cell by cell"
    bound = [Note(more, NoteKind.bound)] if len(pairs) > MOST_PAIRS else []
    rows = [{**row, "note": [*row.get("note", []), *bound]} for a, b in pairs[:MOST_PAIRS] for row in _rows(a, b, seed)]
    return typed(rows, DIFFERENCE_COLUMNS, [*NAMES, "condition_a", "condition_b", "beyond_noise", "note"])


def _refuse_unreliable(halves: Sequence[Halves]) -> None:
    """Refuses what has no rho* either: of runs that hardly agree with themselves too many cells would be marked."""
    n = halves[0].n_units
    if n < MIN_STAR:
        raise GeometryError(f"{n} units, {MIN_STAR} are needed")
    if not all(identifiable(own) for own in halves):
        raise GeometryError("a run is not reliable enough, as for rho_star in pairs")


def _rows(a: PreparedRun, b: PreparedRun, seed: int) -> list[Row]:
    named: Row = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    try:
        both = over_shared(a, b)
        if not both.paired:
            raise GeometryError("the two have no unit in common")
        _refuse_unreliable(both.halves)
        one, other = (own.products for own in both.halves)
        found = rdm_difference(one.values, other.values, seed)
    except GeometryError as error:
        return [{**named, "note": [left_out(error)]}]
    names = one.conditions
    rows = []
    for at, (first, second) in enumerate(zip(*above(len(names)), strict=True)):
        row: Row = {**named, "condition_a": names[first], "condition_b": names[second], "n_units": found.n_units}
        row.update(dissimilarity_a=found.first[at], dissimilarity_b=found.second[at], difference=found.values[at])
        beyond = YES if found.p[at] <= LEVEL else NO
        rows.append({**row, "standard_error": found.error[at], "p_largest": found.p[at], "beyond_noise": beyond})
    return rows
