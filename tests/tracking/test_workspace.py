"""Panels: made with W&B's own library, kept by the test server, and each over something that runs do log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import wandb

from emogeo.analysis.analyze import analyze
from emogeo.extraction.run import run_extraction
from emogeo.probes.run import run_probe
from emogeo.tracking import workspace
from emogeo.tracking.__main__ import main
from tests.conftest import Composer
from tests.probes.test_steering import PLAIN, STEER, wordy
from tests.tracking.test_pull import analysis
from tests.wandb_server.server import Server

__all__ = ["wordy"]


def shown(part: Any, name: str) -> list[Any]:
    """Every value of that name in a nested specification."""
    if isinstance(part, list):
        return [value for item in part for value in shown(item, name)]
    if not isinstance(part, dict):
        return []
    return [*([part[name]] if name in part else []), *(v for item in part.values() for v in shown(item, name))]


def flat(config: dict[str, Any], path: str = "") -> set[str]:
    return {
        name
        for key, value in config.items()
        for name in (flat(value, f"{path}{key}.") if isinstance(value, dict) else {f"{path}{key}"})
    }


def test_a_file_without_a_server_holds_both_views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    assert main(["workspace", "--file", str(tmp_path / "views.json")]) == 0
    views = json.loads((tmp_path / "views.json").read_text())
    sections = views["workspace"]["section"]["panelBankConfig"]["sections"]
    headings = [block["children"][0]["text"] for block in views["report"]["blocks"] if block["type"] == "heading"]
    assert [section["name"] for section in sections] == headings
    assert all(section["panels"] for section in sections)


@pytest.mark.usefixtures("small_pictures")
def test_every_panel_is_over_something_that_runs_log(
    tiny_run: Composer, wordy: Path, wandb_server: Server, tmp_path: Path
) -> None:
    asked = ("mode=generation", "prompt_template=loose", "generation.max_new_tokens=3")
    for words in ((), asked):
        run_extraction(tiny_run("tracking=online", *words))
    run_probe(tiny_run("tracking=online", *STEER, PLAIN, weights=wordy))
    run_probe(tiny_run("tracking=online", "mode=behaviour", "behaviour.turns=1", "behaviour.max_new_tokens=2"))
    run_probe(tiny_run("tracking=online", "mode=readout", "readout.draws=19"))
    analyze(analysis(tmp_path / "pulled", tmp_path / "out", "source=wandb"))
    runs = list(wandb.Api().runs("tester/emogeo"))
    logged = {name for run in runs for name in dict(run.summary)}
    specification = json.loads(workspace.specification())
    panels = specification["workspace"]["section"]["panelBankConfig"]["sections"]
    names = {
        *(name for names in shown(panels, "mediaKeys") for name in names),
        *(name for names in shown(panels, "metrics") for name in names),
        *(node["val"] for node in shown(panels, "key") if isinstance(node, dict) and node.get("nodeType") == "const"),
    }
    of_other_cells = {f"figures/{name}" for name in ("universality_1", "sub_parameters", "variance")}
    where_drawn = {f"charts/{name}" for name in workspace.CHARTS} | {"galleries/depth", "galleries/shifts"}
    assert of_other_cells <= names - logged <= of_other_cells | where_drawn
    assert {"galleries/map", "galleries/tree", "galleries/rdm"} <= names & logged
    charts = {name for settings in shown(panels, "fieldSettings") for name in settings.values()}
    assert charts <= set(pd.read_csv(tmp_path / "out" / "pairs.csv").columns)
    accessors = {*shown(panels, "accessor"), *shown(panels, "xAxis"), *shown(panels, "yAxis")} - {"_step"}
    kept = {f"summary:{name}" for name in logged}
    for run in runs:
        for path in flat(dict(run.config)):
            first, _, rest = path.partition(".")
            kept.add(f"config:{first}.value.{rest}")
    assert set(shown(panels, "xAxis")) >= {"layer/index"} <= logged
    assert accessors & kept == {name for name in accessors if ":" in name} != set()
    assert not wandb_server.refused


def test_made_twice_they_are_there_once(
    tiny_run: Composer, wandb_server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    run_extraction(tiny_run("tracking=online"))
    for _ in range(2):
        assert main(["workspace"]) == 0
        addresses = capsys.readouterr().out.split()
        assert len(addresses) == 2
        assert all(f"{wandb_server.base_url}/tester/emogeo" in address for address in addresses)
    (project,) = wandb_server.state.projects.values()
    assert sorted(view.fields["type"] for view in project.views) == ["project-view", "runs"]
    assert not wandb_server.refused


def test_a_project_that_is_not_there_is_named(wandb_server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["workspace", "--project", "nowhere"]) == 1
    said = capsys.readouterr().err
    assert "tester/nowhere" in said
