"""The columns of a comparison of two runs."""

from __future__ import annotations

from collections.abc import Mapping

from emogeo.analysis.comparing.made import made_otherwise
from emogeo.analysis.tables.frame import Row, columns
from emogeo.analysis.tables.mantel import MantelTests
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.geometry.both_random import NOT_ANY
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_UNITS
from emogeo.geometry.inference import Comparison, Estimate, compare
from emogeo.geometry.needed import most_needed
from emogeo.geometry.sharing import SharedUnits
from emogeo.record.run import Run

COMPARISON_COLUMNS = [
    *("rho", "rho_ci_low", "rho_ci_high", "p_same_text", "n_units", "half_size", "reliability_a", "reliability_b"),
    *("rho_same_half", "rho_disjoint_half", "stimulus_share", "rho_star", "rho_star_ci_low", "rho_star_ci_high"),
    *(
        "rho_star_ci90_low",
        "rho_star_any_ci_low",
        "rho_star_any_ci_high",
        "p",
        "p_holm",
        "floor",
        "n_conditions",
        "note",
    ),
]


_FLOOR = "floor: not measured for {}, repeat the run with reread=true"


def compare_into(row: Row, both: SharedUnits, names: tuple[str, str], tests: MantelTests) -> list[Note]:
    """Puts every number of a comparison under its column's name, asks for its p, and notes what cannot be given."""
    a, b = both.halves
    result = compare(a, b, names)
    row.update(columns("rho", result.rho), **_halves_columns(result))
    row["stimulus_share"] = result.stimulus_share if both.same_text else None
    row.update(n_units=result.n_units, half_size=result.half_size, n_conditions=len(a.products.conditions))
    notes = []
    if result.n_units < MIN_UNITS:
        return [Note(f"all but rho: {result.reason}", NoteKind.not_identifiable)]
    if both.same_text:
        tests.of_ranks(row, "p_same_text", a.whole[0], b.whole[0])
    elif both.paired:
        notes += [
            Note(f"p_same_text and stimulus_share: {'other texts' if both.known else 'texts that are not known'}"),
            Note("rho_same_half: on units of the same name (topics, say)"),
        ]
    else:
        notes.append(Note(f"p_same_text and rho_same_half: no text in common ({a.n_units} and {b.n_units} units)"))
    if result.n_units < MIN_JACKKNIFE:
        notes.append(Note(f"no intervals of halves figures ({result.n_units} units, {MIN_JACKKNIFE} needed)"))
    if result.rho_star is None:
        why = Note(f"rho_star and p: {result.reason}", NoteKind.not_identifiable)
        return [*notes, why, Note(str(most_needed(a, b)))]
    tests.of_halves(row, a, b)
    return notes + _star_into(row, result.rho_star, result.rho_star_90, result.rho_star_any)


def _star_into(row: Row, star: Estimate, at_90: Estimate | None, over_any: Estimate | None) -> list[Note]:
    """Puts in rho* with its intervals: over other units, the same at 90%, and over other conditions as well."""
    row.update(columns("rho_star", star))
    if at_90 is not None:
        row["rho_star_ci90_low"] = at_90.low
    if over_any is None:
        return [Note(f"rho_star_any: {NOT_ANY}")]
    row.update(rho_star_any_ci_low=over_any.low, rho_star_any_ci_high=over_any.high)
    return []


def floor_into(row: Row, runs: list[Run], measured: Mapping[tuple[str, ...], float]) -> list[Note]:
    """Puts in the larger floor of the runs, or notes which floor was not measured."""
    absent = [run for run in runs if run.weights_at_precision not in measured]
    if not absent:
        row["floor"] = max(measured[run.weights_at_precision] for run in runs)
    names = dict.fromkeys(f"{run.model} at {run.record.precision}" for run in absent)
    own = {f"{run.model} at {run.record.precision}" for run in absent if run.record.imported is not None}
    return [
        Note(f"floor: not known for {name}, whose states were imported")
        if name in own
        else Note(_FLOOR.format(name), NoteKind.no_floor)
        for name in names
    ]


def origin_notes(a: Run, b: Run) -> list[Note]:
    """Notes that two runs' states or texts were made with other libraries, or on another device."""
    return [Note(text, NoteKind.made_otherwise) for text in made_otherwise(a, b)]


def _halves_columns(result: Comparison) -> dict[str, float | None]:
    estimates = {
        "reliability_a": result.reliability_a,
        "reliability_b": result.reliability_b,
        "rho_same_half": result.same_half,
        "rho_disjoint_half": result.disjoint_half,
    }
    return {name: None if estimate is None else estimate.value for name, estimate in estimates.items()}
