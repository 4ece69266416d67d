"""The runs of a command line, composed as Hydra composes them."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from emogeo.config.compose import parse_train, register
from emogeo.config.jobs import Jobs, asked_for, jobs_of
from tests.conftest import CONF, compose_train


def jobs(*words: str) -> Jobs:
    register()
    return jobs_of(words, CONF, asked_for(words))


@pytest.mark.parametrize(
    ("words", "multirun", "study", "dry", "shown"),
    [
        ([], False, False, False, None),
        (["-m", "seed=1,2", "dry=true"], True, False, True, None),
        (["+study=controls", "--cfg", "job"], False, True, False, "job"),
        (["hydra.mode=MULTIRUN", "dry=false"], True, False, False, None),
        (["--multirun", "--cfg=all"], True, False, False, "all"),
    ],
)
def test_a_command_line_says_what_it_asks(
    words: list[str], multirun: bool, study: bool, dry: bool, shown: str | None
) -> None:
    asked = asked_for(words)
    assert (asked.multirun, asked.study, asked.dry, asked.shown) == (multirun, study, dry, shown)
    assert asked.many is (multirun or study)


def test_a_sweep_has_a_run_for_every_combination() -> None:
    found = list(map(parse_train, jobs("-m", "seed=1,2", "centring=grand_mean,none").configs()))
    assert [(own.seed, own.centring.value) for own in found] == [
        (1, "grand_mean"),
        (1, "none"),
        (2, "grand_mean"),
        (2, "none"),
    ]


def test_one_run_is_as_hydra_composes_it() -> None:
    words = ["precision=bf16", "recipe=jeong_comprehension", "pooling.position=mean", "+stimuli.rename={joyful: happy}"]
    (found,) = map(parse_train, jobs(*words).configs())
    assert asdict(found) == asdict(compose_train(*words))


def test_runs_of_a_study_are_as_hydra_composes_them() -> None:
    study = jobs("-m", "+study=universality", "model=gemma-3-270m,smollm2-135m-instruct")
    found = list(map(parse_train, study.configs()))
    assert len(found) == 16
    for at in (1, 11):
        assert asdict(found[at]) == asdict(compose_train(*study.overrides[at]))


def test_each_run_of_a_sweep_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["-m", "--cfg", "job", "seed=1,2"]
    jobs(*words).show(asked_for(words), "pooling", resolve=False)
    one, two = capsys.readouterr().out.split("---\n")
    assert one.startswith("# 1 of 2: seed=1\n# @package pooling\nposition: last")
    assert two.startswith("# 2 of 2: seed=2\n")
