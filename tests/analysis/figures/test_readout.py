"""Which texts of readouts are drawn, and what of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures import readout as module
from emogeo.analysis.figures.readout import spread, write_readout_figures, z_of
from emogeo.figures.readout import TokenMap
from emogeo.record.files import READ_TOKENS
from emogeo.record.run import ReadoutRun
from tests.planted_records import readout, refused


def test_texts_are_spread_over_those_that_were_kept() -> None:
    assert spread(list(range(100)), 3) == [0, 50, 99]
    assert spread([4, 9], 12) == [4, 9]
    assert spread([], 3) == []


def test_each_text_is_drawn_with_its_conditions_in_its_own_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[TokenMap] = []
    monkeypatch.setattr(module, "token_map", lambda own: drawn.append(own) or b"drawn")
    record, files = readout()
    broken = ReadoutRun(refused(record), {})  # type: ignore[arg-type]
    write_readout_figures(
        [broken, ReadoutRun(record, files), ReadoutRun(record, {**files, READ_TOKENS: b""})], FigureFolder(tmp_path)
    )
    assert [path.name for path in tmp_path.iterdir()] == ["readout_1_text_0.png"]
    (own,) = drawn
    assert (own.tokens, own.pooled, own.conditions) == (["All", " well"], [False, True], ["calm", "happy"])
    assert own.title == (
        "planted bf16, block 0, text pooled: last\nmine, text 0: label calm, topic home\ntop calm, z 2.5, p 0.001"
    )


def test_z_is_against_the_tokens_own_directions() -> None:
    tokens = [
        {"projections": [1.0, 3.0], "null_mean": 1.0, "null_sd": 2.0},
        {"projections": [0.0, 1.0], "null_mean": -1.0, "null_sd": 0.5},
    ]
    np.testing.assert_allclose(z_of(tokens), [[0.0, 2.0], [1.0, 4.0]])
