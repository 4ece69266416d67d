"""Rows of the `pairs` table where one of the two is a bare geometry: rho with its p, and why there is no rho*."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np

from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.analysis.tables.equivalence import CANNOT_TELL
from emogeo.analysis.tables.frame import Row
from emogeo.analysis.tables.mantel import MantelTests
from emogeo.analysis.tables.notes import NAMED, Note, NoteKind, left_out
from emogeo.arrays import Array
from emogeo.geometry.beyond import Beyond
from emogeo.geometry.rdm import MIN_CONDITIONS, standard_ranks, upper
from emogeo.imported.types import Kind
from emogeo.stimuli.messages import listed

_WHAT = {Kind.vectors: "vectors", Kind.rdm: "an RDM"}


def bare_rows(prepared: Sequence[PreparedRun], bare: Sequence[PreparedBare], permutations: int, seed: int) -> list[Row]:
    """Compares bare geometries with each other, and with trained runs that are no rereads."""
    runs = [each for each in prepared if each.run.reread_of is None and not each.run.untrained]
    pairs: list[tuple[Compared, Compared]] = [*product(runs, bare), *combinations(bare, 2)]
    tests = MantelTests.of_family(len(pairs), permutations, seed)
    rows = [bare_row(a, b, tests, _why_no_star(a, b)) for a, b in pairs]
    tests.fill([])
    return rows


def bare_row(a: Compared, b: Compared, tests: MantelTests, why: Note) -> Row:
    """Compares the RDMs of two runs over the conditions that they have in common.

    Args:
        why: why there is no more than rho.
    """
    row: Row = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    row |= {"equivalence": CANNOT_TELL, "beyond_words": Beyond.unknown.value}
    row["beyond_meanings"] = row["beyond_words"]
    shared = sorted(set(a.run.conditions) & set(b.run.conditions))
    if len(shared) < MIN_CONDITIONS:
        said = f"{len(shared)} conditions in common, {MIN_CONDITIONS} are needed"
        row["note"] = [left_out(f"{said} ('conditions.rename={{A: B}}' matches names)")]
        return row
    first, second = (_ranks(each, shared) for each in (a, b))
    row.update(rho=float(first @ second), n_conditions=len(shared))
    tests.of_ranks(row, "p_same_text", first, second)
    row["note"] = [why, *_conditions(a, b, shared)]
    return row


def _ranks(each: Compared, conditions: Sequence[str]) -> Array:
    places = [each.run.conditions.index(condition) for condition in conditions]
    return standard_ranks(upper(np.asarray(each.run.rdm)[np.ix_(places, places)]))


def _why_no_star(a: Compared, b: Compared) -> Note:
    kinds = dict.fromkeys(_WHAT[each.run.record.kind] for each in (a, b) if isinstance(each, PreparedBare))
    said = f"rho_star, its p and every verdict: {' and '.join(kinds)} alone, without states of texts"
    return Note(f"{said}, so words, text noise and shared geometry cannot be told apart", NoteKind.not_identifiable)


def _conditions(a: Compared, b: Compared, shared: Sequence[str]) -> list[Note]:
    """Notes over which conditions two geometries are compared, where these are not all of both."""
    others = sorted(set(a.run.conditions) ^ set(b.run.conditions))
    if not others:
        return []
    said = f"over the {len(shared)} conditions in common, without {listed(others, NAMED)}"
    return [Note(f"{said} ('conditions.rename={{A: B}}' matches names)")]
