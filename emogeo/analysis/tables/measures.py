"""The `measures` tables: other measures than rho for every pair of runs, and whether a verdict hangs on the measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from scipy.stats import spearmanr

from emogeo.analysis.comparing.paired import trained_pairs
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, pair_key
from emogeo.analysis.tables.notes import Note, left_out
from emogeo.analysis.tables.pairs import NAMES
from emogeo.config.analyze import Pairs
from emogeo.errors import GeometryError
from emogeo.geometry.halves import Halves
from emogeo.geometry.measure_verdict import answer_of, reading_of
from emogeo.geometry.measures import MEASURES, SPEARMAN, Measure
from emogeo.geometry.measuring import Measured, Viewed, measured
from emogeo.geometry.recent import Recent
from emogeo.geometry.sharing import over_shared

MEASURE_COLUMNS = [
    *(*NAMES, "measure", "value", "chance", "disjoint", "reliability_a", "reliability_b"),
    *("disattenuated", "ci_low", "ci_high", "reading", "note"),
]
ANSWER_COLUMNS = [*NAMES, "verdict", "answer"]
ORDER_COLUMNS = ["measure", "n_pairs", "order_disjoint", "n_pairs_disattenuated", "order_disattenuated"]
MIN_PAIRS = 6
"""The fewest pairs whose order is compared between measures."""


_VIEWED = 25_000_000
"""The most numbers that views of runs hold, up to 200 MB."""


@dataclass(frozen=True)
class _Pair:
    """Two runs over what they share; or the reason why they cannot be compared."""

    names: Row
    halves: list[Halves]
    why_not: GeometryError | None = None


def measures_tables(
    prepared: Sequence[PreparedRun], which: Pairs = Pairs.auto, kept: Kept = NOTHING
) -> dict[str, Table]:
    """Makes rows of trained pairs: `measures` (and measure), `measure_verdicts`; and `measure_orders` per measure."""
    keys = [(a, b, pair_key(a, b)) for a, b in trained_pairs(prepared, which)]
    known = [kept.get(key) for *_, key in keys]
    fresh = iter(_fresh([(a, b) for (a, b, _), own in zip(keys, known, strict=True) if own is None]))
    of_pairs = [own or kept.put(key, next(fresh)) for (*_, key), own in zip(keys, known, strict=True)]
    rows, answers = [row for own in of_pairs for row in own[:-1]], [own[-1] for own in of_pairs]
    table = typed(rows, MEASURE_COLUMNS, [*NAMES, "measure", "reading", "note"])
    return {
        "measures": table,
        "measure_verdicts": typed(answers, ANSWER_COLUMNS, ANSWER_COLUMNS),
        "measure_orders": orders_table(table.frame),
    }


def _fresh(runs: Sequence[tuple[PreparedRun, PreparedRun]]) -> list[list[Row]]:
    """Computes the rows of each pair, one for each measure, and at the end that of the verdict."""
    pairs = [_pair(a, b) for a, b in runs]
    found: list[list[Measured | GeometryError]] = [[] for _ in pairs]
    for measure in MEASURES:
        view = _views(measure)
        for pair, own in zip(pairs, found, strict=True):
            own.append(_measured(pair, view))
    return [
        [*(_row(pair, measure, of) for measure, of in zip(MEASURES, own, strict=True)), _answer(pair, own)]
        for pair, own in zip(pairs, found, strict=True)
    ]


def orders_table(measures: pd.DataFrame) -> Table:
    """Makes a row per measure: Spearman's correlation over pairs of its values with those of rho."""
    wide = {column: _wide(measures, column) for column in ("disjoint", "disattenuated")}
    others = [measure.name for measure in MEASURES if measure is not SPEARMAN]
    return typed([_order(wide, name) for name in others], ORDER_COLUMNS, ["measure"])


def _wide(measures: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column of the measures as [pair, measure]."""
    return measures.pivot_table(index=["key_a", "key_b"], columns="measure", values=column, dropna=False)


def _order(wide: Mapping[str, pd.DataFrame], name: str) -> Row:
    row: Row = {"measure": name}
    for column, ending in (("disjoint", ""), ("disattenuated", "_disattenuated")):
        table = wide[column]
        both = table[[SPEARMAN.name, name]].dropna() if name in table and SPEARMAN.name in table else table.iloc[:0]
        row[f"n_pairs{ending}"] = len(both)
        if len(both) >= MIN_PAIRS and (both.nunique() > 1).all():
            row[f"order_{column}"] = float(spearmanr(both[SPEARMAN.name], both[name]).statistic)
    return row


def _pair(a: PreparedRun, b: PreparedRun) -> _Pair:
    names = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    try:
        return _Pair(names, over_shared(a, b).halves)
    except GeometryError as error:
        return _Pair(names, [], error)


def _views(measure: Measure) -> Callable[[Halves], Viewed]:
    """Makes the view of each run, and keeps those of the last runs while this measure is taken."""
    last = Recent(_VIEWED)
    return lambda run: last.of(run, "view", lambda: Viewed(run, measure), lambda view: _size(view.run))


def _size(run: Halves) -> int:
    """Gives about how many numbers a view holds of the halves without each of their units."""
    n = len(run.products.conditions)
    return int(run.members.sum()) * n * (n + 1) // 2


def _measured(pair: _Pair, view: Callable[[Halves], Viewed]) -> Measured | GeometryError:
    if pair.why_not is not None:
        return pair.why_not
    try:
        a, b = pair.halves
        return measured(view(a), view(b))
    except GeometryError as error:
        return error


def _row(pair: _Pair, measure: Measure, of: Measured | GeometryError) -> Row:
    row = {**pair.names, "measure": measure.name}
    if isinstance(of, GeometryError):
        return {**row, "reading": "", "note": [left_out(of)]}
    row.update(value=of.value, chance=of.chance, disjoint=of.disjoint, reading="")
    row.update(reliability_a=of.reliability_a, reliability_b=of.reliability_b)
    if of.disattenuated is not None:
        star = of.disattenuated
        row.update(disattenuated=star.value, ci_low=star.low, ci_high=star.high, reading=reading_of(star).value)
    return {**row, "note": [Note(of.reason)] if of.reason else []}


def _answer(pair: _Pair, found: Sequence[Measured | GeometryError]) -> Row:
    answer = answer_of([of for of in found if isinstance(of, Measured)])
    return {**pair.names, "verdict": answer.verdict.value, "answer": answer.text}
