"""CSV as Python's own reader and pandas have it."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO

import numpy as np
import pandas as pd

from emogeo.export.table import csv_file, table_of
from emogeo.export.vectors import vectors_of
from emogeo.record.run import Run


def test_a_row_a_label_and_block_to_the_bit(run: Run) -> None:
    files = table_of(vectors_of(run, "all"), "stem").files
    rows = list(csv.DictReader(StringIO(files["stem_vectors.csv"].decode(), newline="")))
    assert [(row["label"], int(row["block"])) for row in rows] == [(c, b) for c in run.conditions for b in range(4)]
    width = run.vectors.shape[2]
    read = np.array([[float(row[f"d{number}"]) for number in range(width)] for row in rows], dtype=np.float32)
    assert read.tobytes() == run.vectors.tobytes()
    frame = pd.read_csv(BytesIO(files["stem_vectors.csv"]), keep_default_na=False)
    np.testing.assert_array_equal(frame.filter(regex=r"^d\d").to_numpy(np.float32), read)
    said = json.loads(files["stem_vectors.json"])
    assert said["labels"] == run.conditions
    assert said["revision"].startswith("sha256:")


def test_text_with_lines_and_quotes_comes_back() -> None:
    rows = [["a\nb", 'c"d', "e,f\r\ng", 0.1 + 0.2]]
    read = list(csv.reader(StringIO(csv_file(["w", "x", "y", "z"], rows).decode(), newline="")))
    assert read[1] == ["a\nb", 'c"d', "e,f\r\ng", "0.30000000000000004"]
