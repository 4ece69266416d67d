"""A thread's words go to the handlers that it was given, whatever is set up for others meanwhile."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from emogeo.logs import handlers_here, logged_by_run, logged_to, passed

LOG = logging.getLogger("emogeo.some.room")


class Kept(logging.Handler):
    def __init__(self, level: int = logging.NOTSET) -> None:
        super().__init__(level)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """The root logger's only handler."""
    kept = Kept()
    monkeypatch.setattr(logging.getLogger(), "handlers", [kept])
    LOG.setLevel(logging.INFO)
    return kept


def in_a_thread(call: Callable[[], object]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def test_a_thread_logs_to_its_own_handlers_and_others_as_before(now: Kept) -> None:
    own, strict = Kept(), Kept(logging.WARNING)

    def finish() -> None:
        with logged_to([own, strict]):
            assert handlers_here() == [own, strict]
            LOG.info("finished %d", 1)
            LOG.warning("slowly")
        LOG.info("after")

    with logged_by_run():
        in_a_thread(finish)
        LOG.info("the next")
        assert handlers_here() == logging.getLogger().handlers
    assert (own.said, strict.said) == (["finished 1", "slowly"], ["slowly"])
    assert now.said == ["after", "the next"]
    assert now in handlers_here()


def test_what_is_set_up_for_the_next_run_gets_nothing(now: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Hydra sets up loggers: the handlers of those that are named are removed, and the root has others."""
    own, emogeo = Kept(), logging.getLogger("emogeo")
    monkeypatch.setattr(emogeo, "handlers", [Kept()])

    def finish() -> None:
        with logged_to([own]):
            LOG.info("finished")

    with logged_by_run():
        monkeypatch.setattr(emogeo, "handlers", [])
        monkeypatch.setattr(logging.getLogger(), "handlers", [later := Kept()])
        in_a_thread(finish)
    assert (own.said, now.said, later.said) == (["finished"], [], [])


def test_loggers_with_handlers_of_their_own_keep_them(now: Kept) -> None:
    """As wandb has, whose log of debugging is for nobody else."""
    own, theirs, library = Kept(), Kept(), logging.getLogger("a.library")
    library.addHandler(theirs)
    library.setLevel(logging.INFO)

    def finish(said: str) -> None:
        with logged_to([own]):
            library.info(said)

    try:
        with logged_by_run():
            in_a_thread(lambda: finish("to both"))
            library.propagate = False
            in_a_thread(lambda: finish("to theirs"))
    finally:
        library.propagate = True
        library.removeHandler(theirs)
    assert (own.said, theirs.said, now.said) == (["to both"], ["to both", "to theirs"], [])


def test_afterwards_loggers_are_as_they_were(now: Kept) -> None:
    before = logging.Logger.callHandlers
    with pytest.raises(KeyError), logged_by_run():
        raise KeyError("a")
    assert logging.Logger.callHandlers is before
    with logged_to([Kept()]):
        LOG.info("to all")
    assert now.said == ["to all"]


def test_a_record_reaches_handlers_of_its_level() -> None:
    low, high = Kept(logging.INFO), Kept(logging.ERROR)
    passed(logging.makeLogRecord({"levelno": logging.INFO, "msg": "a"}), [low, high])
    assert (low.said, high.said) == (["a"], [])
