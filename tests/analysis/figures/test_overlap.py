"""Which pairs the figure shows, and what it says of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pandas as pd

from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures import overlap
from emogeo.analysis.figures.overlap import write_overlap_figure
from emogeo.analysis.tables.overlap import STRATA_COLUMNS

PREPARED: Any = [SimpleNamespace(name=f"run {key}", run=SimpleNamespace(key=key)) for key in "abc"]


def stratum(a: str, b: str, at_most: str, **values: float) -> dict[str, Any]:
    return {"key_a": a, "key_b": b, "shared_at_most": at_most, "shared_words": 0.5, "share": 1.0, **values}


def written(folder: Path, rows: list[dict[str, Any]]) -> list[Any]:
    frame = pd.DataFrame(rows, columns=STRATA_COLUMNS)
    with patch.object(overlap, "overlap_figure", return_value=b"drawn") as draw:
        write_overlap_figure(PREPARED, {"overlap_strata": frame}, FigureFolder(folder))
    return list(draw.call_args.args[0]) if draw.called else []


def test_a_pair_with_several_strata_is_a_curve(tmp_path: Path) -> None:
    half = {"rho_disjoint_half": 0.6, "rho_disjoint_half_ci_low": 0.5, "rho_disjoint_half_ci_high": 0.7}
    own = {**half, "reliability_a": 0.8, "reliability_b": 0.7}
    star = {"rho_star": 0.9, "rho_star_ci_low": 0.8, "rho_star_ci_high": 1.0}
    rows = [stratum("a", "b", "any", **own, **star), stratum("a", "b", "0", **own, **star)]
    rows += [stratum("a", "c", "any", **own, **star), stratum("a", "c", "1", **own, **star)]
    first, second = written(tmp_path, [*rows, stratum("b", "c", "any", **own)])
    assert (first.name, first.star, second.star) == ("run a · run b", "ρ* 0.90 [0.80, 1.00]", "ρ* not identifiable")
    assert first.values.tolist() == [[0.6, 0.5, 0.7]] * 2 and first.reliabilities.tolist() == [[0.8, 0.7]] * 2
    assert (tmp_path / "overlap.png").read_bytes() == b"drawn"


def test_without_such_a_pair_nothing_is_drawn(tmp_path: Path) -> None:
    assert written(tmp_path, []) == []
    assert not (tmp_path / "overlap.png").exists()
