"""What follows reading is done beside the next run, in order, with its own log; and nothing of it is lost."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from emogeo import entry
from emogeo.errors import StoreError
from emogeo.extraction import run as extraction
from emogeo.extraction.run import begin_extraction, run_extraction
from emogeo.models import unloading
from emogeo.programs.finishing import finish, finished_beside, wait_for_finished
from emogeo.record.files import VECTORS
from emogeo.runs.task import Rest
from emogeo.signals import Ended
from emogeo.store.store import RUNS, Store
from tests.conftest import ROOT, Composer

PATIENCE = 60


def raising(error: BaseException) -> Rest[object]:
    def call() -> object:
        raise error

    return Rest(call, "mine")


def test_a_run_is_finished_while_the_next_one_reads(tiny_run: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is measured only once the second has read; both are what they are one after another."""
    read, asked = threading.Event(), []
    usual = extraction.aside

    def aside(size: int, function: Callable[..., object], *given: object) -> object:
        assert read.wait(PATIENCE)
        measures, directions = usual(size, function, *given)
        asked.append((threading.current_thread().name, function.__name__))
        return measures, directions

    monkeypatch.setattr(extraction, "aside", aside)
    configs = [tiny_run("prompt_template=raw"), tiny_run("prompt_template=question")]
    store = Store(configs[0].store.path)
    with finished_beside():
        finish(begin_extraction(configs[0]))
        second = begin_extraction(configs[1])
        assert second.size > 0
        assert not asked and not list(store.keys(RUNS))
        read.set()
        finish(second)
    assert asked == [("finishing a run", "_with_directions")] * 2
    for config in configs:
        known = run_extraction(config)
        assert not known.computed and known.record.result.lens.rows
        found = store.read(RUNS, known.key)[VECTORS]
        assert run_extraction(tiny_run(f"prompt_template={config.prompt_template.name}", "force=true")).computed
        assert store.read(RUNS, known.key)[VECTORS] == found


def test_the_same_run_twice_waits_for_the_first(tiny_run: Composer, forward_passes: list[int]) -> None:
    with finished_beside():
        for _ in range(2):
            finish(begin_extraction(tiny_run()))
    assert len(forward_passes) == 2


def test_another_pooling_waits_for_the_states_that_the_first_has_kept(
    tiny_run: Composer, forward_passes: list[int]
) -> None:
    with finished_beside():
        for position in ("last", "mean", "middle"):
            finish(begin_extraction(tiny_run(f"pooling.position={position}")))
    assert len(forward_passes) == 2


def test_runs_are_finished_one_after_another_and_whoever_builds_on_them_waits() -> None:
    done: list[int] = []

    def slowly(number: int) -> None:
        time.sleep(0.1)
        done.append(number)

    with finished_beside():
        for number in range(3):
            finish(Rest(lambda number=number: slowly(number), "mine"))
            assert len(done) >= number - 1
        wait_for_finished()
        assert done == [0, 1, 2]
        finish(Rest(lambda: slowly(3), "mine"))
    assert done == [0, 1, 2, 3]


def test_a_run_that_fails_costs_itself_alone(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []
    with pytest.raises(SystemExit) as ended, finished_beside():
        finish(raising(StoreError("no room")))
        finish(raising(KeyError("a fault")))
        finish(raising(SystemExit(0)))
        finish(Rest(lambda: done.append(1), "mine"))
    assert ended.value.code == 1 and done == [1]
    first, second, third = caplog.records
    assert (first.getMessage(), first.exc_info) == ("mine: StoreError: no room", None)
    assert third.getMessage() == "mine: SystemExit: 0"
    assert second.getMessage() == "mine: KeyError: 'a fault'" and second.exc_info is not None, (
        "a fault of ours has its trace"
    )


def test_an_error_of_the_next_run_and_a_signal_wait_for_it(caplog: pytest.LogCaptureFixture) -> None:
    for error in (StoreError("the next"), Ended(15)):
        done: list[int] = []
        with pytest.raises(type(error)), finished_beside():
            finish(Rest(lambda done=done: (time.sleep(0.1), done.append(1)), "mine"))
            raise error
        assert done == [1]


@pytest.mark.parametrize("runs", [1, 2])
def test_a_signal_while_it_is_waited_for_loses_no_run(runs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one run the signal comes while the last one is waited for, with two while the second waits for the first."""

    def end(number: int, _frame: object) -> None:
        raise Ended(number)

    done: list[int] = []
    before = signal.signal(signal.SIGUSR1, end)
    try:
        with pytest.raises(Ended), finished_beside():
            for number in range(runs):
                ending = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGUSR1))
                if number == runs - 1:
                    ending.start()
                finish(Rest(lambda number=number: (time.sleep(0.6), done.append(number)), "mine"))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert done == list(range(runs))


def test_a_model_goes_only_when_the_run_that_it_has_read_is_finished() -> None:
    done: list[int] = []
    with finished_beside():
        finish(Rest(lambda: (time.sleep(0.2), done.append(1)), "mine"))
        unloading.wait_for_holders()
        assert done == [1]


def test_where_the_system_has_no_thread_left_it_is_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    done: list[int] = []
    with finished_beside():
        monkeypatch.setattr(threading.Thread, "start", refused)
        finish(Rest(lambda: done.append(1), "mine"))
        monkeypatch.undo()
        assert done == [1]


def test_its_words_go_to_its_own_log(monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[str, list[str]] = {"first": [], "second": []}

    def handled(name: str) -> logging.Handler:
        handler = logging.Handler()
        handler.emit = lambda record: said[name].append(record.getMessage())  # type: ignore[method-assign]
        return handler

    go_on = threading.Event()
    root = logging.getLogger()
    with finished_beside():
        monkeypatch.setattr(root, "handlers", [handled("first")])
        finish(Rest(lambda: (go_on.wait(PATIENCE), entry.log.warning("of the first")), "mine"))
        monkeypatch.setattr(root, "handlers", [handled("second")])
        entry.log.warning("of the second")
        go_on.set()
    assert said == {"first": ["of the first"], "second": ["of the second"]}


def test_states_for_which_there_is_no_room_are_measured_before_the_next_run_reads() -> None:
    done: list[int] = []
    with finished_beside():
        for size, number in ((1, 0), (2**60, 1)):
            finish(Rest(lambda number=number: (time.sleep(0.1), done.append(number)), "mine", size))
            assert done == ([] if size == 1 else [0, 1])


def test_without_a_sweep_it_is_done_at_once() -> None:
    done: list[str] = []
    finish(Rest(lambda: done.append(threading.current_thread().name), "mine"))
    wait_for_finished()
    assert done == [threading.current_thread().name]
    with pytest.raises(StoreError, match="so"):
        finish(raising(StoreError("so")))


@pytest.mark.parametrize("chdir", [False, True])
def test_a_sweep_records_all_and_each_log_has_its_own_words(tiny_llama: Path, tmp_path: Path, chdir: bool) -> None:
    """A relative store is that of each run's folder where Hydra goes there."""
    words = [f"model.weights={tiny_llama}", "stimuli=passages6", "layer_selection=middle", "precision=fp32"]
    words += ["tracking=disabled", "runtime.device=cpu", "runtime.threads=1", "runtime.progress=false"]
    words += ["prompt_template=raw,question", "hydra.sweep.dir=jobs", "hydra.sweep.subdir=${hydra.job.num}"]
    words += [f"hydra.job.chdir={chdir}", "store.path=own"]
    command = [sys.executable, str(ROOT / "train.py"), "-m", *words]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    logs = [(tmp_path / f"jobs/{number}/train.log").read_text() for number in range(2)]
    assert done.stdout.count("INFO finished tiny-llama") == 2
    for name, log in zip(("raw", "question"), logs, strict=True):
        assert log.count("INFO finished tiny-llama") == 1 and f"comprehension {name} middle: " in log
    stores = [tmp_path / "jobs" / str(number) / "own" for number in range(2)] if chdir else [tmp_path / "own"]
    assert [len(list(Store(path).keys(RUNS))) for path in stores] == ([1, 1] if chdir else [2])
