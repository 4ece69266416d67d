"""The runs of an analysis, with what belongs to them."""

from __future__ import annotations

import pytest

from emogeo.analysis.comparing.chosen import choose
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.config.analyze import RunsConfig
from emogeo.config.model import Init
from emogeo.errors import StoreError
from emogeo.record.run import Run
from tests.planted_records import altered, geometry, usual_config


def catalogue() -> Catalogue:
    """Two models; of each an untrained twin, and a reread of both."""
    runs: list[Run] = []
    for name in ("gemma", "qwen"):
        run = altered(Run(*geometry()), key=name, model_name=name, model_id=name)
        twin = altered(run, key=f"{name} twin", model_init=Init.random, model_init_seed=1)
        rereads = [altered(each, key=f"{each.key} again", reread_of=each.key) for each in (run, twin)]
        runs += [run, twin, *rereads]
    return Catalogue(runs)


def chosen(wanted: RunsConfig, of: Catalogue | None = None, tagged: bool = True) -> list[str]:
    found = of or catalogue()
    choose(found, wanted, "store", tagged)
    return [run.key for run in found.runs]


def test_without_a_filter_all_runs_stay() -> None:
    assert len(chosen(RunsConfig())) == 8


def test_twins_and_rereads_of_the_runs_that_are_meant_stay() -> None:
    own = ["gemma", "gemma twin", "gemma again", "gemma twin again"]
    assert chosen(RunsConfig(model=["gem*"])) == own
    assert chosen(RunsConfig(keys=["gemma"])) == own
    by_key = RunsConfig(keys=["qwen"])
    assert chosen(by_key)[0] == "qwen"


def test_a_filter_that_no_twin_passes_leaves_them_beside_their_runs() -> None:
    runs = catalogue()
    tagged = usual_config("tracking.tags=[mine]")
    runs.runs[0] = altered(runs.runs[0], config=tagged)
    assert chosen(RunsConfig(tags=["mine"]), runs) == ["gemma", "gemma twin", "gemma again", "gemma twin again"]


def test_they_are_left_out_where_that_is_typed() -> None:
    assert chosen(RunsConfig(model=["gemma"], twins=False)) == ["gemma", "gemma again"]
    assert chosen(RunsConfig(model=["gemma"], rereads=False)) == ["gemma", "gemma twin"]
    assert chosen(RunsConfig(twins=False, rereads=False)) == ["gemma", "qwen"]


def test_trials_stay_out_and_are_counted() -> None:
    runs = catalogue()
    trial = usual_config("tracking.tags=[trial]")
    runs.runs[0] = altered(runs.runs[0], config=trial)
    assert "gemma" not in chosen(RunsConfig(), runs)
    assert runs.left_out == ["runs with the tag trial, 1 of them; type runs.tags=trial to analyse them"]


def test_tags_of_wandb_were_asked_for_before() -> None:
    runs = catalogue()
    runs.runs[0] = altered(runs.runs[0], config=usual_config("tracking.tags=[trial]"))
    assert len(chosen(RunsConfig(tags=["trial"], group="g"), runs, tagged=False)) == 8


def test_a_name_that_no_run_fits_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    assert len(chosen(RunsConfig(model=["gemma", "nope"], keys=["gemma", "zz"]))) == 4
    assert caplog.messages == ["none of the runs that are meant fits runs.model=nope or runs.keys=zz"]
    caplog.clear()
    chosen(RunsConfig(model=["gem*", "qwen"]))
    assert caplog.messages == []


def test_nothing_that_is_meant_is_an_error() -> None:
    with pytest.raises(
        StoreError, match=r"No run of store fits runs.model=x. It has runs of gemma, qwen: type runs.model=gemma, say"
    ):
        chosen(RunsConfig(model=["x"]))
