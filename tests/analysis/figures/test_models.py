"""Which models are drawn beside each other."""

from __future__ import annotations

import pandas as pd
import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.figures.models import universality as universality_figure
from emogeo.analysis.figures.models import write_model_figures
from tests.analysis.planted_models import catalogue
from tests.analysis.tables.read_alike import MODELS, tables


@pytest.fixture(scope="module")
def prepared() -> list[PreparedRun]:
    return catalogue(MODELS)


def test_figures_of_models(prepared: list[PreparedRun], tmp_path) -> None:  # type: ignore[no-untyped-def]
    _, universality, _ = tables(prepared)
    drawn = universality_figure(universality)
    assert drawn is not None and drawn.startswith(b"\x89PNG")
    assert universality_figure(universality.iloc[:1]) is None
    empty = pd.DataFrame()
    write_model_figures(
        {"universality": universality, "descriptors_by_layer": empty, "steering_shifts": empty}, tmp_path
    )
    assert [file.name for file in tmp_path.iterdir()] == ["universality_1.png"]
