"""Base and instruct of one family, on planted catalogues."""

from __future__ import annotations

import numpy as np
import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.base_instruct import base_instruct_table
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.analysis.tables.read_alike import INSTRUCT, MODELS, QWEN, tables


@pytest.fixture(scope="module")
def prepared() -> list[PreparedRun]:
    return catalogue(MODELS)


def test_base_and_instruct_are_compared_and_what_moved_is_said(prepared: list[PreparedRun]) -> None:
    pairs, _, descriptors = tables(prepared)
    (row,) = base_instruct_table(prepared, pairs, descriptors).frame.to_dict("records")
    assert (row["family"], row["model_a"], row["model_b"], row["published"]) == ("qwen2.5", QWEN, INSTRUCT, 0.9752)
    assert row["moved"].startswith("anisotropy 0.800 to 0.900")


def test_base_comes_first_with_its_own_figures_whatever_the_names() -> None:
    """gemma-3-1b-it sorts before gemma-3-1b-pt."""
    base = PlantedModel("gemma-3-1b-pt", "gemma-3", "base", 1.0)
    ready = catalogue([PlantedModel("gemma-3-1b-it", "gemma-3", "instruct", 1.0), base])
    pairs, _, descriptors = tables(ready)
    (row,) = base_instruct_table(ready, pairs, descriptors).frame.to_dict("records")
    assert (row["model_a"], row["published"]) == ("gemma-3-1b-pt", 0.1895)
    assert row["reliability_a"] == descriptors.set_index("model").loc["gemma-3-1b-pt", "reliability"]
    without = descriptors.assign(**{f"anisotropy_ci_{end}": np.nan for end in ("low", "high")})
    (row,) = base_instruct_table(ready, pairs, without).frame.to_dict("records")
    assert row["moved"] == "no interval of anisotropy"
