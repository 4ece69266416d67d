"""Words that are no options, or parts of one, are answered with what to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.train import TrainConfig
from emogeo.config.words import in_order
from emogeo.errors import ConfigError
from tests.conftest import CONF


@pytest.mark.parametrize(
    ("words", "ordered"),
    [
        (["seed=1", "-m", "dry=true"], ["seed=1", "dry=true", "-m"]),
        (["-m", "seed=1", "--cfg", "job", "~tracking.tags"], ["seed=1", "~tracking.tags", "-m", "--cfg", "job"]),
        (["seed=1", "--info", "-cn", "mine"], ["seed=1", "--info", "-cn", "mine"]),
        (["stimuli.neutral=", "seed=1", "store.path='a = b'"], ["stimuli.neutral=", "seed=1", "store.path='a = b'"]),
        (["--help"], ["--help"]),
    ],
)
def test_flags_may_stand_anywhere(words: list[str], ordered: list[str]) -> None:
    assert in_order(words, TrainConfig, CONF) == ordered


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--model", "smollm2-1.7b"], "--model: options are typed as model=NAME, without dashes."),
        (["--model=smollm2-1.7b"], "typed as model=smollm2-1.7b, without dashes."),
        (["-model.weights=x"], "typed as model.weights=x, without dashes."),
        (["--seed", "1"], "typed as seed=VALUE, without dashes."),
        (["-m", "--foo"], "--foo: options are typed as NAME=VALUE, without dashes."),
        (["mine.csv"], "mine.csv: options are typed as NAME=VALUE. Type stimuli.path=mine.csv (texts)."),
        (["mine"], "Type stimuli.path=mine (texts) or model.weights=mine (a model's weights)."),
        (["nowhere.csv"], "nowhere.csv: options are typed as NAME=VALUE."),
        (["gemma-3-270m"], "Type model=gemma-3-270m."),
        (["model"], "Type model=NAME."),
        (["model", "=", "gemma-3-270m"], "type model=gemma-3-270m"),
        (["model", "=gemma-3-270m"], "type model=gemma-3-270m"),
        (["model=", "gemma-3-270m"], "type model=gemma-3-270m"),
        (["model = gemma-3-270m"], "type model=gemma-3-270m"),
        (["-m", "model=a,", "b,", "c", "seed=1"], "no space after a comma: type model=a,b,c"),
        (["model.revisions=[a,", "b]"], "type 'model.revisions=[a,b]'"),
        (["stimuli.rename={a:", "b,", "c:", "d}"], "type 'stimuli.rename={a: b,c: d}'"),
    ],
)
def test_slips_are_answered_with_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").touch()
    (tmp_path / "mine").mkdir()
    with pytest.raises(ConfigError) as error:
        in_order(words, TrainConfig, CONF)
    assert str(error.value).endswith(said)


def test_the_analysis_takes_a_folder_for_a_store(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"Type store.path={tmp_path}"):
        in_order([str(tmp_path)], AnalyzeConfig, CONF)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--resolve"], "type --cfg job --resolve."),
        (["seed=1", "-m", "--resolve"], "type --cfg job --resolve."),
        (["--package", "model"], "type --cfg job -p model."),
        (["-m", "seed=1,2", "-p", "model"], "type --cfg job -p model."),
        (["--run", "-m"], "--run and --multirun do not go together: type one of them."),
        (["--cfg", "job", "--info"], "--cfg and --info do not go together: type one of them."),
        (["-m", "--cfg", "job", "-p", "modl"], "--package modl: There is no field modl. Did you mean model? Allowed: "),
        (["--cfg", "all", "-p", "pooling.nope"], "Allowed under pooling: position, skip."),
    ],
)
def test_flags_that_do_nothing_are_refused(words: list[str], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        in_order(words, TrainConfig, CONF)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "words",
    [
        ["--help", "--resolve"],
        ["--cfg", "job", "--resolve", "-p", "_global_"],
        ["--cfg", "job", "-m", "-p", "tracking.tags[0]"],
        ["--cfg", "hydra", "-p", "hydra.job"],
        ["--cfg", "all", "-p", "hydra.job"],
        ["--cfg", "job", "-cn", "mine", "-p", "own"],
    ],
)
def test_flags_that_say_what_is_shown_pass(words: list[str]) -> None:
    assert in_order(words, TrainConfig, CONF) == words


def test_a_sweep_of_analyses_is_not_shown() -> None:
    with pytest.raises(ConfigError, match="^--multirun and --cfg do not go together"):
        in_order(["-m", "--cfg", "job"], AnalyzeConfig, CONF)
