"""The `overlap` tables: the agreement of two runs as their texts have fewer words in common."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.analysis.comparing.overlapping import OverlapComparer, Overlapping, Stratum
from emogeo.analysis.comparing.paired import trained_pairs
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, pair_key
from emogeo.analysis.tables.notes import Note, NoteKind, left_out
from emogeo.analysis.tables.pairs import NAMES
from emogeo.config.analyze import Pairs
from emogeo.errors import GeometryError
from emogeo.geometry.inference import Estimate

_INTERVAL = ("", "_ci_low", "_ci_high")
OVERLAP_COLUMNS = [
    *(*NAMES, "overlap_mean", "overlap_least", *(f"rho_star_least{end}" for end in _INTERVAL)),
    *("share_at_zero", "reliability_a_at_zero", "reliability_b_at_zero", "reliability_words"),
    "reliability_words_at_zero",
    *(*(f"rho_star_at_zero{end}" for end in _INTERVAL), "note"),
]
STRATA_COLUMNS = [
    *(*NAMES, "shared_at_most", "shared_words", "share"),
    *(
        f"{name}{end}"
        for name in ("rho_disjoint_half", "reliability_a", "reliability_b", "rho_star")
        for end in _INTERVAL
    ),
]


def overlap_tables(
    prepared: Sequence[PreparedRun], which: Pairs = Pairs.auto, kept: Kept = NOTHING
) -> dict[str, Table]:
    """Makes one row per pair of trained runs (`overlap`), and one per pair and number of words that texts may share
    (`overlap_strata`).
    """
    comparer, rows, strata = OverlapComparer(), list[Row](), list[Row]()
    for a, b in trained_pairs(prepared, which):
        key = pair_key(a, b)
        row, *own = kept.get(key) or kept.put(key, _rows(comparer, a, b))
        rows.append(row)
        strata += own
    return {
        "overlap": typed(rows, OVERLAP_COLUMNS, words=[*NAMES, "note"]),
        "overlap_strata": typed(strata, STRATA_COLUMNS, words=[*NAMES, "shared_at_most"]),
    }


def _rows(comparer: OverlapComparer, a: PreparedRun, b: PreparedRun) -> list[Row]:
    """Gives the row of a pair, and those of its strata."""
    names: Row = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    try:
        found = comparer.compare(a, b)
    except GeometryError as error:
        return [{**names, "note": [left_out(error)]}]
    return [{**names, **_of_pair(found)}, *({**names, **_of_stratum(own)} for own in found.strata)]


def _of_pair(found: Overlapping) -> Row:
    row: Row = {"overlap_mean": found.drawn, "overlap_least": found.least}
    row |= _given("rho_star_least", found.on_least.rho_star)
    notes = [] if found.on_least.reason is None else [_unidentified("rho_star_least", found.on_least.reason)]
    last = found.strata[-1]
    row |= dict(zip(["reliability_words"], found.words, strict=False))
    if last.at_most != 0:
        assert found.reason is not None
        return {**row, "note": [*notes, _unidentified("rho_star_at_zero", found.reason)]}
    row |= {"share_at_zero": last.share, "reliability_words_at_zero": found.words[-1]}
    for run, own in zip("ab", (last.comparison.reliability_a, last.comparison.reliability_b), strict=True):
        row[f"reliability_{run}_at_zero"] = None if own is None else own.value
    if last.comparison.reason is not None:
        notes.append(_unidentified("rho_star_at_zero", last.comparison.reason))
    return {**row, **_given("rho_star_at_zero", last.comparison.rho_star), "note": notes}


def _of_stratum(own: Stratum) -> Row:
    result = own.comparison
    row: Row = {"shared_at_most": "any" if own.at_most is None else str(own.at_most)}
    row |= {"shared_words": own.shared, "share": own.share}
    row |= _given("rho_disjoint_half", result.disjoint_half) | _given("rho_star", result.rho_star)
    return row | _given("reliability_a", result.reliability_a) | _given("reliability_b", result.reliability_b)


def _given(name: str, estimate: Estimate | None) -> Row:
    return {} if estimate is None else {**columns(name, estimate)}


def _unidentified(name: str, why: str) -> Note:
    return Note(f"{name}: {why}", NoteKind.not_identifiable)
