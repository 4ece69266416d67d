"""Somebody else's program ends in time."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from emogeo.models.patience import within


def test_what_does_not_end_is_ended_and_the_alarm_is_put_back() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(TimeoutError, match=r"not ended after 0\.05 s of computing"), within(0.05):
        while True:
            pass
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)


def test_who_waits_for_a_processor_has_all_the_time_there_is() -> None:
    with within(0.05):
        time.sleep(0.2)


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
