"""Labels as they were typed, within the file, or in a table beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, STATES, TEXT_LABELS, TOPICS, read

TEXTS = [f'He said: "{number}", and left.' for number in range(24)]
ROWS = pd.DataFrame({"emotion": TEXT_LABELS, "topic": TOPICS, "text": TEXTS})


@pytest.fixture
def states(tmp_path: Path) -> Path:
    np.save(tmp_path / "s.npy", STATES)
    return tmp_path / "s.npy"


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "json", "parquet"])
@pytest.mark.parametrize("beside", [True, False])
def test_a_table_in_any_format(states: Path, kind: str, beside: bool) -> None:
    table = states.with_name("s" if beside else "other").with_suffix(f".{kind}")
    if kind in ("csv", "tsv"):
        ROWS.to_csv(table, index=False, sep="\t" if kind == "tsv" else ",")
    elif kind == "parquet":
        ROWS.to_parquet(table)
    else:
        ROWS.to_json(table, orient="records", lines=kind == "jsonl")
    got = read(states, layers=BLOCKS, labels=None if beside else str(table))
    assert (got.kind, got.labels, got.topics, got.texts) == ("states", *map(tuple, (TEXT_LABELS, TOPICS, TEXTS)))
    assert got.files == (states, table)


def test_columns_of_other_names(states: Path) -> None:
    ROWS.set_axis(["affekt", "thema", "satz"], axis=1).to_csv(states.with_suffix(".csv"), index=False)
    with pytest.raises(ImportedError, match=r"no column 'emotion'; its columns are 'affekt', 'thema', 'satz'"):
        read(states, layers=BLOCKS)
    got = read(states, layers=BLOCKS, fields={"label": "affekt", "topic": "thema", "text": "satz"})
    assert got.labels == tuple(TEXT_LABELS) and got.topics == tuple(TOPICS) and got.texts == tuple(TEXTS)


def test_usual_names_of_columns_are_those_of_texts_of_ones_own(states: Path) -> None:
    ROWS.set_axis(["label", "scenario", "story"], axis=1).to_csv(states.with_suffix(".csv"), index=False)
    got = read(states, layers=BLOCKS)
    assert got.topics == tuple(TOPICS) and got.texts == tuple(TEXTS)


@pytest.mark.parametrize(
    ("arrays", "topics"),
    [
        ({"labels": TEXT_LABELS, "topics": TOPICS}, tuple(TOPICS)),
        ({"emotion": TEXT_LABELS}, None),
        ({"labels": np.repeat(np.arange(6), 4), "label_names": LABELS}, None),
        ({"labels": [label.encode() for label in TEXT_LABELS]}, None),
    ],
)
def test_lists_within_the_file(tmp_path: Path, arrays: dict[str, Any], topics: Any) -> None:
    np.savez(tmp_path / "s.npz", hidden_states=STATES, layers=BLOCKS, **arrays)
    got = read(tmp_path / "s.npz")
    assert got.kind == "states" and got.labels == tuple(TEXT_LABELS) and got.topics == topics


def test_a_list_of_labels_a_line(states: Path) -> None:
    states.with_name("l.txt").write_text("\n".join(TEXT_LABELS))
    assert read(states, layers=BLOCKS, labels=str(states.with_name("l.txt"))).labels == tuple(TEXT_LABELS)


def test_numbers_of_labels_that_do_not_fit(states: Path) -> None:
    with pytest.raises(ImportedError, match=r"shape \[24, 2, 16\], and there are 5 labels"):
        read(states, layers=BLOCKS, labels=LABELS[:5])
    np.save(states, STATES[:, 0])
    ROWS[:23].to_csv(states.with_suffix(".csv"), index=False)
    with pytest.raises(ImportedError, match="24 rows of 16 numbers, and there are 23 labels in s.csv"):
        read(states, layers=[3])


def test_a_row_without_a_label_and_a_table_that_is_none(states: Path) -> None:
    ROWS.replace("at ease", "").to_csv(states.with_suffix(".csv"), index=False)
    with pytest.raises(ImportedError, match="line 6 has nothing in 'emotion'"):
        read(states, layers=BLOCKS)
    with pytest.raises(ImportedError, match="none.csv.*cannot be read"):
        read(states, layers=BLOCKS, labels=str(states.with_name("none.csv")))


def test_labels_of_a_file_that_names_them_itself(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps({label: [0.5, 1.5] for label in LABELS}))
    with pytest.raises(ImportedError, match="names its labels itself: 'joy'.*conditions.rename"):
        read(tmp_path / "x.json", layers=[3], labels=["a", "b", "c", "d", "e", "f"])
    assert read(tmp_path / "x.json", layers=[3], labels=LABELS[::-1]).labels == tuple(LABELS)
