"""The account as it is printed."""

from __future__ import annotations

import pytest

from emogeo.forecast.account import Sum
from emogeo.forecast.machine import Room
from emogeo.forecast.shown import lines_of, misfits, number

WIDE = Room(memory=64e9, store=1e12, cache=1e12)


def one(name: str = "qwen2.5-coder-1.5b-instruct", **changes: object) -> Sum:
    own = {"runs": 8, "finished": 3, "passes": 4, "tokens_read": 50_400.0, "seconds": 600.0, "memory": 3e9}
    return Sum(name, **{**own, "disk": 175e6, "speeds": {"recorded"}, **changes})  # type: ignore[arg-type]


def test_sums_stand_in_rows_with_a_total_within_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = lines_of([one(), one("b" * 60, tokens_written=2e6, texts_written=9)], WIDE, "store")
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == "model runs done loads passes read written time memory disk".split()
    assert lines[1].split()[1:] == ["8", "3", "0", "4", "50k", "0", "10", "min", "3.0", "GB", "175", "MB"]
    assert lines[3].split()[:3] == ["all", "16", "6"]
    assert "…" in lines[2]
    assert lines[-1] == "All of it fits."


def test_one_model_has_no_total_and_nothing_written_no_column() -> None:
    lines = lines_of([one()], WIDE, "store")
    assert "written" not in lines[0]
    assert lines[2] == ""
    assert lines[3] == "To be done: 5 of 8 runs, by 1 model."


def test_what_does_not_fit_is_named() -> None:
    sums = [one(memory=80e9), one("other")]
    every = one(disk=2e12, fetched={"a": (3e12, "fetched from the hub")})
    assert misfits(sums, every, WIDE) == [
        "qwen2.5-coder-1.5b-instruct needs 80 GB of memory, and there are 64 GB",
        "the records need 2.0 TB, and 1.0 TB are free",
        "the weights need 3.0 TB, and 1.0 TB are free",
    ]
    assert not misfits(sums, every, Room(None, None, None))


def test_what_the_numbers_rest_on_is_said() -> None:
    own = one(speeds={"assumed", "scaled"}, fetched={"a": (2e9, "fetched from the hub")}, refused=1, passed_over=2)
    said = " ".join(" ".join(lines_of([own], WIDE, "store")).split())
    assert "speeds of other models here, by their parameters; an assumed speed (1e+11 operations a second" in said
    assert "To be fetched from the hub first, about: a 2.0 GB." in said
    assert "a token is 4 letters" in said
    assert "Refused before, for states that overflow: 1 of those that are done." in said
    assert "Passed over: 2 runs" in said


def test_numbers_are_short() -> None:
    assert [number(own) for own in (12, 50_400, 2.04e6, 3e9)] == ["12", "50k", "2.0M", "3.0G"]
