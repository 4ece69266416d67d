"""The section of what runs are about says what its tables say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emogeo.analysis.charts.chart import ENDINGS
from emogeo.analysis.comparing.explaining import TEXTS
from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures.about import write_about_charts
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.about import about_section, sentences, summary
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Chart, Listing, Text
from emogeo.analysis.tables.about import ABOUT_COLUMNS
from emogeo.analysis.tables.frame import Table, typed
from emogeo.analysis.tables.lens import LENS_COLUMNS
from emogeo.analysis.tables.notes import Note
from tests.analysis.charts.test_about import about_rows, table
from tests.analysis.report.shown import absent, cells, sheets

WORDS = ["key", "run", "model", "condition", "telling", "up", "down", "note"]


def made(folder: Path, n: int, lens: list[dict[str, Any]] | None = None) -> Material:
    rows = [row for number in range(n) for row in about_rows(f"run {number}")]
    about = typed(rows, ABOUT_COLUMNS, words=["key", "run", "model", "predictor", "members", "note"])
    tables = {"about": about, "lens": typed(lens or [], LENS_COLUMNS, words=WORDS)}
    write_about_charts(about.frame, FigureFolder(folder))
    return Material(tables, [], Catalogue(), folder)


def test_the_answer_comes_first_then_charts_then_folded_tables(tmp_path: Path) -> None:
    section = about_section(made(tmp_path, 2))
    assert (section.anchor, section.title) == ("about", "What is it about?")
    listing, *charts = [part for part in section.parts if isinstance(part, Listing | Chart)]
    assert isinstance(listing, Listing) and len(listing.lines) == 2
    assert [chart.files for chart in charts] == [
        [f"about_{name}{ending}" for ending in ENDINGS] for name in ("shares", "predictors")
    ]
    (row, *_) = cells(sheets(section)["Each predictor, in numbers"])
    assert (row["ρ alone"], row["ρ given the others"]) == ("0.30 [0.20, 0.40]", "0.10 [-0.10, 0.30]")
    assert not sheets(section)["Each predictor, in numbers"].open


def test_a_chart_that_was_not_drawn_is_not_shown(tmp_path: Path) -> None:
    own = made(tmp_path, 1)
    (tmp_path / "about_shares.vl.json").unlink()
    (tmp_path / "about_predictors.pdf").unlink()
    (chart,) = [part for part in about_section(own).parts if isinstance(part, Chart)]
    assert chart.files == ["about_predictors.png", "about_predictors.svg", "about_predictors.vl.json"]


def test_the_sentence_gives_shares_and_what_ratings_add_to_texts() -> None:
    rows = about_rows("a")
    rows[2] |= {"only_by_chance": 0.02}
    alone = [row for row in about_rows("a") if row["predictor"] != TEXTS]
    alone[1] |= {"explained": 0.4, "explained_ci_low": 0.1, "explained_ci_high": 0.7, "only": 0.4}
    assert next(sentences(table(alone))).startswith("a: texts 40% [10%, 70%], ratings ")
    assert "texts explain 40%, ratings explain 10% of" in summary(table(alone))
    assert list(sentences(table(rows))) == [
        "a: texts 40% [10%, 70%], ratings 10% [10%, 70%], all together 60% [10%, 70%]; "
        "40% is explained by none of them; ratings explain 5% that texts do not (by chance 2%, p 0.030)."
    ]
    assert not list(sentences(table([{**row, "explained": None} for row in rows])))


def test_many_runs_are_summed_up_in_one_sentence(tmp_path: Path) -> None:
    runs = [about_rows(f"run {n}", texts=0.3 + 0.1 * n, every=0.5 + 0.1 * n) for n in range(4)]
    runs[3][2]["p_given_holm"] = 0.2
    said = (
        "In 4 runs texts explain 30% to 60%, ratings explain 10% of the reliable geometry; 20% to 50% is explained by "
        "none of them. Ratings explain more than chance beside the texts in 3 of 4 runs (p ≤ 0.05, Holm in each)."
    )
    assert summary(table(*runs)) == said
    parts = about_section(made(tmp_path, 4)).parts
    assert not any(isinstance(part, Listing) for part in parts) and isinstance(parts[0], Text)


def test_of_many_runs_some_are_drawn_and_the_others_counted(tmp_path: Path) -> None:
    section = about_section(made(tmp_path, 10))
    assert "8 of 10 runs are drawn; all are in the table." in [p.said for p in section.parts if isinstance(p, Text)]


def test_words_of_vectors_are_folded_and_their_absence_has_its_reason(tmp_path: Path) -> None:
    row = {
        "key": "k",
        "run": "run 0",
        "condition": "happy",
        "telling": "␣joy",
        "telling_z": 5.0,
        "up": "<b>",
        "p_telling": 0.01,
    }
    section = about_section(made(tmp_path, 1, [row]))
    (shown,) = cells(sheets(section)["Words that each vector promotes"])
    assert (shown["telling"], shown["z"], shown["up"]) == ("␣joy", "5.0", "<b>")
    without = about_section(made(tmp_path, 1, [{"key": "k", "run": "run 0", "note": [Note("left out: why")]}]))
    (part,) = [part for part in without.parts if isinstance(part, Absent)]
    assert part.why == "No words of vectors (left out: why)."


def test_without_a_run_there_is_a_command(tmp_path: Path) -> None:
    assert list(absent(about_section(Material({}, [], Catalogue(), tmp_path)).parts).values()) == ["python train.py"]
    empty: Table = made(tmp_path, 0).tables["about"]
    assert empty.frame.empty
