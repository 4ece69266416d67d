"""Tables as text: RDMs, and vectors a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, RDM, VECTORS, WIDTH, holds_vectors, read, square


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_square_table(tmp_path: Path, between: str, ends: str) -> None:
    (tmp_path / "r.csv").write_bytes(("\ufeff" + square(RDM, between=between).replace("\n", ends)).encode())
    got = read(tmp_path / "r.csv")
    assert got.kind == "rdm" and got.labels == tuple(LABELS) and np.allclose(got.at(0), RDM, rtol=1e-15)


def test_a_square_table_of_pandas_and_one_without_labels(tmp_path: Path) -> None:
    pd.DataFrame(RDM, LABELS, LABELS).to_csv(tmp_path / "p.csv")
    assert np.allclose(read(tmp_path / "p.csv").at(0), RDM)
    np.savetxt(tmp_path / "n.csv", RDM, delimiter=",")
    with pytest.raises(ImportedError, match="no labels for them"):
        read(tmp_path / "n.csv")
    assert read(tmp_path / "n.csv", labels=LABELS).kind == "rdm"


def test_a_folder_of_square_tables(tmp_path: Path) -> None:
    for scale, block in enumerate(BLOCKS, start=1):
        (tmp_path / f"rdm_layer_{block}.csv").write_text(square(RDM * scale))
    got = read(tmp_path)
    assert got.blocks == (3, 7) and np.allclose(got.at(1), 2 * RDM)


def changed(row: int, column: int, value: float) -> str:
    other = RDM.copy()
    other[row, column] = value
    return square(other)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (changed(0, 1, 9), "r.csv.*not symmetric: 'joy', 'at ease' is 9 "),
        (changed(2, 2, 0.5), "has 0.5 between 'grief-stricken' and itself"),
        (changed(3, 4, np.nan), "'self_doubt' has nan in 'type_3'"),
        (square(np.corrcoef(VECTORS[:, 0])), "1 on its diagonal: these are similarities.*1 - matrix"),
        (square(-RDM), "dissimilarities are 0 or more"),
        (square(RDM, [*LABELS[:5], "joy"]), "'joy' is there 2 times"),
        (square(RDM).replace(str(RDM[3, 1]), "", 1), "'at ease', 'self_doubt' has an empty cell"),
        (square(RDM).replace(str(RDM[3, 1]), "n/a", 1), "has 'n/a' where a number"),
        (square(RDM) + ",1", "rows of 7, 8 cells"),
        (square(RDM)[:20], "1 row.s.: no table of numbers"),
        (square(RDM[:3, :3], LABELS[:3]), "an RDM needs at least 4"),
    ],
)
def test_what_is_no_rdm_is_refused_by_name(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "r.csv").write_text(content)
    with pytest.raises(ImportedError, match=said):
        read(tmp_path / "r.csv").at(0)


def test_columns_and_rows_in_different_order(tmp_path: Path) -> None:
    turned = square(RDM).split("\n")
    (tmp_path / "r.csv").write_text("\n".join([turned[0], turned[2], turned[1], *turned[3:]]))
    with pytest.raises(ImportedError, match="'joy' is column 1 and 'at ease' is row 1"):
        read(tmp_path / "r.csv")


def test_asymmetry_of_rounding_is_none(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(scale=1e-7, size=RDM.shape)
    (tmp_path / "r.csv").write_text(square(RDM + noise))
    got = read(tmp_path / "r.csv").at(0)
    assert np.allclose(got, RDM, atol=1e-6) and np.array_equal(got, got.T) and not np.diagonal(got).any()


def test_a_vector_a_row(tmp_path: Path) -> None:
    rows = [
        [label, block, *VECTORS[i, j].astype(float)] for i, label in enumerate(LABELS) for j, block in enumerate(BLOCKS)
    ]
    table = pd.DataFrame(rows, columns=["emotion", "layer", *(f"d{at}" for at in range(WIDTH))])
    table.to_csv(tmp_path / "v.csv", index=False)
    assert holds_vectors(read(tmp_path / "v.csv"), np.float64, 1e-7)
    pd.concat([table, table[:1]]).to_csv(tmp_path / "w.csv", index=False)
    with pytest.raises(ImportedError, match="line 14: 'joy/layer_3' is there twice"):
        read(tmp_path / "w.csv")
