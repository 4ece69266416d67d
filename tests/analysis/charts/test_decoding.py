"""The charts of decoding."""

from __future__ import annotations

import json

import pandas as pd

from emogeo.analysis.charts.chart import spec_of
from emogeo.analysis.charts.decoding import (
    accuracy_chart,
    accuracy_panels,
    confusion_chart,
    drawn,
)
from emogeo.analysis.tables.decoding import DECODING_COLUMNS


def accuracy(words: float | None = 0.4) -> pd.DataFrame:
    rows = [
        {
            **{"key": run, "run": run, "block": block, "depth": (block + 1) / 3, "selected": "yes" if block else "no"},
            **{"accuracy": 0.2 * (block + 1), "accuracy_ci_low": 0.1, "accuracy_ci_high": 0.7, "chance": 0.05},
            "words_accuracy": words,
        }
        for run in ("one", "two")
        for block in range(3)
    ]
    return pd.DataFrame(
        [*rows, {"key": "alone", "run": "alone", "block": 1, "accuracy": 0.3}], columns=DECODING_COLUMNS
    )


def confusion() -> pd.DataFrame:
    rows = [("calm", "calm", 0.75), ("calm", "angry", 0.25), ("angry", "angry", 1.0)]
    columns = ["true", "taken", "share"]
    return pd.DataFrame(rows, columns=columns).assign(key="k", run="one", n_texts=4)


def test_runs_of_one_block_have_no_line() -> None:
    assert list(drawn(accuracy())["key"].unique()) == ["one", "two"]


def test_a_run_can_be_picked_and_floors_that_there_are_are_drawn() -> None:
    spec = json.dumps(spec_of(accuracy_chart(drawn(accuracy()))))
    assert '"options": ["one", "two"]' in spec and '"words alone"' in spec
    assert '"domain": ["words alone", "chance"]' in spec, "no twin, no line"
    without = json.dumps(spec_of(accuracy_chart(drawn(accuracy(None)))))
    assert '"domain": ["chance"]' in without
    assert '"facet"' in json.dumps(spec_of(accuracy_panels(drawn(accuracy()))))


def test_confusions_stand_in_the_order_of_the_table() -> None:
    spec = spec_of(confusion_chart(confusion()))
    assert spec["encoding"]["x"]["sort"] == spec["encoding"]["y"]["sort"] == ["calm", "angry"]
