"""Typos and empty globs are answered with what is allowed."""

from __future__ import annotations

import re

import pytest

from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.overrides import check_overrides
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError
from tests.conftest import CONF


@pytest.mark.parametrize(
    "words",
    [
        ["-m", "model=glob(*)", "precision=fp16,int8"],
        ["-m", "model=glob([g*,q*],exclude=*coder*)"],
        ["model=choice(gemma-3-270m,smollm2-135m-instruct)", "--multirun"],
        ["hydra.mode=MULTIRUN", "layer_selection.index=range(0,5)", "layer_selection=index"],
        ["seed=1", "seed=1", "+stimuli.rename={a: b}", "+stimuli.rename={c: d}"],
        ["-m", "+study=universality", "hydra.sweeper.model=gemma-3-270m", "hydra.sweeper.only=[mean]", "+size=small"],
        ["-m", "+study=texts", "size=published"],
        ["hydra.verbose=true", "hydra/launcher=joblib", "store.path=/tmp/x", "~tracking.tags"],
        ["model.wheels.version=1", "runtime.weights_cache=x"],
        ["--config-dir=elsewhere", "model=mine"],
        ["steering.scenarios.threat.emotion=sad", "+steering.scenarios.mine.prompt=So"],
    ],
)
def test_sound_overrides_pass(words: list[str]) -> None:
    check_overrides(words, TrainConfig, CONF)


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("model=smollm2-1.7b,gemma-3-270m", ["several runs", "-m model=smollm2-1.7b,gemma-3-270m"]),
        ("model=glob(smol*)", ["several runs", "-m 'model=glob(smol*)'"]),
        ("seed=range(1,3)", ["several runs", "-m 'seed=range(1,3)'"]),
        ("stimuli.neutral=a,b", ["several runs", "\"stimuli.neutral='A, B'\""]),
        ("-m model=[smollm2-1.7b,gemma-3-270m]", ["one option of model", "-m model=smollm2-1.7b,gemma-3-270m."]),
        ("recipe=crossed recipe=none", ["recipe=crossed and recipe=none", "-m recipe=A,B"]),
        ("-m seed=1 seed=2", ["seed=1 and seed=2"]),
        ("-m study=universality", ["type +study=universality"]),
        ("size=small", ["type +size=small"]),
        ("+model=gemma-3-270m", ["type model=gemma-3-270m, without the plus sign"]),
        ("model=null", ["model=null is not an option"]),
        ("modle=x", ["no field modle", "Did you mean mode", "precision"]),
        ("pooling.skp=1", ["pooling.skp", "Did you mean skip", "position, skip"]),
        ("seed.x=1", ["seed has no fields"]),
        ("steering.scenarios.threat.emotoin=sad", ["Did you mean emotion", "prompt"]),
        ("model=gemma", ["model=gemma", "gemma-3-270m", "Allowed"]),
        ("precision=fp16,int9", ["precision=int9", "Did you mean int8"]),
        ("-m model=glob(foo*)", ["glob(foo*)", "matches none", "llama-3.1-8b"]),
        ("+study=x", ["study"]),
        ("-m dry=true,false", ["dry=true,false: dry is for the whole sweep: type dry=true, or leave it out."]),
        ("-m dry=choice(true)", ["dry is for the whole sweep"]),
        ("store.path=/tmp/ünï", ["/tmp/ünï cannot be read", "letters beyond a to z is quoted twice"]),
        ("+stimuli.rename=x", ["stimuli.rename=x: it takes names with values: type 'stimuli.rename={NAME: VALUE}'."]),
        ("+imported.fields=[a]", ["imported.fields=[a]: it takes names with values"]),
    ],
)
def test_errors_name_what_is_allowed(typed: str, parts: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        check_overrides(typed.split(), TrainConfig, CONF)
    assert all(part in str(error.value) for part in parts), error.value


def test_a_group_is_chosen_once_for_each_place() -> None:
    places = ["mode=replay", "precision=fp32", "precision@mode.writer=bf16", "model=gemma-3-270m"]
    check_overrides(places, TrainConfig, CONF)
    with pytest.raises(ConfigError, match=r"precision@mode\.writer=bf16 and precision@mode\.writer=fp32: type one"):
        check_overrides([*places, "precision@mode.writer=fp32"], TrainConfig, CONF)


def test_the_analysis_has_its_own_fields() -> None:
    check_overrides(["permutations=1000", "output=x"], AnalyzeConfig, CONF)
    with pytest.raises(ConfigError, match="permutatons"):
        check_overrides(["permutatons=1"], AnalyzeConfig, CONF)


@pytest.mark.parametrize("value", ["x", "null", "[a]", "1"])
def test_filters_are_names_with_values(value: str) -> None:
    check_overrides(["+runs.filters={state: finished}", "+runs.filters.config=3"], AnalyzeConfig, CONF)
    wanted = re.escape(f"runs.filters={value}: it takes names with values: type 'runs.filters={{NAME: VALUE}}'.")
    with pytest.raises(ConfigError, match=f"^{wanted}$"):
        check_overrides([f"+runs.filters={value}"], AnalyzeConfig, CONF)


def test_letters_of_any_script_are_taken_in_quotes() -> None:
    check_overrides(["store.path='/tmp/ünï'"], TrainConfig, CONF)
