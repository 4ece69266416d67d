"""Whether the rows of a readout fit its record: what tables and figures are made of is there, or it is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from emogeo.record.files import READ_TEXTS, READ_TOKENS, RUN_FILE
from emogeo.record.fit import require
from emogeo.record.run import ReadoutRun

Rows: TypeAlias = Sequence[Mapping[str, Any]]
_ROUNDING = 1e-9


def check_readout(run: ReadoutRun, texts: Rows, tokens: Rows, folder: str) -> None:
    """Checks that rows have a number for each condition, that tops are the largest, and that the accuracy is theirs.

    Raises:
        RecordError: names the file, the line and the field.
    """
    _check_result(run, f"{folder}/{RUN_FILE}")
    conditions, file = run.result.conditions, f"{folder}/{READ_TEXTS}"
    n = run.result.metrics.n_texts
    require(len(texts) == n, f"{file}: {len(texts)} texts, and {RUN_FILE} has {n}")
    for number, row in enumerate(texts, start=1):
        _check_text(row, conditions, f"{file}: line {number}")
    _check_accuracy(run, texts, f"{folder}/{RUN_FILE}: metrics")
    for number, row in enumerate(tokens, start=1):
        where = f"{folder}/{READ_TOKENS}: line {number}"
        _check_lists(row, ("projections",), len(conditions), where)
        known = 0 <= row["text"] < n and 0 <= row["place"] < texts[row["text"]]["n_tokens"]
        require(known, f"{where}: text: no such token (text {row['text']}, place {row['place']})")
        require(row["null_sd"] > 0, f"{where}: null_sd: a number above 0 is needed (found {row['null_sd']})")


def _check_result(run: ReadoutRun, file: str) -> None:
    conditions, block, layers = run.result.conditions, run.result.block, run.record.model.n_layers
    whole = bool(conditions) and len(set(conditions)) == len(conditions)
    require(whole, f"{file}: conditions: each once, at least one (found {list(conditions)})")
    require(0 <= block < layers, f"{file}: block: {block} of the model's {layers} blocks")


def _check_text(row: Mapping[str, Any], conditions: Sequence[str], where: str) -> None:
    _check_lists(row, ("projections", "z", "p"), len(conditions), where)
    require(all(0 < p <= 1 for p in row["p"]), f"{where}: p: numbers above 0 and up to 1 are needed")
    for name in ("top", "found"):
        require(row[name] is None or row[name] in conditions, f"{where}: {name}: no condition: {row[name]!r}")
    largest = conditions[max(range(len(conditions)), key=lambda place: row["projections"][place])]
    top = row["projections"][conditions.index(row["top"])]
    require(top >= max(row["projections"]), f"{where}: top: {row['top']}, and {largest} projects farther")


def _check_lists(row: Mapping[str, Any], names: Sequence[str], n: int, where: str) -> None:
    for name in names:
        require(len(row[name]) == n, f"{where}: {name}: {len(row[name])} numbers for {n} conditions")


def _check_accuracy(run: ReadoutRun, texts: Rows, where: str) -> None:
    metrics, scored = run.result.metrics, [row for row in texts if row["found"] is not None]
    require(
        metrics.n_scored == len(scored), f"{where}.n_scored: {metrics.n_scored}, and {len(scored)} texts have found"
    )
    given = metrics.accuracy is not None
    require(given == bool(scored), f"{where}.accuracy: needed where texts count, and only there")
    if metrics.accuracy is not None:
        share = sum(row["found"] == row["label"] for row in scored) / len(scored)
        found = metrics.accuracy
        require(abs(found - share) <= _ROUNDING, f"{where}.accuracy: {found}, not {share:.6g}")
