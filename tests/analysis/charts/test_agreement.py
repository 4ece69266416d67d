"""Agreement as a chart: the numbers of the table, the least first."""

from __future__ import annotations

from emogeo.analysis.charts.agreement import MOST, agreement_spec
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from tests.analysis.report.planted import compared, frame


def rows_of(*stars: float) -> list[dict[str, object]]:
    pairs = [
        {"key_a": f"a{n}", "key_b": "b", "model_a": "a", "model_b": "b", **compared(0.5, s)}
        for n, s in enumerate(stars)
    ]
    spec = agreement_spec(frame(PAIR_COLUMNS, *pairs).frame, {"a0": "first"})
    assert spec is not None
    return list(next(iter(spec["datasets"].values())))


def test_every_number_is_there_with_its_interval() -> None:
    raw, star, *_ = rows_of(0.8)
    assert (raw["pair"], raw["measure"], raw["value"], raw["said"]) == (
        "first – b",
        "raw ρ",
        0.5,
        "0.500 [0.400, 0.600]",
    )
    assert (star["value"], star["low"], star["high"]) == (0.8, 0.75, 0.85)


def test_those_that_agree_least_come_first_and_are_kept() -> None:
    stars = [
        row["value"]
        for row in rows_of(*(0.9 - n / 100 for n in range(MOST + 3)))
        if str(row["measure"]).startswith("ρ*")
    ]
    assert len(stars) == MOST
    assert stars == sorted(stars)


def test_a_phone_has_the_names_of_a_pair_on_two_lines() -> None:
    pair = {"key_a": "a", "key_b": "b", "model_a": "one", "model_b": "other", **compared(0.5, 0.8)}
    spec = agreement_spec(frame(PAIR_COLUMNS, pair).frame, {})
    assert spec is not None
    for layout, lines in ((spec, ["one – other"]), (spec["usermeta"]["narrow"], ["one", "other"])):
        rows = [row for own in {**spec["datasets"], **layout["datasets"]}.values() for row in own if "shown" in row]
        assert lines in [row["shown"] for row in rows]


def test_without_a_number_there_is_no_chart() -> None:
    assert agreement_spec(frame(PAIR_COLUMNS).frame, {}) is None
    assert agreement_spec(frame(PAIR_COLUMNS, {"key_a": "a", "key_b": "b"}).frame, {}) is None
