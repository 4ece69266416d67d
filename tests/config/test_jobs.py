"""The runs of a command line, composed as Hydra composes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest
from hydra.plugins.sweeper import Sweeper
from omegaconf import DictConfig

from emogeo.config.compose import parse_train, register
from emogeo.config.jobs import Jobs, asked_for, check_first, jobs_of
from emogeo.errors import ConfigError
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


def checked(sweeper: object, batch: list[list[str]], parse: Callable[[DictConfig], object]) -> None:
    """Has Hydra check a batch of runs of a sweeper."""
    before = Sweeper.validate_batch_is_legal
    check_first(parse)
    try:
        Sweeper.validate_batch_is_legal(sweeper, batch)  # type: ignore[arg-type]
    finally:
        Sweeper.validate_batch_is_legal = before  # type: ignore[method-assign]


def test_every_run_of_a_sweep_is_parsed_when_hydra_checks_it() -> None:
    found = jobs("-m", "seed=1,2", "model.init_seed=0,1")
    known: dict[str, Any] = {"config": found.master, "hydra_context": found.hydra}  # which has the loader, too
    sweeper = SimpleNamespace(**known, get_job_batch=None)
    with pytest.raises(ConfigError, match="2 of 4 runs"):
        checked(sweeper, found.overrides, parse_train)
    checked(sweeper, found.overrides[::2], parse_train)
    checked(SimpleNamespace(**known), found.overrides, parse_train)  # its runs are not known beforehand


def test_what_only_the_run_itself_can_resolve_is_left_to_it() -> None:
    found = jobs("-m", "seed=1,2", "store.path='${hydra:job.num}'")
    sweeper = SimpleNamespace(
        config=found.master,
        hydra_context=found.hydra,
        get_job_batch=None,
    )
    checked(sweeper, found.overrides, parse_train)
