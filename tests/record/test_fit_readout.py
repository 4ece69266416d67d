"""Readouts whose rows do not fit their record are named and left out of an analysis."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emogeo.record.files import READ_TEXTS, READ_TOKENS, RUN_FILE
from emogeo.record.reading import read_run
from emogeo.record.run import ReadoutRun
from emogeo.store.store import Store
from tests.planted_records import readout, refused, write
from tests.record.altering import Change, left_out, lines

ALTERED: dict[str, tuple[Change, str]] = {
    "a text less": (lines(READ_TEXTS, lambda rows: rows.pop()), f"{READ_TEXTS}: 1 texts, and {RUN_FILE} has 2"),
    "a number less": (
        lines(READ_TEXTS, lambda rows: rows[1]["z"].pop()),
        f"{READ_TEXTS}: line 2: z: 1 numbers for 2 conditions",
    ),
    "an impossible p": (
        lines(READ_TEXTS, lambda rows: rows[0].update(p=[0.0, 0.5])),
        f"{READ_TEXTS}: line 1: p: numbers above 0 and up to 1 are needed",
    ),
    "another top": (
        lines(READ_TEXTS, lambda rows: rows[0].update(top="happy")),
        f"{READ_TEXTS}: line 1: top: happy, and calm projects farther",
    ),
    "an unknown condition": (
        lines(READ_TEXTS, lambda rows: rows[0].update(found="joy")),
        f"{READ_TEXTS}: line 1: found: no condition: 'joy'",
    ),
    "another accuracy": (
        lines(READ_TEXTS, lambda rows: rows[0].update(found="happy")),
        f"{RUN_FILE}: metrics.accuracy: 1.0, not 0",
    ),
    "another count": (
        lines(READ_TEXTS, lambda rows: rows[0].update(found=None)),
        f"{RUN_FILE}: metrics.n_scored: 1, and 0 texts have found",
    ),
    "a token of no text": (
        lines(READ_TOKENS, lambda rows: rows[0].update(text=2)),
        f"{READ_TOKENS}: line 1: text: no such token (text 2, place 0)",
    ),
    "no spread": (
        lines(READ_TOKENS, lambda rows: rows[1].update(null_sd=0.0)),
        f"{READ_TOKENS}: line 2: null_sd: a number above 0 is needed (found 0.0)",
    ),
    "a field less": (
        lines(READ_TOKENS, lambda rows: rows[1].pop("token")),
        f"{READ_TOKENS}: line 2: token: Field required",
    ),
}


@pytest.mark.parametrize(("change", "said"), ALTERED.values(), ids=ALTERED)
def test_rows_that_do_not_fit_are_left_out(change: Change, said: str, tmp_path: Path) -> None:
    record, files = readout()
    assert left_out(tmp_path, record, change(files)) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"block": 1}, "block: 1 of the model's 1 blocks"),
        ({"conditions": ("calm", "calm")}, "conditions: each once, at least one (found ['calm', 'calm'])"),
    ],
)
def test_results_that_cannot_be_are_left_out(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    record, files = readout()
    assert record.result is not None
    record = replace(record, result=replace(record.result, **changes))
    assert left_out(tmp_path, record, files) == f"{RUN_FILE}: {said}"


def test_a_refused_readout_needs_no_rows(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run = read_run(store, write(store, refused(readout()[0])))
    assert isinstance(run, ReadoutRun)
    assert not run.finished
