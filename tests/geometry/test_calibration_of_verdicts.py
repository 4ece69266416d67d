"""Small versions of the benches of the interval over conditions, of equivalence, and of how many units would do."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.bench import both_random, equivalence, units_needed
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
