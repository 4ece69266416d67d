"""The `partials` table: the agreement of two models beyond that of words or input embeddings."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.notes import left_out
from emogeo.analysis.tables.pairs import NAMES, pairs_of
from emogeo.errors import GeometryError
from emogeo.geometry.controls import partial_rho
from emogeo.geometry.halves import MIN_UNITS, Halves
from emogeo.geometry.sharing import over, over_shared

PARTIAL_COLUMNS = [
    *(*NAMES, "given", "rho", "rho_partial", "rho_partial_ci_low", "rho_partial_ci_high"),
    *("n_units", "n_conditions", "note"),
]


def partials_table(prepared: Sequence[PreparedRun]) -> Table:
    """Makes one row per pair of runs with text in common, and baselines given."""
    rows = [row for a, b in pairs_of(prepared) for row in _partial_rows(a, b)]
    return typed(rows, PARTIAL_COLUMNS, words=[*NAMES, "given", "note"])


def _partial_rows(a: PreparedRun, b: PreparedRun) -> list[Row]:
    row: Row = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    try:
        both = over_shared(a, b)
    except GeometryError as error:
        return [{**row, "note": [left_out(error)]}]
    first, second = both.halves
    own = [set(each.halves.products.units) for each in (a, b)]
    if not (both.same_text and all(set(first.products.units) <= units for units in own)):
        return [{**row, "note": [left_out("no text in common, so no baseline of both")]}]
    row.update(rho=float(first.whole[0] @ second.whole[0]))
    row.update(n_units=first.n_units, n_conditions=len(first.products.conditions))
    return [{**row, "given": name, **_partial(first, second, given)} for name, given in _given(a, b).items()]


def _partial(a: Halves, b: Halves, given: list[Halves]) -> Row:
    try:
        like = [over(halves, a.products.units, a.products.conditions) for halves in given]
        figures = columns("rho_partial", partial_rho(a, b, like))
    except GeometryError as error:
        return {"note": [left_out(error)]}
    return {**figures, "note": "" if a.n_units >= MIN_UNITS else f"no interval ({a.n_units} units)"}


def _given(a: PreparedRun, b: PreparedRun) -> dict[str, list[Halves]]:
    words, embeddings = [a.bag_of_words, b.bag_of_words], [a.input_embeddings, b.input_embeddings]
    return {"bag_of_words": words, "input_embeddings": embeddings, "both": [*words, *embeddings]}
