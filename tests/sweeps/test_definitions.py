"""Every sweep is its study: the same runs, parameters that exist, values that compose."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import yaml

from emogeo.config.overrides import check_overrides
from emogeo.config.train import TrainConfig
from hydra_plugins.emogeo_study import StudySweeperConf, together
from tests.config.test_studies import STUDIES, composed, runs
from tests.conftest import CONF, ROOT

FILES = sorted((ROOT / "sweeps").glob("*.yaml"))
PLACEHOLDERS = ["${env}", "${interpreter}", "${program}"]


def sweep(study: str) -> dict[str, Any]:
    body: dict[str, Any] = yaml.safe_load((ROOT / "sweeps" / f"{study}.yaml").read_text())
    return body


def values(study: str, name: str) -> list[str]:
    return [str(value) for value in sweep(study)["parameters"][name]["values"]]


def test_there_is_one_for_every_study() -> None:
    assert [file.stem for file in FILES] == STUDIES


@pytest.mark.parametrize("study", STUDIES)
def test_the_command_is_the_studys_and_says_what_a_run_gets(study: str) -> None:
    body = sweep(study)
    command = body["command"]
    assert (body["program"], body["method"], body["name"]) == ("train.py", "grid", study)
    assert command[:3] == PLACEHOLDERS and command[-1] == "${args_no_hyphens}"
    assert {"-m", f"+study={study}", "tracking=online"} <= set(command)
    assert ("size=published" in command) == (study in {"decomposition", "precision", "sub_parameters", "texts"})
    text = (ROOT / "sweeps" / f"{study}.yaml").read_text()
    assert text.startswith(f"# wandb sweep sweeps/{study}.yaml\n# python -m sweeps.agents ")


@pytest.mark.parametrize("study", STUDIES)
def test_a_sweep_has_the_runs_of_its_study(study: str) -> None:
    assert values(study, "hydra.sweeper.only") == [f"[{name}]" for name in runs(study)]


@pytest.mark.parametrize("study", STUDIES)
def test_every_parameter_exists_and_every_value_composes(study: str, monkeypatch: pytest.MonkeyPatch) -> None:
    body = sweep(study)
    fields = {f"hydra.sweeper.{name}" for name in StudySweeperConf.__dataclass_fields__}
    assert set(body["parameters"]) <= fields
    typed = [word for word in body["command"] if "=" in word and not word.startswith("hydra.")]
    check_overrides(["-m", *typed], TrainConfig, CONF)
    own = runs(study)
    words = [word for word in typed if not word.startswith("+study")]
    for name, model in itertools.product(
        (only.strip("[]") for only in values(study, "hydra.sweeper.only")), values(study, "hydra.sweeper.model")
    ):
        if study == "universality" or model == values(study, "hydra.sweeper.model")[0]:
            assert composed(study, [f"model={model}", *together(own[name], words)]).model.name == model
    for model in values(study, "hydra.sweeper.model"):
        check_overrides(["-m", f"model={model}"], TrainConfig, CONF)


def test_universality_is_of_every_model() -> None:
    assert values("universality", "hydra.sweeper.model") == sorted(
        file.stem for file in (CONF / "model").glob("*.yaml")
    )
