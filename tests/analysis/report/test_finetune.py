"""Sentences on checkpoints say what their table says."""

from __future__ import annotations

import numpy as np
import pandas as pd

from emogeo.analysis.report.finetune import finetune_lines, said
from emogeo.analysis.tables.finetune import FINETUNE_COLUMNS, by_pair


def table(verdicts: list[str], stars: list[float]) -> pd.DataFrame:
    rows = [
        {
            **{
                "key_a": "a",
                "key_b": "b",
                "model_a": "base",
                "model_b": "tuned",
                "block": block,
                "n_layers": len(stars),
            },
            **{
                "rho_star": star,
                "rho_star_ci_low": star - 0.1,
                "rho_star_ci_high": star + 0.1,
                "verdict": verdict,
                "rho": 0.5,
            },
        }
        for block, (verdict, star) in enumerate(zip(verdicts, stars, strict=True))
    ]
    return pd.DataFrame(rows, columns=FINETUNE_COLUMNS).astype({"verdict": "str", "block": "Int64"})


SAME, DIFFERS, UNSURE = "same within 0.1", "differs", "cannot tell"


def test_where_they_part_is_said() -> None:
    own = table([SAME, SAME, UNSURE, DIFFERS, DIFFERS], [0.99, 0.98, 0.9, 0.4, 0.6])
    assert said(own) == (
        "ρ* leaves 1 by more than floor and text from block 3 (blocks 3–4); same within 0.1 at blocks 0–1; "
        "cannot tell at block 2; ρ* 0.99 [0.89, 1.09] at block 0, 0.40 [0.30, 0.50] at block 3, 0.60 [0.50, 0.70] at "
        "block 4 of 5, lowest at 3"
    )


def test_nowhere_and_gaps_are_said() -> None:
    assert said(table([SAME, UNSURE, SAME], [1.0, 1.0, 1.0])).startswith(
        "ρ* is nowhere seen to leave 1 by more than floor and text; same within 0.1 at blocks 0, 2; cannot "
        "tell at block 1"
    )
    assert said(table([UNSURE], [np.nan])).endswith(
        "cannot tell at block 0; no block has a ρ*, raw ρ 0.50 at block 0, 0.50 at block 0"
    )


def test_pairs_without_blocks_say_why() -> None:
    assert finetune_lines(table([], []), {}) == []
    own = table([SAME], [1.0])
    own["block"] = pd.NA
    assert by_pair(own) == [] and finetune_lines(own, {}) == []
    own["note"] = "by block: not identifiable (base has 4 blocks and tuned 3)"
    assert finetune_lines(own, {})[1] == f"  base – tuned: {own['note'].iloc[0]}"


def test_many_pairs_are_counted() -> None:
    many = pd.concat([table([SAME], [1.0]).assign(key_b=f"b{number}") for number in range(14)])
    lines = finetune_lines(many, {"a": "base once"})
    assert lines[1].startswith("  base once – tuned: ") and lines[-2] == "  and 2 more pairs, in finetune.csv"
