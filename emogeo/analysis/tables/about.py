"""The `about` table: how much of each run's geometry ratings, its texts and norms of the user's own explain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emogeo.analysis.comparing.explaining import OWN, RATINGS, TEXTS, Explanation, explain, group_of
from emogeo.analysis.comparing.prepared import PreparedBare, PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, content, run_key
from emogeo.analysis.tables.notes import NAMED, Note, NoteKind, left_out
from emogeo.errors import GeometryError
from emogeo.geometry.about import PERMUTATIONS, TOGETHER, Explained
from emogeo.geometry.permutation import holm
from emogeo.stimuli.messages import listed
from emogeo.stimuli.norms import Norm

_WORDS = ["key", "run", "model", "predictor", "members", "note"]
ABOUT_COLUMNS = [
    *("key", "run", "model", "predictor", "members", "n_conditions", "n_units", "half_size"),
    *("rho", "rho_ci_low", "rho_ci_high", "ceiling", "ceiling_ci_low", "ceiling_ci_high"),
    *("rho_star", "rho_star_ci_low", "rho_star_ci_high", "explained", "explained_ci_low", "explained_ci_high"),
    *("by_chance", "adjusted", "p", "p_holm", "rho_given", "rho_given_ci_low", "rho_given_ci_high"),
    *("only", "only_ci_low", "only_ci_high", "only_by_chance", "p_given", "p_given_holm", "inflation", "note"),
]
_ESTIMATES = {"rho": "rho", "rho_star": "rho_star", "explained": "explained", "given": "rho_given", "only": "only"}
"""Estimates, and their columns."""
_NUMBERS = ("by_chance", "adjusted", "p", "only_by_chance", "p_given", "inflation")


def about_table(
    prepared: Sequence[PreparedRun],
    permutations: int,
    seed: int,
    norms: Sequence[Norm] = (),
    bare: Sequence[PreparedBare] = (),
    kept: Kept = NOTHING,
) -> Table:
    """Makes a row per run and predictor, and one for several predictors together.

    Rereads have none, and untrained twins only where there are no other runs.
    """
    rows = list[Row]()
    for each in subjects([each for each in prepared if each.run.reread_of is None]):
        key = {"run": run_key(each), "norms": content(norms), "permutations": permutations, "seed": seed}
        rows += kept.get(key) or kept.put(key, _of_run(each, permutations, seed, norms))
    without_texts = [left_out("imported without texts")]
    rows += [{"key": each.run.key, "run": each.name, "model": each.run.model, "note": without_texts} for each in bare]
    return typed(rows, ABOUT_COLUMNS, words=_WORDS)


def row_of_group(own: Sequence[Row], group: str) -> Row | None:
    """Gives what a group of predictors explains of a run, or the only one of the group that has a share.

    Where all predictors with a share are of one group, it is the row of all together.

    Args:
        own: the rows of one run.
        group: `TEXTS`, `RATINGS` or `OWN` of `comparing.explaining`.
    """
    explained = {str(row["predictor"]): row for row in own if not pd.isna(row["explained"])}
    several = (RATINGS, TEXTS, OWN, TOGETHER)
    single = [name for name in explained if name not in several and group_of(name) == group]
    wanted = group if group in explained or not single else TOGETHER if len(single) > 1 else single[0]
    return explained.get(wanted)


def _of_run(each: PreparedRun, permutations: int, seed: int, norms: Sequence[Norm]) -> list[Row]:
    own: Row = {"key": each.run.key, "run": each.name, "model": each.run.model}
    try:
        found = explain(each, norms, seed, min(permutations, PERMUTATIONS))
    except GeometryError as error:
        return [{**own, "note": [left_out(error)]}]
    return [{**own, **row} for row in _rows(found, each)]


def _rows(found: Explanation, each: PreparedRun) -> list[Row]:
    about, known = found.about, each.halves.products.conditions
    shared: Row = {"n_conditions": len(found.conditions), "n_units": about.n_units, "half_size": about.half_size}
    lacking = sorted(set(known) - set(found.conditions))
    notes = [Note(f"without {listed(lacking, NAMED)}, which some norm lacks")] if lacking else []
    notes += [Note(about.reason, NoteKind.not_identifiable)] if about.reason else []
    rows = [_row(own, notes) | shared | columns("ceiling", about.ceiling) for own in about.found]
    for several in (False, True):
        family = [row for row, own in zip(rows, about.found, strict=True) if (len(own.members) > 1) is several]
        _adjust(family, "p")
        _adjust(family, "p_given")
    absent = [{"predictor": name, "note": [Note(why, NoteKind.left_out)]} for name, why in found.absent.items()]
    return [*rows, *absent]


def _row(own: Explained, notes: Sequence[Note]) -> Row:
    row: Row = {"predictor": own.name, "members": ", ".join(own.members)}
    for name, column in _ESTIMATES.items():
        estimate = getattr(own, name)
        row |= {} if estimate is None else columns(column, estimate)
    row |= {name: getattr(own, name) for name in _NUMBERS}
    said = [] if own.reason is None else [Note(own.reason, NoteKind.not_identifiable)]
    return row | {"note": [*said, *notes]}


def _adjust(rows: Sequence[Row], column: str) -> None:
    """Adjusts a column of p by Holm's method over a run's predictors."""
    given = [row for row in rows if row.get(column) is not None]
    for row, value in zip(given, holm(np.array([row[column] for row in given])), strict=True):
        row[f"{column}_holm"] = float(value)
