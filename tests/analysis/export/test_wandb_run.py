"""What W&B gets to see of an analysis."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from emogeo.analysis.comparing.nulls import Level
from emogeo.analysis.export import wandb_run
from emogeo.analysis.export.wandb_run import track_analysis
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.runtime import StoreConfig, TrackingConfig, TrackingMode
from emogeo.geometry.beyond import Beyond
from emogeo.tracking.pull import Pulled
from emogeo.tracking.session import Mirror

TABLES = {
    "runs": pd.DataFrame(
        {
            **{"key": ["k", "l"], "init": ["trained", "random"]},
            **{"n_units": pd.Series([24, None], dtype="Int64"), "rho": [1 / 3, None]},
        }
    ),
    "pairs": pd.DataFrame({"rho": pd.Series(dtype="float64")}),
    "beyond": pd.DataFrame(
        [("k", Level.words, Beyond.yes), ("k", Level.meanings, Beyond.unknown), ("l", Level.words, Beyond.unknown)],
        columns=["key_a", "level", "verdict"],
        dtype="string",
    ),
}
WRITTEN = {
    *(
        "runs.csv",
        "runs.parquet",
        "pairs.csv",
        "pairs.parquet",
        "beyond.csv",
        "beyond.parquet",
        "rho_matrix.csv",
        "rho_star_matrix.csv",
    ),
    *("rdms.h5", "report.html", "figures/rho_matrix.png", "figures/decoding.png", "figures/decoding.svg"),
    *(
        "figures/map_gemma-3_0a1b2c3d.png",
        "figures/depth_of_0a1b2c3d_4e5f6a7b.png",
        "figures/depth_within_0a1b2c3d.png",
    ),
    "figures/decoding.vl.json",
}
SPEC = {"data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {"x": {"field": "x", "type": "quantitative"}}}
PULLED = Pulled(keys=["l", "k"], used=["me/p/k:v0"], left_out=["m: broken"])


@pytest.fixture
def output(tmp_path: Path) -> Path:
    (tmp_path / "figures").mkdir()
    for name in (*WRITTEN, "notes of mine.txt"):
        (tmp_path / name).write_bytes(content_of(name))
    return tmp_path


def content_of(name: str) -> bytes:
    return json.dumps(SPEC).encode() if name.endswith(".vl.json") else f"content of {name}".encode()


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(wandb_run, "log_run", lambda *args: calls.append(args) or True)
    return calls


def track(output: Path, mode: TrackingMode = TrackingMode.online) -> bool:
    tracking = TrackingConfig(mode=mode)
    config = AnalyzeConfig(StoreConfig("s"), output=str(output), permutations=7, seed=3, tracking=tracking)
    return track_analysis(config, output, PULLED, TABLES)


def test_nothing_is_logged_where_tracking_is_disabled(output: Path, logged: list[tuple[Any, ...]]) -> None:
    assert track(output, TrackingMode.disabled) is False
    assert logged == []


def test_every_file_of_the_analysis_is_logged_and_no_other(output: Path, logged: list[tuple[Any, ...]]) -> None:
    assert track(output) is True
    ((_, folder, mirror, later),) = logged
    assert isinstance(mirror, Mirror)
    (artifact,) = mirror.artifacts
    assert dict(artifact.files) == {name: content_of(name) for name in WRITTEN}
    drawn = ("rho_matrix", "decoding")
    assert mirror.figures == {f"figures/{name}": f"content of figures/{name}.png".encode() for name in drawn}
    assert (folder, later) == (output / "wandb", f"The tables are in {output}.")


def test_pictures_of_single_runs_and_pairs_stand_together_by_kind(output: Path, logged: list[tuple[Any, ...]]) -> None:
    track(output)
    galleries = {name: list(own) for name, own in logged[0][2].galleries.items()}
    assert galleries == {
        "galleries/depth": ["depth_of_0a1b2c3d_4e5f6a7b", "depth_within_0a1b2c3d"],
        "galleries/map": ["map_gemma-3_0a1b2c3d"],
    }


def test_charts_are_pages_that_fetch_nothing(output: Path, logged: list[tuple[Any, ...]]) -> None:
    track(output)
    ((name, page),) = logged[0][2].pages.items()
    assert name == "charts/decoding"
    assert '"quantitative"' in page
    assert not re.findall(r"(?:src|href)=.?https?://", page)


def test_texts_of_a_chart_cannot_end_its_script() -> None:
    page = wandb_run._page(json.dumps({"mark": "bar", "title": "</script><img src=x onerror=alert(1)>"}).encode())
    assert "<img src=x" not in page and "\\u003cimg src=x" in page
    assert page.count("<script>") == page.count("</script>") == 2


def test_tables_have_the_columns_of_the_csv_files(output: Path, logged: list[tuple[Any, ...]]) -> None:
    track(output)
    for name, table in TABLES.items():
        assert all(list(row) == list(table.columns) for row in logged[0][2].tables[f"tables/{name}"])


def test_the_run_says_what_it_is_made_of(output: Path, logged: list[tuple[Any, ...]]) -> None:
    track(output)
    mirror = logged[0][2]
    assert (mirror.run_id, mirror.title, mirror.job_type) == (None, "analysis of 2 runs", "analysis")
    assert mirror.config == {"permutations": 7, "seed": 3, "keys": ["k", "l"]}
    counts = {"yes": 1, "no more than words": 0, "cannot tell": 0}
    assert mirror.summary == {"beyond_words": counts, "runs": 2, "left_out": ["m: broken"]}
    assert mirror.used == ["me/p/k:v0"]


def test_rows_keep_their_digits_and_have_none_for_what_is_missing(output: Path, logged: list[tuple[Any, ...]]) -> None:
    track(output)
    tables = logged[0][2].tables
    first, second = tables["tables/runs"]
    assert first == {"key": "k", "init": "trained", "n_units": 24, "rho": pytest.approx(1 / 3, abs=1e-15)}
    assert second == {"key": "l", "init": "random", "n_units": None, "rho": None}
    assert tables["tables/pairs"] == []


def test_an_analysis_of_refused_runs_has_no_rdms(output: Path, logged: list[tuple[Any, ...]]) -> None:
    """Refused runs have units, and no RDM."""
    (output / "rdms.h5").unlink()
    assert track(output) is True
    assert set(logged[0][2].artifacts[0].files) == WRITTEN - {"rdms.h5"}
