"""Which runs a filter means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from emogeo.config.analyze import RunsConfig
from emogeo.config.mode import Mode
from emogeo.config.model import Init
from emogeo.record.chosen import Facts, as_typed, facts_of, nothing_suits, strays, suits
from tests.planted_records import geometry, model_card, steering, usual_config

DAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
ONE = Facts("abc", "gemma-3-270m", "comprehension", "int8(6)+bf16", "g", ("a", "b"), DAY)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"model": ["gemma*"]}, True),
        ({"model": ["gemma", "*m"]}, True),
        ({"model": ["gemma"]}, False),
        ({"mode": [Mode.comprehension]}, True),
        ({"mode": [Mode.replay]}, False),
        ({"precision": ["int8"]}, True),
        ({"precision": ["int8(6)+bf16"]}, True),
        ({"precision": ["*+bf16"]}, True),
        ({"precision": ["bf16"]}, False),
        ({"keys": ["ab", "x"]}, True),
        ({"keys": ["bc"]}, False),
        ({"group": "g"}, True),
        ({"group": "h"}, False),
        ({"tags": ["a"]}, True),
        ({"tags": ["a", "c"]}, False),
        ({"since": "2026-11-25"}, True),
        ({"since": "2026-11-26"}, False),
        ({"until": "2026-11-25"}, True),
        ({"until": "2026-11-24"}, False),
        ({"until": "2026-11-25T12:00"}, False),
        ({"since": "2026-11-25T14:00+02:00"}, True),
        ({"model": ["gemma*"], "group": "h"}, False),
        ({}, True),
    ],
)
def test_a_run_passes_every_filter_or_is_not_meant(given: dict[str, Any], meant: bool) -> None:
    assert suits(ONE, RunsConfig(**given)) is meant


def test_a_trial_is_meant_where_its_tag_is_asked_for() -> None:
    trial = Facts("abc", "m", "comprehension", "bf16", tags=("trial", "a"))
    assert not suits(trial, RunsConfig())
    assert not suits(trial, RunsConfig(tags=["a"]))
    assert suits(trial, RunsConfig(tags=["trial"]))


def test_facts_of_a_record_are_its_own() -> None:
    config = usual_config("tracking.group=g", "tracking.tags=[a]")
    card = model_card(init=Init.shuffled, init_seed=2)
    found = facts_of(geometry(config=config, model=card, reread_of="x")[0])
    assert (found.model, found.group, found.tags) == ("planted", "g", ("a", "untrained", "shuffled"))
    assert (found.created, found.twin, found.reread, found.belongs_to_another) == (DAY, True, True, True)
    assert not facts_of(steering()[0]).belongs_to_another


def test_what_leaves_nothing_is_named_with_what_there_is() -> None:
    said = nothing_suits([ONE], RunsConfig(model=["qwen*"], tags=["a"]), "store")
    there = "It has runs of gemma-3-270m: type runs.model=gemma-3-270m, say."
    assert said == f"No run of store fits runs.model=qwen*. {there}", "the option stands once before what to type"
    other = Facts("b", "qwen", "replay", "bf16", tags=("c",))
    said = nothing_suits([ONE, other], RunsConfig(model=["qwen"], tags=["a"]), "store")
    both = "runs.model=qwen and runs.tags=a together"
    assert said == f"No run of store fits {both}; there are 2 runs. Leave one filter out."
    assert nothing_suits([ONE], RunsConfig(group="h"), "s").endswith("It has g: type runs.group=g, say.")
    assert nothing_suits([other], RunsConfig(group="h"), "s").endswith(
        "of its 1 runs has a group; leave runs.group out."
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mode": [Mode.replay, Mode.steering]}, "fits runs.mode=replay,steering. It has runs of comprehension: type"),
        (
            {"since": "2027-01-01"},
            "fits runs.since=2027-01-01. It has runs of 2026-11-25: type runs.since=2026-11-25, say.",
        ),
        ({"keys": ["zz"]}, "fits runs.keys=zz. It has abc: type runs.keys=abc, say."),
        ({"twins": False}, "fits runs.twins=false. Each of its 1 runs is an untrained twin; type runs.twins=true"),
    ],
)
def test_each_filter_says_what_is_there_and_what_to_type(given: dict[str, Any], said: str) -> None:
    every = [replace(ONE, twin=True)]
    assert said in (found := nothing_suits(every, RunsConfig(**given), "store"))
    assert found.count(said.split()[1].rstrip(".")) <= 2


def test_names_that_no_run_fits_are_told_from_those_that_one_does() -> None:
    wanted = RunsConfig(model=["gemma*", "qwen"], mode=[Mode.comprehension, Mode.replay], keys=["ab", "zz"], tags=["a"])
    found = strays([ONE], wanted)
    assert found == RunsConfig(model=["qwen"], mode=[Mode.replay], keys=["zz"])
    assert list(as_typed(found).values()) == ["runs.model=qwen", "runs.mode=replay", "runs.keys=zz"]
    assert strays([ONE], RunsConfig(precision=["int8"], keys=["abc"], group="h")) == RunsConfig()


def test_a_store_of_trials_says_how_they_are_taken() -> None:
    said = nothing_suits([replace(ONE, tags=("trial",))], RunsConfig(), "store")
    assert said == "Every run of store has the tag trial; type runs.tags=trial to analyse them."
