"""A sample of docs/models_table.md is tried again, and no row may be worse; `make models` tries all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.models_table.table import TABLE, as_markdown, got_worse, rows_of
from tests.models_table.trial import Row, tried

SAMPLE = ("bert", "deepseek_v4", "gemma3n_text", "mamba", "mllama", "recurrent_gemma", "t5")
ROWS = rows_of(TABLE.read_text())
LEAST_TRIED, LEAST_SETTLED = 95, 95


@pytest.mark.parametrize("architecture", SAMPLE)
def test_a_row_does_not_get_worse(architecture: str) -> None:
    assert got_worse(tried(architecture), ROWS[architecture]) is None


def test_the_table_has_no_stack_trace() -> None:
    assert not [row.architecture for row in ROWS.values() if row.reads in {"failure", "wrong"}]
    settled = [row for row in ROWS.values() if row.reads in {"right", "refused"}]
    assert len(ROWS) >= LEAST_TRIED
    assert len(settled) >= LEAST_SETTLED


def test_the_page_reads_back() -> None:
    assert as_markdown(list(ROWS.values())).splitlines()[6:] == TABLE.read_text().splitlines()[6:]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({}, None),
        ({"reads": "wrong"}, "llama is wrong and was right"),
        ({"reads": "refused", "note": "why"}, "llama is refused and was right: why"),
        ({"precisions": ["bf16"]}, "llama no longer reads at int8"),
        ({"writes": "one at a time"}, None),
        ({"scores": "wrong by 1 nat"}, "llama scores: wrong by 1 nat, and was batched"),
        ({"steers": "failure: KeyError"}, "llama steers: failure: KeyError, and was yes"),
    ],
)
def test_what_counts_as_worse(now: dict[str, object], said: str | None) -> None:
    before = Row("llama", "right", 1e-7, "batched", "sdpa", ["bf16", "int8"], "batched", "batched", "yes")
    worse = got_worse(replace(before, **now), before)  # type: ignore[arg-type]
    assert worse is None if said is None else worse is not None and worse.startswith(said)
