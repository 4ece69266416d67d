"""The `pairs` table: every two runs compared, and the matrix of one of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from tqdm import tqdm

from emogeo.analysis.comparing.corpora import family_field
from emogeo.analysis.comparing.floors import floors
from emogeo.analysis.comparing.nulls import Level
from emogeo.analysis.comparing.paired import families
from emogeo.analysis.comparing.prepared import Compared, PreparedBare, PreparedRun
from emogeo.analysis.tables.bare_pairs import bare_row, bare_rows
from emogeo.analysis.tables.comparison import COMPARISON_COLUMNS, compare_into, floor_into, origin_notes
from emogeo.analysis.tables.equivalence import EQUIVALENCE, equivalence_of_pair
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, kept_row, pair_key
from emogeo.analysis.tables.mantel import MantelTests
from emogeo.analysis.tables.notes import NAMED, Note, NoteKind, left_out
from emogeo.arrays import Array
from emogeo.config.analyze import Pairs
from emogeo.errors import GeometryError, UnknownTextsError
from emogeo.geometry.halves import MIN_STAR
from emogeo.geometry.inference import identifiable
from emogeo.geometry.sharing import SharedUnits, over_shared
from emogeo.stimuli.messages import listed

NAMES = ["key_a", "key_b", "model_a", "model_b"]
VERDICTS = ["beyond_words", "beyond_meanings"]
LEFT = ["rho_partial", "rho_partial_ci_low", "rho_partial_ci_high", "best_null"]
PAIR_COLUMNS = [
    *(*NAMES, *VERDICTS, *LEFT),
    *COMPARISON_COLUMNS[:-1],
    *("equivalence", "note"),
]
SHOW_PROGRESS = 30
"""The number of pairs from which on a progress bar is shown."""


def pairs_table(
    prepared: Sequence[PreparedRun],
    permutations: int,
    seed: int,
    beyond: pd.DataFrame | None = None,
    bound: float = EQUIVALENCE,
    bare: Sequence[PreparedBare] = (),
    which: Pairs = Pairs.auto,
    kept: Kept = NOTHING,
) -> Table:
    """Makes one row per pair of runs that is compared; the p of trained runs are a family, those of twins another.

    Args:
        permutations: the least number of label permutations in each Mantel test.
        beyond: the table of what is left of their agreement once words are given; None leaves its columns empty.
        bound: the 1 - rho* within which two geometries are the same.
        bare: imported geometries without texts, which are compared with each other and with trained runs.
        which: of the pairs of trained runs.
        kept: rows of earlier analyses.
    """
    verdicts = {} if beyond is None else _verdicts(beyond)
    measured, rows = floors([each.run for each in prepared]), list[Row]()
    for pairs in families(prepared, which):
        tests = MantelTests.of_family(len(pairs), permutations, seed)
        bar = tqdm(pairs, desc="comparing", unit="pair", leave=False, disable=len(pairs) < SHOW_PROGRESS or None)
        known = [_key(a, b, tests, measured) for a, b in pairs]
        own = [kept_row(kept, key) or _pair_row(a, b, tests, measured) for key, (a, b) in zip(known, bar, strict=True)]
        tests.fill(own)
        for key, row in zip(known, own, strict=True):
            kept.put(key, [row])
            row.update(verdicts.get((row["key_a"], row["key_b"]), {}))
            row["equivalence"] = equivalence_of_pair(row, bound)
        rows += own
    rows += bare_rows(prepared, bare, permutations, seed)
    return typed(rows, PAIR_COLUMNS, words=[*NAMES, *VERDICTS, "best_null", "equivalence", "note"])


def _key(a: PreparedRun, b: PreparedRun, tests: MantelTests, measured: Mapping[tuple[str, ...], float]) -> Row:
    """Gives what a row is computed from."""
    return pair_key(a, b, **tested(tests, measured, a, b))


def tested(tests: MantelTests, measured: Mapping[tuple[str, ...], float], *runs: PreparedRun) -> Row:
    """Gives what a comparison is computed from beside the runs: how it is tested, and the floor of each run."""
    floor = [measured.get(each.run.weights_at_precision) for each in runs]
    return {"floor": floor, "permutations": tests.permutations, "seed": tests.seed, "tail": tests.tail}


def _verdicts(beyond: pd.DataFrame) -> dict[tuple[str, str], Row]:
    """Gives each pair's verdicts, and what is left of its agreement once words are given."""
    found: dict[tuple[str, str], Row] = {}
    for row in beyond.to_dict("records"):
        own = found.setdefault((row["key_a"], row["key_b"]), {})
        if row["level"] == Level.words:
            own.update({name: row[name] for name in LEFT})
        own["beyond_words" if row["level"] == Level.words else "beyond_meanings"] = row["verdict"]
    return found


def pair_matrix(prepared: Sequence[Compared], pairs: pd.DataFrame, column: str) -> Array:
    """Gives a column of the pairs of these runs as a matrix [run, run]; NaN where a pair has no value.

    The diagonal is 1; of rho_star, only for runs that are reliable enough to have one.
    """
    position = {each.run.key: row for row, each in enumerate(prepared)}
    matrix = np.full((len(prepared), len(prepared)), np.nan)
    known = [column != "rho_star" or (isinstance(each, PreparedRun) and identifiable(each.halves)) for each in prepared]
    np.fill_diagonal(matrix, np.where(known, 1.0, np.nan))
    own = pairs[pairs["key_a"].isin(position) & pairs["key_b"].isin(position)]
    for key_a, key_b, value in own[["key_a", "key_b", column]].itertuples(index=False):
        a, b = position[key_a], position[key_b]
        matrix[a, b] = matrix[b, a] = np.nan if pd.isna(value) else value
    return matrix


def _pair_row(a: PreparedRun, b: PreparedRun, tests: MantelTests, measured: Mapping[tuple[str, ...], float]) -> Row:
    row: Row = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    try:
        both = over_shared(a, b)
        notes = what_is_missing(a, b, both)
        notes += compare_into(row, both, (a.name, b.name), tests)
        notes += floor_into(row, [a.run, b.run], measured) + origin_notes(a.run, b.run)
    except UnknownTextsError as error:
        return bare_row(a, b, tests, Note(f"rho_star and p: {error}", NoteKind.not_identifiable))
    except GeometryError as error:
        notes = [left_out(error)]
    row["note"] = notes
    return row


def what_is_missing(a: PreparedRun, b: PreparedRun, both: SharedUnits) -> list[Note]:
    """Notes what one of the runs has and the comparison lacks."""
    notes, over = [], both.halves[0].products
    if both.paired and both.missing_units:
        notes.append(Note(f"over the {len(over.units)} units in common, without {listed(both.missing_units, NAMED)}"))
    if both.paired and both.tied:
        notes.append(Note(f"texts in common join units, {len(over.units)} left"))
    languages = [each.run.config.stimuli.language for each in (a, b) if each.run.record.generation is None]
    if both.paired and len(set(languages)) > 1:
        notes.append(Note(f"passages in {' and '.join(languages)}: opposite halves share neither topic nor language"))
    notes += _units_of_families(a, b, len(over.units))
    own, its = (set(each.halves.products.conditions) for each in (a, b))
    if own ^ its:
        some = f"over the {len(own & its)} conditions in common, " if own - its and its - own else ""
        notes.append(Note(f"{some}without {listed(sorted(own ^ its), NAMED)}, which one run lacks"))
    return notes


def _units_of_families(a: PreparedRun, b: PreparedRun, n_units: int) -> list[Note]:
    """Notes that units are families of topics, and that a rho* may be missing for that reason."""
    fields = dict.fromkeys(field for each in (a, b) if (field := family_field(each)) is not None)
    if not fields:
        return []
    few = f", of which a rho_star needs {MIN_STAR}" if n_units < MIN_STAR else ""
    said = f"units: {n_units} families of topics (stimuli.fields.family={', '.join(fields)}){few}"
    return [Note(f"{said}, because topics of one family are no independent observations")]
