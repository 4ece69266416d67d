"""Rows of a probe's files have the fields that tables are made of, or the record is left out by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.errors import RecordError
from emogeo.record.files import ITEMS, SHIFTS, TEXTS
from emogeo.record.json import row_of
from emogeo.record.rows import FormatItem, Shift, SteeredText, type_of
from emogeo.store.store import RUNS, Store
from tests.planted_records import Files, behaviour, geometry, steering, write
from tests.unchanged.computed import DATA

STANCE = {
    **{"facet": "stance", "role": "item", "item": "tea", "prompt": "?", "first_choice": "tea", "before": 0.5},
    **{"by_order": [0.5, 0.5], "orders_agree": True, "pressure": None, "control": None},
}


def test_rows_of_the_first_version_are_rows() -> None:
    store = Store(DATA / "store")
    seen = 0
    for key in store.keys(RUNS):
        files = store.read(RUNS, key)
        names = {SHIFTS, TEXTS} if SHIFTS in files else {ITEMS} & set(files)
        for name in names:
            for line in files[name].splitlines():
                row_of(type_of(name, json.loads(line)), json.loads(line), name)
                seen += 1
    assert seen > 40


def test_a_row_is_of_its_file_or_of_its_facet() -> None:
    assert type_of(TEXTS, {}) is SteeredText
    assert type_of(SHIFTS, {}) is Shift
    assert type_of(ITEMS, {"facet": "format"}) is FormatItem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"orders_agree": "yes"}, r'orders_agree: Input should be a valid boolean \(found "yes"\)'),
        ({"pressure": {"log_odds": [1.0]}}, "pressure.by_order: Field required; 1 more"),
        ({"before": None}, r"before: Input should be a valid number \(found null\)"),
        ({"role": "extra"}, "role: Input should be 'item' or 'capability'"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], said: str) -> None:
    row = {**STANCE, **change}
    with pytest.raises(RecordError, match=f"line 3: {said}"):
        row_of(type_of(ITEMS, row), row, "line 3")


@pytest.mark.parametrize(
    ("kind", "file", "broken"),
    [(behaviour, ITEMS, "met"), (steering, SHIFTS, "match_gap"), (steering, TEXTS, "repeated")],
)
def test_a_record_with_a_broken_row_never_stops_an_analysis(
    tmp_path: Path, kind: Callable[[], tuple[Any, Files]], file: str, broken: str
) -> None:
    store = Store(tmp_path)
    write(store, *geometry())
    record, files = kind()
    row = json.loads(files[file].splitlines()[0])
    del row[broken]
    write(store, record, {**files, file: json.dumps(row).encode()})
    catalogue = read_catalogue(store)
    assert len(catalogue.runs) == 1
    assert catalogue.probes == []
    assert catalogue.left_out == [f"{store.folder(RUNS, record.key)}/{file}: line 1: {broken}: Field required"]
