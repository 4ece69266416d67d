"""The unmodified client against the server: what every other test of W&B relies on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import wandb
from PIL import Image

from tests.wandb_server.faults import Fault
from tests.wandb_server.server import Server

PROJECT = "tester/emo"


def log_one(name: str = "first", content: bytes = b"bytes", **config: object) -> str:
    """A run with history, media, a table and an artifact; its artifact's version."""
    with wandb.init(project="emo", id=name, config=config, job_type="cell", group="g", tags=["a"]) as run:
        for step in range(3):
            run.log({"layer/index": step, "loss": 1 / (step + 1)})
        run.log({"image": wandb.Image(Image.new("RGB", (4, 4))), "table": wandb.Table(columns=["x"], data=[[1]])})
        run.summary["rho"] = 0.5
        artifact = wandb.Artifact("numbers", "rdm", metadata={"key": name})
        with artifact.new_file("n.bin", "wb") as file:
            file.write(content)
        return str(run.log_artifact(artifact).wait().version)


def test_a_run_arrives_whole(wandb_server: Server) -> None:
    log_one(lr=0.1)
    (run,) = wandb.Api().runs(PROJECT)
    assert (run.state, run.group, run.tags, run.job_type) == ("finished", "g", ["a"], "cell")
    assert run.config["lr"] == 0.1
    assert run.summary["rho"] == 0.5
    assert [row["loss"] for row in run.scan_history(keys=["loss"])] == [1, 1 / 2, 1 / 3]
    assert any(file.name.endswith(".png") for file in run.files())
    assert not wandb_server.refused


def test_versions_aliases_lineage_and_bytes(wandb_server: Server, tmp_path: Path) -> None:
    assert [log_one("one"), log_one("two", b"other"), log_one("three")] == ["v0", "v1", "v0"]
    with wandb.init(project="emo", id="user", job_type="analysis") as run:
        used = run.use_artifact("numbers:v1")
        used.download(root=str(tmp_path / "down"))
        used.verify(root=str(tmp_path / "down"))
    assert (tmp_path / "down" / "n.bin").read_bytes() == b"other"
    api = wandb.Api()
    assert api.artifact(f"{PROJECT}/numbers:latest").version == "v0", "the last one logged has the alias"
    assert api.artifact(f"{PROJECT}/numbers:{used.digest}").version == "v1"
    found = api.artifact(f"{PROJECT}/numbers:v1")
    assert found.logged_by().id == "two"
    assert [run.id for run in found.used_by()] == ["user"]
    assert [a.name for a in api.run(f"{PROJECT}/user").used_artifacts()] == ["numbers:v1"]
    assert "numbers:v1" in [a.name for a in api.run(f"{PROJECT}/two").logged_artifacts()]
    assert [a.version for a in api.artifacts("rdm", f"{PROJECT}/numbers")] == ["v1", "v0"]
    assert not wandb_server.refused


def test_runs_are_filtered_and_ordered(wandb_server: Server) -> None:
    log_one("one", model={"family": "llama"}, lr=0.1)
    log_one("two", model={"family": "gemma"}, lr=0.3)
    api = wandb.Api()

    def names(filters: dict[str, object], order: str = "+created_at") -> list[str]:
        return [run.id for run in api.runs(PROJECT, filters=filters, order=order)]

    assert names({}) == ["one", "two"]
    assert names({}, "-created_at") == ["two", "one"]
    assert names({"config.model.family": "gemma"}) == ["two"]
    assert names({"config.lr": {"$lt": 0.2}, "jobType": "cell"}) == ["one"]
    assert names({"$or": [{"name": "one"}, {"config.lr": {"$gte": 0.3}}]}) == ["one", "two"]
    assert names({"$and": [{"tags": {"$in": ["a"]}}, {"summary_metrics.rho": {"$gt": 0.7}}]}) == []
    assert not wandb_server.refused


def test_what_is_not_known_is_refused_by_name(wandb_server: Server) -> None:
    log_one()
    with pytest.raises(Exception, match=r"filter operator \$near"):
        list(wandb.Api().runs(PROJECT, filters={"config.lr": {"$near": 1}}))
    with pytest.raises(Exception, match=r"createProject|upsertModel"):
        wandb.Api().create_project("other", "tester")
    assert len(wandb_server.refused) >= 2


def test_a_wrong_key_is_not_let_in(wandb_server: Server) -> None:
    wandb_server.key = "local-" + "0" * 40
    with pytest.raises(Exception, match=r"(?i)invalid|credentials|401"):
        list(wandb.Api().runs(PROJECT))


def test_faults_are_counted(wandb_server: Server) -> None:
    log_one()
    wandb_server.faults.add(Fault("graphql Runs", status=400, times=1))
    with pytest.raises(Exception, match="asked for by a test"):
        list(wandb.Api().runs(PROJECT))
    assert len(list(wandb.Api().runs(PROJECT))) == 1


def test_an_artifact_is_not_committed_without_its_bytes(wandb_server: Server) -> None:
    wandb_server.faults.add(Fault("PUT blobs", status=400))
    with pytest.raises(ValueError, match="upload"):
        log_one()
    versions = next(iter(wandb_server.state.projects.values())).versions("numbers")
    assert not versions


@pytest.mark.parametrize("method", ["grid", "random"])
def test_an_agent_takes_every_point_and_ends(wandb_server: Server, method: str) -> None:
    seen = []

    def train() -> None:
        with wandb.init() as run:
            seen.append((run.config["a"], run.config["b"]))

    parameters = {"a": {"values": [1, 2]}, "b": {"value": "x"}}
    sweep = wandb.sweep({"method": method, "parameters": parameters}, entity="tester", project="emo")
    wandb.agent(sweep, train, entity="tester", project="emo", count=2)
    assert len(seen) == 2
    assert {b for _, b in seen} == {"x"}
    if method == "grid":
        assert sorted(seen) == [(1, "x"), (2, "x")]
    assert len(list(wandb.Api().sweep(f"{PROJECT}/{sweep}").runs)) == 2
    assert not wandb_server.refused


def test_by_hand_it_says_what_to_export(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.wandb_server"], cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(2)]
    process.terminate()
    process.wait()
    assert lines[0].startswith("export WANDB_BASE_URL=http://127.0.0.1:")
    assert lines[1].startswith("export WANDB_API_KEY=local-")


@pytest.mark.parametrize(("word", "state"), [("--stop", "FINISHED"), ("--cancel", "CANCELED")])
def test_a_sweep_is_ended_by_hand(wandb_server: Server, word: str, state: str) -> None:
    config = {"method": "random", "parameters": {"a": {"min": 1, "max": 9}}}
    sweep = wandb.sweep(config, entity="tester", project="emo")
    subprocess.run(
        [Path(sys.executable).with_name("wandb"), "sweep", word, f"{PROJECT}/{sweep}"], check=True, capture_output=True
    )
    assert wandb.Api().sweep(f"{PROJECT}/{sweep}").state == state
    if word == "--stop":  # an agent takes ten seconds to see it
        wandb.agent(sweep, lambda: pytest.fail("a run of an ended sweep"), entity="tester", project="emo")
    assert not wandb_server.refused
