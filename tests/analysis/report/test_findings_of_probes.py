"""What steering and behaviour say."""

from __future__ import annotations

from tests.analysis.report.planted import (
    changed,
    found,
    tables,
)


def test_a_model_that_fails_the_capability_check_has_no_value() -> None:
    stance, format = found({"behaviour": tables()["behaviour"]})
    assert "stance: 0.35 [0.15, 0.55] over 20 items" in stance.said
    assert "format: capability 0.20, so no value is given" in format.said
    assert format.unsure
    assert not stance.unsure


def test_too_few_random_directions_decide_nothing() -> None:
    shifts = changed(tables()["steering_shifts"], beats_random="not identifiable", note="3 random directions")
    (finding,) = found({"steering_shifts": shifts})
    assert "0 beyond" in finding.said
    assert "1 not identifiable" in finding.said
    assert "+1.25 nats, random +0.10 (-0.50 to +0.60)" in finding.said
    assert finding.unsure
    assert "3 random directions." in finding.caveats
