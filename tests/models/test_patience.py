"""Somebody else's program ends in time."""

from __future__ import annotations

import signal
import threading

import pytest

from emogeo.models.patience import within


def test_what_does_not_end_is_ended_and_the_alarm_is_put_back() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(TimeoutError, match="not ended after 0.05 s"), within(0.05):
        while True:
            pass
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_what_ends_is_left_alone_and_threads_have_no_bound() -> None:
    with within(5):
        pass
    seen: list[int] = []

    def elsewhere() -> None:
        with within(0.001):
            seen.append(sum(range(10_000)))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [49_995_000]
