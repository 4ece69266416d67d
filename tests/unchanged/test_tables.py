"""Tables and what figures show are as recorded, and those of the first version but for what CHANGELOG.md names.

The first version computed `data/first`: tables of a planted catalogue, and of a store of two real models read, reread,
written, replayed, steered, asked and refused. `python -m tests.unchanged` records `data/now`. On one machine the tables
are equal byte by byte; another processor may round the last digits otherwise.
"""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.unchanged.computed import DATA, Computed, planted, real

MOVED = {
    *("reliability_a", "reliability_b", "reliability_baseline", "rho_same_half", "rho_disjoint_half", "stimulus_share"),
    *("rho_star", "rho_star_ci_low", "rho_star_ci_high", "p", "p_holm", "effect", "ci_low", "ci_high", "null"),
    *("bias", "bias_ci_low", "bias_ci_high", "reliability", "reliability_ci_low", "reliability_ci_high", "clipped"),
    *("share", "p_min", "measured", "note", "flags"),
    "aliased_with",  # names the prompt that own texts are read after, and passages are not
    "rho_partial",  # is the partial ρ* given nulls, no more that of raw ρ given words
    "verdict",  # is now passed on the study's models alone (docs/claims.md), of which the store has none
}
"""Columns whose figures moved with the splits of units into halves (CHANGELOG.md), or that quote such figures."""
ADDED = {
    *("beyond_words", "beyond_meanings", "rho_partial_ci_low", "rho_partial_ci_high", "best_null"),  # beyond words
    *("init", "init_seed"),  # what the weights of a run are: trained, or an untrained twin's
    *("here", "n_models", "n_families", "models"),  # of claims: what was measured here, beside the verdict on the study
    "thought",  # what was stripped from a steered text or an answer
    *("rho_star_any_ci_low", "rho_star_any_ci_high"),  # over emotions, too
    *("rho_star_ci90_low", "equivalence"),  # the same, different, or not seen
    *("context", "pooling", "layer_selection"),  # how texts were read
}
"""Columns that the first version did not have."""
NEW = {
    *("beyond", "corpus", "finetune", "overlap", "overlap_strata", "measures", "measure_verdicts", "measure_orders"),
    *("readout", "readout_texts", "readout_projections", "readout_confusion"),
    *("depth_grid", "depth_choices"),
    *("map", "map_shifts", "map_branches", "map_nearest", "map_by_block", "map_ratings", "map_directions"),
    *("decoding", "decoding_confusion", "rdm_differences"),
    *("about", "lens"),
}
"""Tables and figures that the first version did not have."""
REORDERED = "rdm_"
"""Figures whose rows and columns stand in the order of the consensus, no more in that of the alphabet."""
DRAWN = {"same_and_disjoint_half", "rho_matrix", "rho_star_matrix", "layers_of_effect", "sub_parameters", "variance"}
"""Figures that draw them, or write numbers near 1 with the digits that they need."""


@pytest.fixture(scope="module", params=[planted, real], ids=["planted", "real"])
def computed(request: pytest.FixtureRequest) -> Computed:
    found: Computed = request.param()
    return found


def test_tables_are_those_of_the_first_version_but_for_the_columns_that_moved(computed: Computed) -> None:
    assert differences(computed, DATA / "first" / computed.name, MOVED) == {}


def test_tables_are_those_that_were_recorded(computed: Computed) -> None:
    assert differences(computed, DATA / "now" / computed.name, set()) == {}


@pytest.mark.parametrize(("version", "moved", "new"), [("first", DRAWN, NEW), ("now", set(), set())])
def test_figures_show_the_same(computed: Computed, version: str, moved: set[str], new: set[str]) -> None:
    recorded = json.loads((DATA / version / computed.name / "figures.json").read_text())
    assert {*computed.figures} - new == {name.removesuffix(".png") for name in recorded}
    for name, panels in recorded.items():
        own = name.removesuffix(".png")
        if own not in moved and not (new and own.startswith(REORDERED)):
            assert computed.figures[own] == panels, own


_ROUNDING = 6e-3
"""What other processors may change where dissimilarities tie but for rounding: one relabelling of 201, and less."""


def _without_decimals(value: Any) -> Any:
    """Takes decimal numbers out of a text, which columns of their own have."""
    return re.sub(r"-?\d*\.\d+", "#", value) if isinstance(value, str) else value


def differences(computed: Computed, folder: Path, moved: set[str]) -> dict[str, Any]:
    """Of tables that are not those in `folder`, by name, where they differ; but for what is new since the first."""
    first, found = folder.parent.name == "first", {}
    for name, text in computed.tables.items():
        if first and name in NEW:
            continue
        recorded = (folder / f"{name}.csv").read_text()
        recorded = recorded.replace("read alike", "comparable") if first else recorded  # the word for it (CHANGELOG.md)
        if text == recorded:
            continue
        frames = [pd.read_csv(StringIO(content)) for content in (text, recorded)]
        new = [column for column in frames[0] if first and column in ADDED and column not in frames[1]]
        frames[0] = frames[0].drop(columns=new)
        kept = [column for column in frames[1].columns if column not in moved]
        try:
            assert [column for column in frames[0].columns if column not in moved] == kept
            if not first:
                frames = [frame.map(_without_decimals) for frame in frames]
            pd.testing.assert_frame_equal(*(frame[kept] for frame in frames), rtol=1e-9, atol=0 if first else _ROUNDING)
        except AssertionError as error:
            found[name] = str(error)
    return found
