"""The `baselines` table: models against geometries that no model made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial

from emogeo.analysis.comparing.floors import floors
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.tables.comparison import COMPARISON_COLUMNS, compare_into, floor_into
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, content, kept_row, run_key
from emogeo.analysis.tables.mantel import MantelTests
from emogeo.analysis.tables.notes import NAMED, Note, NoteKind, left_out, too_few_labels, without_words
from emogeo.analysis.tables.pairs import tested
from emogeo.errors import GeometryError
from emogeo.geometry.halves import MIN_UNITS, Halves
from emogeo.geometry.inference import interval
from emogeo.geometry.rdm import MIN_CONDITIONS, standard_ranks
from emogeo.geometry.sharing import SharedUnits, over
from emogeo.stimuli.messages import listed
from emogeo.stimuli.norms import Match, Norm, package_norms

TEXT_BASELINES = ("bag_of_words", "input_embeddings")
BASELINE_COLUMNS = [
    *("key", "model", "baseline"),
    *("reliability_baseline" if name == "reliability_b" else name for name in COMPARISON_COLUMNS),
]


def baselines_table(
    prepared: Sequence[PreparedRun], permutations: int, seed: int, norms: Sequence[Norm] = (), kept: Kept = NOTHING
) -> Table:
    """Makes one row per finished run and baseline; the p of text baselines are a family, those of the package's norms
    another, and those of the user's own norms a third.

    Untrained twins, which are baselines themselves, have rows only where there is no other run.
    """
    measured = floors([each.run for each in prepared])
    runs = subjects([each for each in prepared if each.run.reread_of is None])
    families: tuple[Sequence[str | Norm], ...] = (TEXT_BASELINES, (package_norms(),), norms)
    rows: list[Row] = []
    for family in families:
        tests = MantelTests.of_family(len(runs) * len(family), permutations, seed)
        both = [(each, baseline) for each in runs for baseline in family]
        keys = [_key(each, baseline, tests, measured) for each, baseline in both]
        own = [
            kept_row(kept, key) or _baseline_row(each, baseline, tests, measured)
            for key, (each, baseline) in zip(keys, both, strict=True)
        ]
        tests.fill(own)
        for key, row in zip(keys, own, strict=True):
            kept.put(key, [row])
        rows += own
    for row in rows:
        row["reliability_baseline"] = row.pop("reliability_b", None)
    return typed(rows, BASELINE_COLUMNS, words=["key", "model", "baseline", "note"])


def _key(each: PreparedRun, baseline: str | Norm, tests: MantelTests, measured: Mapping[tuple[str, ...], float]) -> Row:
    """Gives what a row is computed from."""
    held = baseline if isinstance(baseline, str) else content(baseline)
    return {"run": run_key(each), "baseline": held, **tested(tests, measured, each)}


def _baseline_row(
    prepared: PreparedRun, baseline: str | Norm, tests: MantelTests, measured: Mapping[tuple[str, ...], float]
) -> Row:
    name = baseline.name if isinstance(baseline, Norm) else baseline
    row: Row = {"key": prepared.run.key, "model": prepared.run.model, "baseline": name}
    notes: list[Note] = []
    try:
        if isinstance(baseline, Norm):
            _norm_into(row, prepared.halves, baseline, tests, notes)
        else:
            both = SharedUnits([prepared.halves, getattr(prepared, baseline)], same_text=True)
            notes += compare_into(row, both, (prepared.name, baseline), tests) + _as_reliable(row, prepared, baseline)
        notes += floor_into(row, [prepared.run], measured)
    except GeometryError as error:
        notes += without_words(error) if baseline == "bag_of_words" else [left_out(error)]
    row["note"] = notes
    return row


def _as_reliable(row: Row, prepared: PreparedRun, baseline: str) -> list[Note]:
    """Flags a baseline that is as reliable as the model: the text alone gives a geometry as good as the model's."""
    own, other = row.get("reliability_a"), row.get("reliability_b")
    if own is None or other is None or own > other or prepared.run.untrained:
        return []
    what = "a bag of words alone gives" if baseline == "bag_of_words" else "input embeddings alone give"
    return [Note(f"{what} a geometry as reliable as the model's ({other:.2f} against {own:.2f})", NoteKind.flag)]


def _norm_into(row: Row, run: Halves, norm: Norm, tests: MantelTests, notes: list[Note]) -> None:
    """Compares a run with a norm; this has no texts, so no text is shared, and the Mantel p of rho is `p`."""
    match = norm.match(run.products.conditions)
    shared = [condition for condition in run.products.conditions if condition in match.words]
    row["n_conditions"] = len(shared)
    notes += _lacking(norm, match)
    if len(shared) < MIN_CONDITIONS:
        notes.append(too_few_labels(len(shared)))
        return
    run = over(run, run.products.units, shared)
    distances = standard_ranks(norm.distances([match.words[condition] for condition in shared]))
    figures = run.whole @ distances
    row.update(rho=float(figures[0]), n_units=run.n_units, half_size=run.half_size)
    if run.n_units < MIN_UNITS:
        why = f"all but rho: not identifiable ({run.n_units} units, {MIN_UNITS} needed)"
        notes.append(Note(why, NoteKind.not_identifiable))
        return
    row.update(columns("rho", interval(float(figures[0]), [figures[1:]], fisher=True)))
    row["reliability_a"] = run.reliability
    tests.of_ranks(row, "p", run.whole[0], distances)
    notes.append(Note(f"rho_star: {norm.replicates}, so p is of rho, with no text shared"))
    if (orders := factorial(len(shared))) < tests.permutations:
        notes.append(Note(f"p: {len(shared)} labels have {orders} orders, so it can hardly be below {1 / orders:.2g}"))


def _lacking(norm: Norm, match: Match) -> list[Note]:
    """Names the labels of a run that a norm lacks, and those whose entries differ."""
    why = norm.no_entry[len(match.absent) > 1]
    notes = [Note(f"without {listed(match.absent, NAMED)}, which {why}")] if match.absent else []
    if match.ambiguous:
        notes.append(Note(f"without {listed(match.ambiguous, NAMED)}: several rows that differ"))
    return notes
