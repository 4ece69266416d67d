"""Which checkpoints the figure shows, and what it says of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures import finetune
from emogeo.analysis.figures.finetune import write_finetune_figure
from emogeo.analysis.tables.finetune import FINETUNE_COLUMNS

PREPARED: Any = [SimpleNamespace(name=f"run {key}", run=SimpleNamespace(key=key)) for key in "ab"]


def block(b: str, number: int, star: float, verdict: str | None = None) -> dict[str, Any]:
    ends = {"rho_star_ci_low": star - 0.1, "rho_star_ci_high": star + 0.1, "floor": 1e-4}
    named = {"key_a": "a", "key_b": b, "model_a": "m", "model_b": f"model {b}"}
    return {**named, "block": number, "rho_star": star, "verdict": verdict, **ends}


def written(folder: Path, rows: list[dict[str, Any]]) -> Any:
    frame = pd.DataFrame(rows, columns=FINETUNE_COLUMNS).astype({"verdict": "str", "block": "Int64"})
    with patch.object(finetune, "checkpoints_figure", return_value=b"drawn") as draw:
        write_finetune_figure(PREPARED, frame, FigureFolder(folder), 0.2)
    return draw.call_args.args if draw.called else None


def test_the_checkpoints_after_one_share_its_panel_in_the_order_of_blocks(tmp_path: Path) -> None:
    rows = [block("b", 1, 0.4, "differs, by less than 0.2"), block("b", 0, 0.9, "same within 0.2")]
    panels, bound = written(tmp_path, [*rows, block("c", 0, np.nan), block("c", 2, 0.5)])
    assert bound == 0.2 and list(panels) == ["run a"]
    tuned, other = panels["run a"]
    assert (tuned.name, other.name) == ("run b", "model c"), "a run that is not there is called by its model"
    assert tuned.blocks.tolist() == [0, 1] and tuned.values.tolist() == [0.9, 0.4]
    assert tuned.differs.tolist() == [False, True] and tuned.floors.tolist() == [1e-4, 1e-4]
    assert np.isnan(other.values[0]) and other.blocks.tolist() == [0, 2]
    assert (tmp_path / "finetune.png").read_bytes() == b"drawn"


def test_without_a_rho_star_nothing_is_drawn(tmp_path: Path) -> None:
    without = {"key_a": "a", "key_b": "b", "model_a": "m", "model_b": "n"}
    for rows in ([], [without], [block("b", 0, np.nan)]):
        assert written(tmp_path, rows) is None
    assert not list(tmp_path.iterdir())
