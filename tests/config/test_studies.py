"""Every study composes, run by run, and says what it is."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import yaml
from hydra import compose, initialize_config_dir

from emogeo.config.compose import parse_train, register
from emogeo.config.model import Init
from emogeo.config.train import TrainConfig
from hydra_plugins.emogeo_study import chosen_by, overrides_of, together
from tests.conftest import CONF, ROOT

STUDIES = sorted(p.stem for p in (CONF / "study").glob("*.yaml"))


def runs(study: str) -> dict[str, list[str]]:
    body = yaml.safe_load((CONF / "study" / f"{study}.yaml").read_text())
    named = body["hydra"]["sweeper"]["cells"]
    return {name: overrides_of(name, named) for name in named}


def composed(study: str | None, overrides: list[str]) -> TrainConfig:
    return _composed((f"+study={study}", *overrides) if study else tuple(overrides))


@cache
def _composed(overrides: tuple[str, ...]) -> TrainConfig:
    """Composes a run once for all tests, none of which changes it."""
    register()
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return parse_train(compose("config", overrides=list(overrides)))


def test_the_eight_studies_are_there() -> None:
    assert [
        *("controls", "decomposition", "finetune", "overflow", "precision", "sub_parameters", "texts", "universality"),
    ] == STUDIES


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("size", ["small", "published"])
def test_every_run_of_a_study_composes(study: str, size: str) -> None:
    words = [f"size={size}"] if study in {"decomposition", "precision", "sub_parameters", "texts"} else []
    for name, overrides in runs(study).items():
        assert composed(study, [*words, *overrides]).study == study, name


@pytest.mark.parametrize("study", STUDIES)
def test_a_study_starts_with_its_command_and_its_number_of_runs(study: str) -> None:
    text = (CONF / "study" / f"{study}.yaml").read_text()
    package, command, *_ = text.splitlines()
    assert package == "# @package _global_"
    assert command.startswith(f"# python train.py -m +study={study}")
    stated = re.search(r"(\d+) runs a model", text)
    assert stated is not None and int(stated[1]) == len(runs(study))


def test_the_published_sets_are_the_published_recipes() -> None:
    found = {name: composed("decomposition", ["size=published", *o]) for name, o in runs("decomposition").items()}
    assert [found[name].recipe for name in "ABCD"] == ["jeong_comprehension", "jeong_loose", *["jeong_matched"] * 2]
    assert found["A"].stimuli.topics == 3
    assert (found["B"].generation.max_new_tokens, found["C"].generation.max_new_tokens) == (100, 256)
    assert (found["C"].generation.samples, found["C_again"].generation.repetition) == (2, 1)
    assert (found["C"].precision.name, found["D"].precision.name) == ("auto", "int8")


def test_what_is_typed_has_the_last_word() -> None:
    assert together(["a=1", "b=2"], ["+b=3", "c=4"]) == ["a=1", "+b=3", "c=4"]
    assert overrides_of("two", {"one": ["a=1", "b=2"], "two": ["one", "b=3"]}) == ["a=1", "b=3"]
    assert together(["layer_selection=depth", "layer_selection.depth=0.9"], ["layer_selection=middle"]) == [
        "layer_selection=middle"
    ], "another option takes the old one's fields along"
    assert together(["model.init=random", "stimuli=a", "stimuli.topics=3"], ["model=b", "stimuli=c"]) == [
        *("model.init=random", "model=b", "stimuli=c"),
    ], "a field for any option stays"
    for words in (["layer_selection=middle"], ["layer_selection=reliability"]):
        for name, own in runs("controls").items():
            assert composed("controls", together(own, words)), name


def test_what_is_typed_chooses_among_runs_where_the_study_says_so() -> None:
    own = runs("precision")
    for typed, chosen in (("fp32", 5), ("int8", 3), ("int8_weight_only", 3), ("fp8", 3), ("nf4", 3)):
        words = [f"precision={typed}", "model=gemma-3-270m"]
        kept = {name: job for name, cell in own.items() if (job := chosen_by(cell, words, ["precision"])) is not None}
        assert len(kept) == chosen + 1 and "written" in kept
        assert "model=gemma-3-270m" in kept["written"] and not any("precision" in word for word in kept["written"])
        assert all(f"precision={typed}" in job for name, job in kept.items() if name != "written")
    assert chosen_by(["precision=fp32"], ["precision=bf16"], []) == ["precision=bf16"]


def test_precisions_of_a_study_are_started_once_each(tmp_path: Path) -> None:
    words = ["model=gemma-3-270m", "precision=fp32,bf16,int8,int8_weight_only,nf4", f"hydra.sweep.dir={tmp_path}"]
    done = subprocess.run(
        [sys.executable, "train.py", "-m", "+study=precision", *words, "model.weights=/nowhere/at-all"],
        **{"cwd": ROOT, "capture_output": True, "text": True, "timeout": 300, "check": False},
    )
    assert "\n" in done.stdout and "20 runs: 29 (written, read_fp32" in done.stdout
    assert done.stdout.count("precision=int8_weight_only") == 3


def test_a_study_runs_its_runs_for_every_model_and_skips_none(tiny_llama: Path, tmp_path: Path) -> None:
    words = [
        *("-m", "+study=universality", "model=smollm2-135m-instruct,gemma-3-270m", f"model.weights={tiny_llama}"),
        *("precision=fp32", "stimuli=passages6", "layer_selection=middle", f"store.path={tmp_path / 'store'}"),
        *("tracking=disabled", "runtime.progress=false", f"hydra.sweep.dir={tmp_path / 'jobs'}"),
        *("hydra.sweeper.only=[published,mean]", "runtime.threads=1"),
    ]
    done = subprocess.run(
        [sys.executable, "train.py", *words], cwd=ROOT, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "4 runs: 2 (published, mean) for each of 2 combinations" in done.stdout
    assert len(list((tmp_path / "store" / "runs").iterdir())) == 2  # the same weights under two names


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-m", "+study=decomposition", "hydra.sweeper.only=[E]"], "E is no run of this study. Allowed: A, A_topics"),
        (["+study=decomposition"], "type -m"),
        (["-m", "+study=decomposition,controls"], "One study at a time"),
        (["-m", "+study=controls", "hydra.sweeper.only=[]"], "only is empty"),
        (["-m", "+study=controls", "+hydra.sweeper.cells.mine=[nothing]"], "there is no run nothing"),
        (
            ["-m", "+study=precision", "precision=auto"],
            "precision=auto is in no run of this study. Allowed: bf16, fp16",
        ),
        (["-m", "+study=decompositon"], "Did you mean decomposition?"),
    ],
)
def test_a_study_that_cannot_be_meant(words: list[str], said: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "train.py", *words, f"hydra.sweep.dir={tmp_path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def commands_of_make_study() -> list[list[str]]:
    shown = subprocess.run(["make", "-n", "study"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    lines = shown.replace("\\\n", " ").replace("'$key'", "ab12").splitlines()
    return [shlex.split(line.partition("train.py")[2]) for line in lines if "train.py" in line]


def test_make_study_is_made_of_runs_that_compose() -> None:
    modes = set()
    for words in commands_of_make_study():
        typed = dict(word.split("=", 1) for word in words if word != "-m")
        study, only = typed.pop("+study", None), typed.pop("hydra.sweeper.only", "")
        named = runs(study) if study else {"": []}
        wanted = only.strip("[]").split(",") if only else list(named)
        for values in product(*(value.strip("[]").split(",") for value in typed.values())):
            fixed = [f"{name}={value}" for name, value in zip(typed, values, strict=True)]
            modes |= {composed(study, together(named[cell], fixed)).mode.name.value for cell in wanted}
    assert modes == {"comprehension", "generation", "replay", "steering", "readout"}


@pytest.mark.parametrize("study", ["universality", "controls", "decomposition", "precision", "texts"])
def test_studies_that_read_passages_have_two_twins_of_other_seeds(study: str) -> None:
    found: dict[str, set[tuple[Init, int]]] = {}
    for name, overrides in runs(study).items():
        own = composed(study, together(overrides, ["model=qwen2.5-1.5b-instruct"])).model
        assert own.name == "qwen2.5-1.5b-instruct"
        of, _, kind = re.fullmatch(r"(.+?)(_(random|shuffled)_\d)?", name).groups()  # type: ignore[union-attr]
        assert own.init.value == (kind or "trained"), name
        if kind:
            found.setdefault(of, set()).add((own.init, own.init_seed))
            twin, trained = (composed(study, runs(study)[cell]) for cell in (name, of))
            assert replace(twin, model=trained.model) == trained, name
    assert found
    assert all({(Init.random, 1), (Init.random, 2)} <= twins for twins in found.values())


def test_make_demo_reads_two_twins_of_each_of_its_models() -> None:
    shown = subprocess.run(["make", "-n", "demo"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    trained, twins = (
        line.split("train.py -m ")[1].split()
        for line in shown.replace("\\\n", " ").splitlines()
        if "train.py -m" in line
    )
    assert {*trained} - {*twins} == {"reread=false,true"}
    assert {*twins} - {*trained} == {"model.init=random", "model.init_seed=1,2"}
    assert shown.index("model.init") < shown.index("analyze.py")
