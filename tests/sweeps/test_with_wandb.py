"""`wandb sweep`, agents, their runs and the analysis against the test server, with the real client."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import wandb
import yaml

from emogeo.analysis.analyze import analyze
from emogeo.store.store import RUNS, Store
from sweeps import agents
from tests.conftest import ROOT
from tests.tracking.test_pull import analysis
from tests.wandb_server.server import Server

pytestmark = pytest.mark.usefixtures("small_pictures")


def small(study: str, weights: Path, folder: Path) -> dict[str, Any]:
    """A study's sweep as it is shipped, for two runs of one tiny model."""
    body: dict[str, Any] = yaml.safe_load((ROOT / "sweeps" / f"{study}.yaml").read_text())
    body["command"][-1:-1] = [
        *(f"model.weights={weights}", "precision=fp32", "stimuli=passages6", "layer_selection=middle"),
        *("runtime.progress=false", "runtime.threads=1", f"store.path={folder / 'store'}"),
    ]
    body["command"] = [word.replace("=multirun/", f"={folder}/") for word in body["command"]]
    body["parameters"]["hydra.sweeper.model"]["values"] = ["smollm2-135m-instruct"]
    del body["parameters"]["hydra.sweeper.only"]["values"][2:]
    return body


def made(body: dict[str, Any], folder: Path) -> str:
    """The path of the sweep that `wandb sweep` has made of it."""
    (folder / "sweep.yaml").write_text(yaml.safe_dump(body))
    command = [sys.executable, "-m", "wandb", "sweep", str(folder / "sweep.yaml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stderr.rpartition("wandb agent ")[2].split()[0]


def test_two_agents_fill_a_project_and_an_analysis_elsewhere_has_the_same_tables(
    wandb_server: Server, tiny_llama: Path, tmp_path: Path
) -> None:
    path = made(small("controls", tiny_llama, tmp_path), tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "sweeps.agents", path, "--gpus", "cpu:2"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{path}: 2 finished; of 2 runs" in done.stdout
    runs = {run.config["key"]: run for run in wandb.Api().sweep(path).runs}
    assert set(runs) == set(Store(tmp_path / "store").keys(RUNS))
    assert {run.config["hydra.sweeper.only"] for run in runs.values()} == {"[base]", "[reread]"}
    assert {run.config["model"]["name"] for run in runs.values()} == {"tiny-llama"}
    for key, run in runs.items():
        logged = {artifact.name for artifact in run.logged_artifacts()}
        assert {f"rdm-{key[:16]}:v0", f"emotion-vectors-{key[:16]}:v0"} <= logged
    local = analyze(analysis(tmp_path / "store", tmp_path / "local"))
    pulled = analyze(analysis(tmp_path / "elsewhere" / "pulled", tmp_path / "elsewhere" / "out", "source=wandb"))
    tables = [*local.glob("*.csv"), *local.glob("*.parquet")]
    assert "pairs.csv" in {table.name for table in tables}
    for table in [
        table for table in tables if not table.stem.startswith("decoding")
    ]:  # which needs states of all blocks
        assert (pulled / table.name).read_bytes() == table.read_bytes(), table.name
    (analysed,) = wandb.Api().runs("tester/emogeo", filters={"jobType": "analysis"})
    for key, run in runs.items():
        rdm = wandb.Api().artifact(f"tester/emogeo/rdm-{key[:16]}:v0")
        assert rdm.logged_by().id == run.id
        assert [user.id for user in rdm.used_by()] == [analysed.id]
    assert "analysis" in {artifact.type for artifact in analysed.logged_artifacts()}
    assert wandb_server.refused == []


def agents_of(path: str, folder: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "sweeps.agents", path, "--gpus", "cpu:1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)


def begun(command: subprocess.Popen[str], *words: str) -> list[psutil.Process]:
    """For each word the process below that has it in its command line, once all are there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found: dict[str, psutil.Process] = {}
        for process in psutil.Process(command.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                names = [Path(name).name for name in process.cmdline()]
                found |= {word: process for word in words if word in names}
        if len(found) == len(words):
            return [found[word] for word in words]
        time.sleep(0.05)
    raise AssertionError(f"{words} were not begun")


def test_a_stopped_and_a_killed_agent_cost_no_run(wandb_server: Server, tiny_llama: Path, tmp_path: Path) -> None:
    """With the client's own agent: Ctrl-C, the same command again, then SIGKILL for the agent."""
    body = small("controls", tiny_llama, tmp_path)
    body["program"] = str(ROOT / "train.py")
    path = made(body, tmp_path)
    stopped = agents_of(path, tmp_path)
    begun(stopped, "agent", "train.py")
    stopped.send_signal(signal.SIGINT)
    assert stopped.wait(timeout=60) == 130
    (kept,) = (tmp_path / "agents" / path.rpartition("/")[2]).glob("*/left.json")
    (left,) = json.loads(kept.read_text())
    assert left["variables"]["WANDB_SWEEP_ID"] in path
    again = agents_of(path, tmp_path)
    agent, _ = begun(again, "agent", "train.py")
    agent.kill()
    said = again.communicate(timeout=120)[0]
    assert again.returncode == 0, said
    assert "its run is taken over" in said
    runs = list(wandb.Api().sweep(path).runs)
    assert {run.config["key"] for run in runs if run.state == "finished"} == set(Store(tmp_path / "store").keys(RUNS))
    assert len(list(Store(tmp_path / "store").keys(RUNS))) == 2
    assert wandb_server.refused == []


@pytest.mark.parametrize("path", ["tester/emogeo/nothing", "tester/nowhere/nothing"])
def test_a_sweep_that_is_not_there_is_named(
    wandb_server: Server, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert agents.main([path, "--gpus", "cpu:1"]) == 1
    assert f"W&B has no sweep {path}" in capsys.readouterr().err
