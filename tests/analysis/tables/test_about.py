"""The table of what runs are about, on planted runs."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from emogeo.analysis.comparing.explaining import RATINGS, TEXTS, explain
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.about import ABOUT_COLUMNS, about_table
from emogeo.config.model import Init
from emogeo.geometry.about import TOGETHER
from emogeo.geometry.permutation import holm
from emogeo.stimuli.corpus import load_corpus
from tests.analysis.tables.planted_words import planted_run
from tests.planted_records import altered

FEW = (200, 0)
SINGLE = ["valence", "arousal", "dominance", "word counts", "input embeddings"]


@pytest.fixture(scope="module")
def prepared() -> list[PreparedRun]:
    return [planted_run(load_corpus(), name, seed, embedded=0.3) for seed, name in enumerate(["one", "two"])]


@pytest.fixture(scope="module")
def table(prepared: list[PreparedRun]) -> pd.DataFrame:
    return about_table(prepared, *FEW).frame


def test_each_run_has_a_row_per_predictor_and_one_for_several(table: pd.DataFrame, prepared: list[PreparedRun]) -> None:
    assert list(table.columns) == ABOUT_COLUMNS
    own = table[table["run"] == "two"].set_index("predictor")
    assert {*SINGLE, RATINGS, TEXTS, TOGETHER, "text length"} == set(own.index)
    found = {each.name: each for each in explain(prepared[1], [], 0, 200).about.found}
    assert own.loc["valence", "rho_given"] == found["valence"].given.value
    assert own.loc[TEXTS, "only_ci_low"] == found[TEXTS].only.low
    assert own.loc[TOGETHER, "members"] == ", ".join(SINGLE)
    assert (own["n_conditions"] == 20).all() and (own["n_units"] == 24).all() and (own["half_size"] == 12).all()
    assert (
        own["ceiling"].nunique() == 1 and own["note"].str.contains("without exasperated, which some norm lacks").all()
    )


def test_p_is_adjusted_over_the_predictors_of_a_run(table: pd.DataFrame) -> None:
    own = table[table["run"] == "one"].set_index("predictor")
    for column in ("p", "p_given"):
        given = own.loc[SINGLE].dropna(subset=[column])
        assert list(given[f"{column}_holm"]) == pytest.approx(list(holm(given[column].to_numpy())))
    assert own.loc[TOGETHER, "p_holm"] >= own.loc[TOGETHER, "p"]


def test_the_text_length_of_the_passages_tells_no_condition_and_the_row_says_so(table: pd.DataFrame) -> None:
    row = table[table["predictor"] == "text length"].iloc[0]
    assert pd.isna(row["rho"]) and "conditions hardly differ in it beyond chance" in row["note"]


def test_what_cannot_be_told_has_one_row_with_the_reason() -> None:
    few = about_table([planted_run(load_corpus(topics=4), "one", 0)], *FEW).frame
    assert len(few) == 1 and few["note"].item() == "left out: not identifiable (4 units, 6 needed)"
    assert about_table([], *FEW).frame.empty


def test_twins_and_rereads_have_no_rows(prepared: list[PreparedRun]) -> None:
    first, second = prepared
    twin = replace(second, run=altered(second.run, key="twin", model_init=Init.random))
    reread = replace(second, run=altered(second.run, key="reread", reread_of=first.run.key))
    assert set(about_table([first, twin, reread], *FEW).frame["key"]) == {first.run.key}
    assert set(about_table([twin], *FEW).frame["key"]) == {"twin"}
