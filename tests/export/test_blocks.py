"""Which blocks are meant."""

from __future__ import annotations

import pytest

from emogeo.errors import ConfigError
from emogeo.export.blocks import chosen_blocks, spans
from emogeo.record.run import Run
from tests.planted_records import altered


def test_blocks_by_word_and_by_number(run: Run) -> None:
    assert chosen_blocks(run, "all") == (0, 1, 2, 3)
    assert chosen_blocks(run, "selected") == (1,)
    assert chosen_blocks(run, "3, 0,3") == (0, 3)


@pytest.mark.parametrize("asked", ["", "middle", "1-3", "1;2", "1.5", "1,"])
def test_what_is_no_block_is_refused(run: Run, asked: str) -> None:
    with pytest.raises(ConfigError, match="type all, selected, or blocks"):
        chosen_blocks(run, asked)


@pytest.mark.parametrize("asked", ["4", "0,-1", "2,99"])
def test_absent_blocks_are_named_with_those_that_there_are(run: Run, asked: str) -> None:
    with pytest.raises(ConfigError, match=r"has no block -?\d+; it has 0-3"):
        chosen_blocks(run, asked)


def test_a_run_of_all_blocks_side_by_side_has_selected_none(run: Run) -> None:
    with pytest.raises(ConfigError, match="--blocks all, or some of 0, 2-3"):
        chosen_blocks(altered(run, layer_index=None, layer_layers=(0, 2, 3)), "selected")


def test_spans() -> None:
    assert spans([]) == ""
    assert spans([4]) == "4"
    assert spans([0, 1, 2, 5, 7, 8]) == "0-2, 5, 7-8"
