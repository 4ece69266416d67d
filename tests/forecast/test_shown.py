"""The account as it is printed."""

from __future__ import annotations

import pytest

from emogeo.forecast.account import Sum
from emogeo.forecast.machine import Disk, Needs, Room
from emogeo.forecast.shown import lines_of, misfits, number

ONE, OTHER = Disk(1, 1e12), Disk(2, 1e12)
WIDE = Room(memory=64e9, store=ONE, cache=ONE, hub=OTHER)


def one(name: str = "qwen2.5-coder-1.5b-instruct", **changes: object) -> Sum:
    own = {"runs": 8, "finished": 3, "passes": 4, "tokens_read": 50_400.0, "seconds": 600.0, "memory": 3e9}
    return Sum(name, **{**own, "disk": 175e6, "speeds": {"recorded"}, **changes})  # type: ignore[arg-type]


def test_sums_stand_in_rows_with_a_total_within_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = lines_of([one(), one("b" * 60, tokens_written=2e6, texts_written=9)], WIDE, "store", Needs())
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == "model runs done loads passes read written time memory disk".split()
    assert lines[1].split()[1:] == ["8", "3", "0", "4", "50k", "0", "10", "min", "3.0", "GB", "175", "MB"]
    assert lines[3].split()[:3] == ["all", "16", "6"]
    assert "…" in lines[2]
    assert lines[-1] == "All of it fits."


def test_one_model_has_no_total_and_nothing_written_no_column() -> None:
    lines = lines_of([one()], WIDE, "store", Needs())
    assert "written" not in lines[0]
    assert lines[2] == ""
    assert lines[3] == "To be done: 5 of 8 runs, by 1 model."


def test_what_does_not_fit_is_named() -> None:
    sums = [one(memory=80e9), one("other")]
    large = "qwen2.5-coder-1.5b-instruct needs 80 GB of memory, and there are 64 GB"
    needs = Needs()
    needs.add(OTHER, "the weights", 3e12)
    assert misfits(sums, WIDE, needs) == [large, "the weights need 3.0 TB, and 1.0 TB are free"]
    assert not misfits(sums, Room(None, None, None, None), Needs())


def test_what_lies_on_one_disk_is_added_up() -> None:
    needs = Needs()
    needs.add(ONE, "the records", 0.5e12)
    needs.add(ONE, "the records", 0.2e12)
    needs.add(OTHER, "the weights", 0.9e12)
    needs.add(None, "the weights", 9e12)
    assert not needs.too_much
    needs.add(ONE, "the weights", 0.4e12)
    assert misfits([one()], WIDE, needs) == ["the records and the weights need 1.1 TB, and 1.0 TB are free"]


def test_a_size_that_is_assumed_does_not_fit_for_certain() -> None:
    said = " ".join(" ".join(lines_of([one(sizeless={"a"})], WIDE, "store", Needs())).split())
    assert "Assumed: 1 billion parameters, where a model's name does not say how many (a)." in said
    assert said.endswith("What is known of fits.") and "All of it fits" not in said


def test_runs_that_only_measure_take_time_too() -> None:
    assert "Time: 5 s a run (assumed)." in lines_of([one(speeds=set())], WIDE, "store", Needs())
    finished = lines_of([one(speeds=set(), finished=8)], WIDE, "store", Needs())
    assert not [line for line in finished if line.startswith("Time:")]


def test_what_the_numbers_rest_on_is_said() -> None:
    own = one(speeds={"assumed", "scaled"}, fetched={"a": (2e9, "fetched from the hub")}, refused=1, passed_over=2)
    said = " ".join(" ".join(lines_of([own], WIDE, "store", Needs())).split())
    assert "speeds of other models here, by their parameters; an assumed speed (1e+11 operations a second" in said
    assert "To be fetched from the hub first, about: a 2.0 GB." in said
    assert "a token is 4 letters" in said
    assert "Refused before, for states that overflow: 1 of those that are done." in said
    assert "Passed over: 2 runs" in said


def test_numbers_are_short() -> None:
    assert [number(own) for own in (12, 50_400, 2.04e6, 3e9)] == ["12", "50k", "2.0M", "3.0G"]
