"""Analyses of runs over other conditions than the study's: what is printed, written and drawn is true of them."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pandas as pd
import pytest

from emogeo.analysis import drawing
from emogeo.analysis.analyze import analyze
from emogeo.analysis.charts.chart import library
from emogeo.analysis.report import heatmap, maps
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig
from emogeo.stimuli.conditions import STUDIED
from emogeo.store.store import Store
from tests.planted_labels import CHINESE, LITERAL, LONG, MANY, TRAITS, Shape, write_conditions

SHAPE = Shape(units=12)
UNTRUE = re.compile(r"\bemotions?\b|\b21 (?:labels|conditions)\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has figures drawn by this process, so that a warning of one is an error here."""
    monkeypatch.setattr(drawing, "cores", lambda: 1)


def analysed(folder: Path, *runs: tuple[str, ...]) -> Path:
    """An analysis of runs over these conditions, without a warning on the way."""
    store = Store(folder / "store")
    for seed, conditions in enumerate(runs):
        write_conditions(store, conditions, f"model{'abc'[seed]}", seed, SHAPE, signal=1.0)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*[Gg]lyph.*")
        return analyze(
            AnalyzeConfig(store=StoreConfig(str(folder / "store")), output=str(folder / "out"), permutations=100)
        )


def page_of(output: Path) -> str:
    """The words of a report, without its embedded files and its mark-up."""
    page = re.sub(r"data:[^\"]*|<style>.*?</style>|<script>.*?</script>", "", output.read_text(), flags=re.DOTALL)
    labels = re.findall(r'aria-label="([^"]*)"', page)
    return " ".join([re.sub(r"<[^>]*>", " ", page), *labels])


@pytest.mark.parametrize("conditions", [TRAITS, CHINESE, LITERAL, LONG[:30]])
def test_nothing_is_called_an_emotion_that_is_none(
    conditions: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = analysed(tmp_path, conditions, conditions)
    printed = capsys.readouterr().out
    assert not UNTRUE.findall(printed.replace(str(tmp_path), ""))
    page = page_of(output / "report.html")
    said = [page[max(found.start() - 60, 0) : found.end() + 60] for found in re.finditer(r"(?i)\bemotions?\b", page)]
    assert not said
    assert "over other texts for these conditions" in " ".join(printed.split())
    assert "condition geometry" in page.lower()
    assert pd.read_csv(output / "pairs.csv")["n_conditions"].tolist() == [len(conditions)]


def test_the_study_s_conditions_are_called_emotions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = analysed(tmp_path, STUDIED[:12], STUDIED[:12])
    assert "over other texts for these emotions" in " ".join(capsys.readouterr().out.split())
    assert "emotion geometry" in page_of(output / "report.html").lower()


def test_runs_with_some_conditions_in_common_are_compared_on_these(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = analysed(tmp_path, (*STUDIED[:12], *TRAITS[:3]), STUDIED[3:18], CHINESE)
    pairs = pd.read_csv(output / "pairs.csv")
    shared = {(row.model_a, row.model_b): row.n_conditions for row in pairs.itertuples()}
    assert shared["modela", "modelb"] == 9
    assert "over the 9 conditions in common, without " in pairs["note"][0]
    assert ", which one run lacks" in pairs["note"][0]
    assert pairs.loc[pairs["model_b"] == "modelc", "rho"].isna().all()
    assert "over other texts for these conditions" in " ".join(capsys.readouterr().out.split())


def test_an_rdm_of_very_many_conditions_is_named_and_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heatmap, "MOST", 9)
    monkeypatch.setattr(maps, "MOST", 8)
    output = analysed(tmp_path, MANY[:10])
    page = page_of(output / "report.html")
    assert "an RDM of 10 conditions is too large for this page; figures/rdm_…_" in page
    assert "a map of more than 8 conditions is among the figures, map_…_" in page
    assert len(list((output / "figures").glob("rdm_*.png"))) == 1
    assert (output / "report.html").stat().st_size - len(library()) < 1_500_000
