"""Small versions of the calibration benchmarks: planted truths are covered, absent effects are not found.

Bounds are those of `docs/inference.md`, widened by what chance allows at these numbers of data sets.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from tests.bench import calibration
from tests.bench.calibration import measure, promises
from tests.bench.published_design import LAYERS, MANY_UNITS, PUBLISHED_UNITS, draw
from tests.planted import Planted

DRAWS = 100


@pytest.mark.parametrize("design", [Planted(12, 0.3, 0.5, 0.8), Planted(12, 0.5, 0.81, 0.8, signal_b=0.2)])
def test_planted_truths_are_covered(design: Planted) -> None:
    row = measure(design, DRAWS)
    assert row.given > 0.95
    assert abs(row.bias) < 0.05
    for covered in (row.star_covers, row.disjoint_covers, row.rho_covers):
        assert covered > 0.88
    assert row.bootstrap_covers < row.rho_covers, "the counter-example"
    assert row.same_text_bias > 0.05, "the other counter-example"


def test_the_planted_difference_is_found_and_no_other() -> None:
    assert measure(Planted(12, 0.5, 0.5), 40).effect > 0.9
    same = measure(Planted(12, 0.5, 1.0, signal_b=0.2), DRAWS)
    assert same.effect < 0.10
    assert abs(same.bias) < 0.02


def test_shared_text_does_not_reach_disjoint_text() -> None:
    alone, shared = (measure(Planted(8, 0.3, 0.5, share), DRAWS) for share in (0.0, 0.8))
    assert abs(alone.disjoint - shared.disjoint) < 0.03
    assert shared.rho > alone.rho + 0.05


def test_unrelated_geometries_have_no_small_p() -> None:
    row = measure(Planted(8, 0.4, 0.0, 0.8, unrelated=True), DRAWS)
    assert row.given > 0.8
    assert row.p_small < 0.12


def test_weak_runs_are_not_identifiable() -> None:
    row = measure(Planted(6, 0.05), 40)
    assert row.given == 0
    assert np.isnan(row.bias)


def test_the_published_design_without_any_effect() -> None:
    raw = {model: [draw(model, PUBLISHED_UNITS, seed) for seed in range(10)] for model in ("model 1", "model 2")}
    biases = [np.mean([study.raw_bias for study in studies]) for studies in raw.values()]
    assert biases[0] > 0.1 > -0.1 > biases[1]
    for study in [*raw["model 1"], *raw["model 2"]]:
        assert all(c.rho_star is None and "not identifiable" in (c.reason or "") for c in study.comparisons.values())
    many = [draw("model 1", MANY_UNITS, seed) for seed in range(5)]
    stars = [study.comparisons[layer].rho_star for study in many for layer in LAYERS]
    assert all(star is not None and abs(star.value - 1) < 0.15 for star in stars)
    assert sum(study.effect(layer) for study in many for layer in LAYERS) <= 3


def test_the_benchmark_keeps_what_is_finished_and_judges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    designs = [Planted(8, 0.5, mix, shared) for mix in (0.1, 1.0) for shared in (0.0, 0.8)]
    unrelated = Planted(8, 0.5, 0.0, 0.8, unrelated=True)
    monkeypatch.setattr(calibration, "designs", lambda: [*designs, unrelated])
    words = ["calibration", "--draws", "4", "--workers", "1", "--file", str(tmp_path / "rows.jsonl")]
    monkeypatch.setattr("sys.argv", words)
    calibration.main()
    first = (tmp_path / "rows.jsonl").read_text()
    calibration.main()
    assert (tmp_path / "rows.jsonl").read_text() == first
    assert capsys.readouterr().out.count("at most .05") == 2
    rows = [calibration.Row(**json.loads(line)) for line in first.splitlines()]
    broken = [dataclasses.replace(row, bias=-0.2) if row.true_rho else row for row in rows]
    assert any(line.startswith("FAILS: bias") and "worst: 0.200" in line for line in promises(broken))
