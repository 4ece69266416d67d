"""The `baselines` table: models against geometries that no model made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emogeo.analysis.comparing.floors import floors
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.tables.comparison import COMPARISON_COLUMNS, compare_into, floor_into
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.mantel import MantelTests
from emogeo.analysis.tables.notes import Note, NoteKind, left_out, without_words
from emogeo.errors import GeometryError
from emogeo.geometry.controls import norm_distances
from emogeo.geometry.halves import MIN_UNITS, Halves
from emogeo.geometry.inference import interval
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.sharing import SharedUnits, over
from emogeo.stimuli.norms import load_norms

BASELINES = ("bag_of_words", "input_embeddings", "human_norms")
BASELINE_COLUMNS = [
    *("key", "model", "baseline"),
    *("reliability_baseline" if name == "reliability_b" else name for name in COMPARISON_COLUMNS),
]


def baselines_table(prepared: Sequence[PreparedRun], permutations: int, seed: int) -> Table:
    """Makes one row per finished run and baseline; the p of text baselines are a family, those of norms another.

    Untrained twins, which are baselines themselves, have rows only where there is no other run.
    """
    measured = floors([each.run for each in prepared])
    runs = subjects([each for each in prepared if each.run.reread_of is None])
    rows: list[Row] = []
    for family in (BASELINES[:2], BASELINES[2:]):
        tests = MantelTests.of_family(len(runs) * len(family), permutations, seed)
        own = [_baseline_row(each, name, tests, measured) for each in runs for name in family]
        tests.fill(own)
        rows += own
    for row in rows:
        row["reliability_baseline"] = row.pop("reliability_b", None)
    return typed(rows, BASELINE_COLUMNS, words=["key", "model", "baseline", "note"])


def _baseline_row(
    prepared: PreparedRun, baseline: str, tests: MantelTests, measured: Mapping[tuple[str, ...], float]
) -> Row:
    row: Row = {"key": prepared.run.key, "model": prepared.run.model, "baseline": baseline}
    try:
        if baseline == "human_norms":
            notes = _norms_into(row, prepared.halves, tests)
        else:
            both = SharedUnits([prepared.halves, getattr(prepared, baseline)], same_text=True)
            notes = compare_into(row, both, (prepared.name, baseline), tests)
        notes += floor_into(row, [prepared.run], measured)
    except GeometryError as error:
        notes = without_words(error) if baseline == "bag_of_words" else [left_out(error)]
    row["note"] = notes
    return row


def _norms_into(row: Row, run: Halves, tests: MantelTests) -> list[Note]:
    """Compares a run with norms; these have no texts, so no text is shared, and the Mantel p of rho is `p`."""
    norms = load_norms()
    rated = [c for c in run.products.conditions if c in norms]
    unrated = sorted(set(run.products.conditions) - set(rated))
    run = over(run, run.products.units, rated)
    distances = standard_ranks(norm_distances(norms, rated))
    figures = run.whole @ distances
    row.update(rho=float(figures[0]), n_units=run.n_units, half_size=run.half_size, n_conditions=len(rated))
    notes = [Note(f"without {', '.join(unrated)}, which has no ratings")] if unrated else []
    if run.n_units < MIN_UNITS:
        why = f"all but rho: not identifiable ({run.n_units} units, {MIN_UNITS} needed)"
        return [*notes, Note(why, NoteKind.not_identifiable)]
    row.update(columns("rho", interval(float(figures[0]), [figures[1:]], fisher=True)))
    row["reliability_a"] = run.reliability
    tests.of_ranks(row, "p", run.whole[0], distances)
    return [*notes, Note("rho_star: ratings have no replicates here, so p is of rho, with no text shared")]
