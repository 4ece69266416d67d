"""Small versions of the benches of the interval over conditions, of equivalence, and of how many units would do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from tests.bench import both_random, claims_rule, equivalence, units_needed, words_apart
from tests.bench.resumed import concluded
from tests.planted import Planted
from tests.planted_conditions import Drawn, population_rho


def test_the_interval_over_both_covers_where_that_over_units_does_not() -> None:
    row = both_random.measure(Drawn(10, 14, 1.0, 0.37), 25)
    assert row.truth == pytest.approx(population_rho(0.37))
    assert row.given == 25
    assert row.covers["units"] < 0.9 <= row.covers["any"]
    assert row.widths["units"] <= row.widths["wider"] < row.widths["any"]


def test_what_is_the_same_is_found_so_and_what_differs_is_not() -> None:
    same, other = (equivalence.measure(Planted(12, 1.0, mix, 0.5), 15) for mix in (1.0, 0.665))
    assert (same.same, same.differs) == (1, 0)
    assert (other.same, other.differs) == (0, 1)
    assert other.difference == pytest.approx(0.3, abs=0.01)


def test_the_true_number_of_units_is_in_the_range(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units_needed, "PER_SIZE", 10)
    row = units_needed.measure(Planted(12, 0.1), 10)
    assert row.told == 1
    assert row.within >= 0.8


@pytest.mark.parametrize(
    ("bench", "designs"),
    [
        (both_random, [Drawn(8, 10, 2.0, 0.5)]),
        (equivalence, [Planted(8, 2.0, mix, 0.5) for mix in (0.665, 1.0)]),
        (units_needed, [Planted(8, 0.3)]),
        (claims_rule, [claims_rule.World(lowest, True, 0.0, 0.02) for lowest in (0.64, 0.6)]),
        (words_apart, [words_apart.World(0.15, 0.2, mix=1.0)]),
    ],
)
def test_a_bench_goes_on_where_it_was_stopped(
    bench: ModuleType,
    designs: list[object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(units_needed, "PER_SIZE", 2)
    monkeypatch.setattr(bench, "designs", lambda: designs)
    words = ["--draws", "2", "--workers", "1", "--file", str(tmp_path / "rows.jsonl")]
    bench.main(words)
    first = (tmp_path / "rows.jsonl").read_text()
    assert len(first.splitlines()) == len(designs)
    shown = capsys.readouterr().out
    bench.main(words)
    assert (tmp_path / "rows.jsonl").read_text() == first
    assert capsys.readouterr().out == shown
    assert len(shown.splitlines()) >= 2 + len(designs)


@pytest.mark.parametrize(
    ("promises", "status", "said"),
    [
        ([("it holds", True)], 0, "holds: it holds"),
        ([("it holds", True), ("so does this", False)], 1, "FAILS: so does this"),
        ([], 1, "too few designs to judge"),
    ],
)
def test_a_bench_succeeds_where_it_promises_something_that_holds(
    promises: list[tuple[str, bool]], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert concluded([1], lambda _rows: "the table", lambda _rows: promises) == status
    shown = capsys.readouterr().out.splitlines()
    assert (shown[0], shown[-1]) == ("the table", said)


@pytest.mark.parametrize("bench", [both_random, claims_rule, equivalence, units_needed, words_apart])
def test_a_bench_without_a_row_says_so_and_fails(
    bench: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.main(["--file", str(tmp_path / "rows.jsonl")]) == 1
    assert capsys.readouterr().out.startswith("nothing computed")


def test_the_rule_of_claims_is_judged() -> None:
    worlds = [claims_rule.World(0.6, True, 0.0, 0.02), claims_rule.World(0.85, False, 0.15)]
    rows = [claims_rule.Row(world, 10, 10, 0.9, 1, 0.05, world.lowest > 0.8, 0, 0, 0) for world in worlds]
    assert [holds for _, holds in claims_rule.promises(rows)] == [True] * 3
    broken = [replace(row, reproduced=0.5, contradicted=0.5) for row in rows]
    assert [holds for _, holds in claims_rule.promises(broken)] == [False] * 3
    assert claims_rule.promises(rows[:1]) == []
    drawn = claims_rule.measure(worlds[0], 5)
    assert (drawn.sets, drawn.given, drawn.reproduced) == (5, 1, 0)
