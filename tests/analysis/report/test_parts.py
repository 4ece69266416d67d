"""Tables as they are shown."""

from __future__ import annotations

import base64
import io

import pandas as pd

from emogeo.analysis.report.parts import (
    SHOWN_ROWS,
    Picture,
    Text,
    beside,
    definitions,
    figure,
    interval,
    ranging,
    sheet,
    word,
)


def test_runs() -> None:
    table = pd.DataFrame(
        {
            "key": ["k", "l"],
            "rho": [0.854, None],
            "rho_ci_low": [0.75, None],
            "rho_ci_high": [0.96, None],
            "p": [0.5, 1],
        }
    )
    columns = [
        word("run", "key", {"k": "a run"}),
        figure("ρ", "rho"),
        figure("p", "p", 3),
        beside("both", "rho", "p"),
        ranging("again", "p", "rho_ci_low", "rho_ci_high", 1),
        interval("reach", "rho"),
    ]
    assert sheet(table, "t", "t", columns).rows == [
        ("a run", "0.85 [0.75, 0.96]", "0.500", "0.85 / 0.50", "0.50 [0.75, 0.96]", "[0.75, 0.96]"),
        ("l", "–", "1.000", "– / 1.00", "1.00", "–"),
    ]
    assert sheet(pd.DataFrame({"note": [None, "", "x"]}), "t", "t", [word("", "note")]).rows == [("–",), ("–",), ("x",)]


def test_cells_are_sorted_by_the_numbers_of_the_table() -> None:
    table = pd.DataFrame(
        {
            "key": ["k", "l", "m"],
            "n": [3, 12, 7],
            "p": [0.00004, 0.00003, None],
            "rho": [0.854, -0.1, 0.2],
            "rho_ci_low": [0.75, -0.2, None],
            "rho_ci_high": [0.96, 0.0, None],
        }
    )
    columns = [
        word("run", "key"),
        figure("n", "n", 0),
        figure("p", "p", 4),
        figure("ρ", "rho"),
        interval("reach", "rho"),
        beside("p / n", "p", "n"),
    ]
    shown = sheet(table, "t", "t", columns)
    assert shown.sorts == [
        ("", "", "4e-05", "0.854", "0.75", "4e-05"),
        ("", "", "3e-05", "-0.1", "-0.2", "3e-05"),
        ("", "", "", "0.2", "", ""),
    ]


def test_a_column_is_defined_by_its_table_or_by_its_maker() -> None:
    table = pd.DataFrame({"rho": [0.5], "own": [1.0]})
    shown = sheet(table, "t", "pairs", [figure("ρ", "rho"), figure("own", "own", means="A number of mine.")])
    assert [column.means for column in shown.columns][1] == "A number of mine."
    assert shown.columns[0].means.startswith("Rank correlation")
    parts = [Text("a"), shown, Picture("p", "p.png", "", shown)]
    assert definitions(parts) == [column.means for column in shown.columns], "each once"


def test_the_download_has_every_row_and_column() -> None:
    table = pd.DataFrame({"a": range(SHOWN_ROWS + 5), "b": 'ρ, "quoted"'})
    shown = sheet(table, "t", "t", [word("a", "a")])
    assert (len(shown.rows), shown.n_rows, shown.open) == (SHOWN_ROWS, SHOWN_ROWS + 5, False)
    assert shown.download is not None
    content = base64.b64decode(shown.download.partition("base64,")[2])
    pd.testing.assert_frame_equal(pd.read_csv(io.BytesIO(content)), table)


def test_a_large_table_stays_beside_the_page() -> None:
    for letters, rows in ((1000, 400), (200, 1001), (20, 6000)):
        assert sheet(pd.DataFrame({"a": ["x" * letters] * rows}), "t", "t", []).download is None
    assert sheet(pd.DataFrame({"a": ["x" * 20] * 1001}), "t", "t", []).download is not None
