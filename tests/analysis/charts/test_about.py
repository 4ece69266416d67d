"""Charts of what runs are about show what the table says."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from emogeo.analysis.charts.about import (
    LEFT,
    SHARED,
    dots_of,
    predictors_chart,
    shares_chart,
    shares_of,
)
from emogeo.analysis.charts.chart import spec_of
from emogeo.analysis.comparing.explaining import RATINGS, TEXTS
from emogeo.analysis.tables.about import ABOUT_COLUMNS
from emogeo.geometry.about import TOGETHER


def about_rows(run: str, texts: float = 0.4, ratings: float = 0.1, every: float = 0.6) -> list[dict[str, Any]]:
    own = {"key": run, "run": run, "model": run, "ceiling": 0.8}
    single = {"rho": 0.3, "rho_ci_low": 0.2, "rho_ci_high": 0.4, "p_holm": 0.01}
    given = {"rho_given": 0.1, "rho_given_ci_low": -0.1, "rho_given_ci_high": 0.3, "p_given_holm": 0.2}
    share = {"explained_ci_low": 0.1, "explained_ci_high": 0.7}
    return [
        {**own, **single, **given, "predictor": "valence"},
        {**own, **single, "predictor": "word counts"},
        {**own, **share, "predictor": RATINGS, "explained": ratings, "only": ratings / 2, "p_given_holm": 0.03},
        {**own, **share, "predictor": TEXTS, "explained": texts, "only": texts},
        {**own, **share, "predictor": TOGETHER, "explained": every},
        {**own, "predictor": "text length", "note": "not identifiable"},
    ]


def table(*runs: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame([row for rows in runs for row in rows], columns=ABOUT_COLUMNS)


def test_shares_of_a_run_are_the_whole() -> None:
    shares = shares_of(table(about_rows("a"), about_rows("b", every=0.3)))
    by = shares.pivot_table(index="run", columns="explained by", values="share")
    assert dict(by.loc["a"]) == pytest.approx({"only texts": 0.4, "only ratings": 0.05, SHARED: 0.15, LEFT: 0.4})
    assert by.loc["a"].sum() == pytest.approx(1)
    assert by.loc["b", SHARED] == 0, "less together than alone: nothing is shared"


def test_a_group_of_one_predictor_is_that_predictor() -> None:
    rows = [row for row in about_rows("a") if row["predictor"] != TEXTS]
    (words,) = (row for row in rows if row["predictor"] == "word counts")
    words |= {"explained": 0.4, "only": 0.35}
    shares = shares_of(table(rows)).set_index("explained by")["share"]
    assert dict(shares) == pytest.approx({"only texts": 0.35, "only ratings": 0.05, SHARED: 0.2, LEFT: 0.4})


def test_where_all_that_has_a_share_is_of_one_group_it_explains_everything() -> None:
    rows = [row for row in about_rows("a") if row["predictor"] not in (TEXTS, RATINGS)]
    rows += [{"key": "a", "run": "a", "predictor": "input embeddings"}]
    for row in rows:
        row |= {"explained": 0.3, "only": 0.1} if row["predictor"] in ("word counts", "input embeddings") else {}
    shares = shares_of(table(rows)).set_index("explained by")["share"]
    assert dict(shares) == pytest.approx({"only texts": 0.6, SHARED: 0.0, LEFT: 0.4})


def test_a_run_without_shares_has_no_bar() -> None:
    rows = [{**row, "explained": None} for row in about_rows("a")]
    assert shares_of(table(rows)).empty and shares_of(table()).empty


def test_dots_are_those_of_single_predictors() -> None:
    dots = dots_of(table(about_rows("a")))
    assert list(zip(dots["predictor"], dots["kind"], strict=True)) == [
        *(("valence", "alone"), ("word counts", "alone"), ("valence", "given the others")),
    ]
    assert list(dots["ρ"]) == [0.3, 0.3, 0.1] and set(dots["ceiling"]) == {0.8}


def test_specifications_hold_the_data_and_every_run() -> None:
    own = table(about_rows("a"), about_rows("b"))
    bars, dots = spec_of(shares_chart(own)), spec_of(predictors_chart(own, ["b"]))
    assert {row["run"] for rows in bars["datasets"].values() for row in rows} == {"a", "b"}
    assert {row["run"] for rows in dots["datasets"].values() for row in rows} == {"b"}
    assert len(dots["spec"]["layer"]) == 4


def test_a_phone_has_names_above_bars_and_one_panel_beside_the_next() -> None:
    own = table(about_rows("a"), about_rows("b"))
    bars = spec_of(shares_chart(own, narrow=True))
    assert [layer["mark"]["type"] for layer in bars["layer"]] == ["bar", "text"]
    assert len(bars["datasets"][bars["layer"][1]["data"]["name"]]) == 2
    assert spec_of(predictors_chart(own, ["a", "b"], columns=1))["columns"] == 1
