"""Runs added up in their order: nothing is counted that one before them has done, or the store has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emogeo.forecast.account import LOADING, MEASURING, Account, total
from emogeo.forecast.network import PROCESS
from emogeo.forecast.speeds import Seen
from emogeo.forecast.work import Absent
from emogeo.store.store import ACTIVATIONS, GENERATIONS, Store
from tests.forecast.planted import BF16, MODEL, SMALL, key, reads, record_speed, run, writes

SEEN = [Seen("small", "bf16", False, 1e9, 100.0)]
LOAD = LOADING + 2.0


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(Store(tmp_path), SEEN, cores=2)


def test_a_run_is_a_load_its_passes_and_its_record(account: Account) -> None:
    account.add(run("a", reads(also=("mean",)), bytes=7.0))
    own = account.sums["small"]
    assert (own.runs, own.finished, own.passes, own.tokens_read) == (1, 0, 1, 1000)
    assert own.loads == {("small", "bf16", "cpu")}
    assert own.seconds == pytest.approx(MEASURING + LOAD + 1000 / 100)
    assert own.disk == 7.0 + 2 * reads().bytes
    assert own.memory == SMALL.loading(BF16, True, "cpu") + PROCESS


def test_what_a_run_has_read_no_other_reads_again(account: Account) -> None:
    account.add(run("a", reads("last", ("mean",))))
    account.add(run("b", reads("mean", ("last",))))
    account.add(run("c", reads("skip", ("mean", "last"))))
    own = account.sums["small"]
    assert (own.runs, own.passes, len(own.loads)) == (3, 2, 1)
    assert own.disk == 3 * reads().bytes


def test_a_share_of_the_blocks_takes_a_share_of_the_time(account: Account) -> None:
    account.add(run("a", reads(n_blocks=5)))
    assert account.sums["small"].seconds == pytest.approx(MEASURING + LOAD + 5)


def test_finished_runs_and_passes_in_the_store_cost_nothing(tmp_path: Path, account: Account) -> None:
    record_speed(Store(tmp_path), "finished", 1.0)
    record_speed(Store(tmp_path), "refused", 1.0, status="refused")
    Store(tmp_path).write(ACTIVATIONS, key("pass"), {})
    for name in ("finished", "refused", "new", "new"):
        account.add(run(name, reads()))
    own = account.sums["small"]
    assert (own.runs, own.finished, own.refused, own.repeated, own.passes) == (4, 2, 1, 1, 0)
    assert own.seconds == MEASURING
    assert not own.loads


def test_force_does_everything_again(tmp_path: Path, account: Account) -> None:
    record_speed(Store(tmp_path), "finished", 1.0)
    account.add(run("finished", reads(), force=True))
    account.add(run("other", reads(), force=True))
    assert (account.sums["small"].finished, account.sums["small"].passes) == (0, 2)


def test_texts_are_written_once_and_only_what_is_left_of_them(tmp_path: Path, account: Account) -> None:
    account.add(run("a", writes=(writes(share=0.5),)))
    account.add(run("b", writes=(writes(),)))
    Store(tmp_path).write(GENERATIONS, key("there"), {})
    account.add(run("c", writes=(writes("there"),)))
    own = account.sums["small"]
    assert (own.texts_written, own.tokens_written) == (5, 400)
    assert own.seconds == pytest.approx(3 * MEASURING + LOAD + 0.5 * (200 + 4 * 800) / 100)
    assert account.writes == {key("texts")}


def test_weights_that_are_not_here_are_fetched_once(account: Account) -> None:
    away = replace(MODEL, here=False)
    for name in ("a", "b"):
        account.add(run(name, absent=Absent(away, "fetched")))
    assert account.sums["small"].fetched == {"small": (2e9, "fetched")}


def test_models_are_added_up_and_take_turns_in_memory(account: Account) -> None:
    large = replace(MODEL, name="large", title="large", network=replace(SMALL, params=4e9))
    account.add(run("a", reads()))
    account.add(replace(run("b", reads("its", model=large)), model="large"))
    account.add(replace(run("c"), model="base", passed_over="not asked"))
    every, own = total(account.sums.values()), account.sums["large"]
    assert (every.runs, every.passes, every.passed_over, len(every.loads)) == (3, 2, 1, 2)
    assert every.memory == own.memory
    assert every.speeds == {"recorded", "scaled"}
