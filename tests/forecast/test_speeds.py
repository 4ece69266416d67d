"""Speeds that a store has recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emogeo.forecast import speeds
from emogeo.forecast.speeds import ASSUMED, RECORDED, SCALED, Seen, is_refused, speed_of, speeds_in
from emogeo.store.store import RUNS, Store
from tests.forecast.planted import MODEL, SMALL, key, record_speed

SEEN = Seen("small", "bf16", False, 1e9, 100.0)


def test_speeds_are_read_from_runs_of_this_platform(tmp_path: Path) -> None:
    store = Store(tmp_path)
    record_speed(store, "here", 100.0)
    record_speed(store, "shares its pass", 100.0)
    record_speed(store, "elsewhere", 5.0, provenance={"platform": "another", "n_blocks": 1, "readings": {}})
    record_speed(store, "no passes", 5.0, provenance={})
    (store.folder(RUNS, key("here")).with_name("0" * 64)).mkdir()
    assert speeds_in(store) == [SEEN]


@pytest.mark.parametrize(("hardware", "found"), [("this one", 1), ("another", 0), (None, 0)])
def test_where_the_processor_is_recorded_it_decides(
    hardware: str | None, found: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speeds, "hardware_of", lambda _device: "this one")
    made = {"hardware": hardware, "device": "cpu"}
    read = {"passages": {"tokens_per_s": 9.0, "device": "cpu", "made_with": made}}
    origin = {"platform": "another kernel", "n_blocks": 10, "readings": read}
    record_speed(Store(tmp_path), "one", 9.0, provenance=origin)
    assert len(speeds_in(Store(tmp_path))) == found


def test_a_share_of_the_blocks_is_counted_as_a_share(tmp_path: Path) -> None:
    record_speed(Store(tmp_path), "half", 100.0, model={"name": "small", "params_b": 1.0, "n_layers": 20})
    assert [own.tokens_per_s for own in speeds_in(Store(tmp_path))] == [50.0]


def test_a_model_of_unknown_size_has_its_own_speed_and_lends_it_to_none(tmp_path: Path) -> None:
    record_speed(Store(tmp_path), "one", 100.0, model={"name": "small", "params_b": None, "n_layers": 10})
    (seen,) = speeds_in(Store(tmp_path))
    assert seen == replace(SEEN, params=None)
    assert speed_of(MODEL, [seen], 2).origin == RECORDED
    assert speed_of(replace(MODEL, name="larger"), [seen], 2).origin == ASSUMED


def test_a_speed_is_recorded_scaled_or_assumed() -> None:
    larger = replace(MODEL, name="larger", network=replace(SMALL, params=4e9))
    assert speed_of(MODEL, [SEEN, replace(SEEN, tokens_per_s=300.0)], 2).tokens_per_s == 200.0
    assert speed_of(MODEL, [SEEN], 2).origin == RECORDED
    scaled = speed_of(larger, [SEEN, replace(SEEN, precision="fp32", tokens_per_s=1.0)], 2)
    assert (scaled.tokens_per_s, scaled.origin) == (25.0, SCALED)
    on_gpu = speed_of(replace(MODEL, device="cuda"), [SEEN], 2)
    assert on_gpu.origin == ASSUMED
    assert on_gpu.tokens_per_s == pytest.approx(1e14 / 2e9)
    assert speed_of(MODEL, [], 2).tokens_per_s == pytest.approx(2e11 / 2e9)


def test_refused_runs_are_counted(tmp_path: Path) -> None:
    record_speed(Store(tmp_path), "refused", 1.0, status="refused")
    record_speed(Store(tmp_path), "finished", 1.0)
    assert [is_refused(Store(tmp_path), key(name)) for name in ("refused", "finished", "absent")] == [
        True,
        False,
        False,
    ]
