"""Planted comparable models, and the tables that tables of models are made from."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.descriptors import descriptors_table
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.analysis.tables.universality import universality_table
from tests.analysis.planted_models import PlantedModel

QWEN, INSTRUCT = "qwen2.5-1.5b", "qwen2.5-1.5b-instruct"


MODELS = [
    PlantedModel(QWEN, "qwen2.5", "base", 1.54),
    PlantedModel(INSTRUCT, "qwen2.5", "instruct", 1.54, anisotropy=0.9),
    PlantedModel("smollm2-1.7b", "smollm2", "base", 1.7),
    PlantedModel("other", "other", "base", 0.2, own=0.9),
]


def tables(prepared: list[PreparedRun]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    pairs = pairs_table(prepared, 100, 0).frame
    return (
        pairs,
        universality_table(prepared, pairs).frame,
        descriptors_table([ready.run for ready in prepared], prepared, 99, 0).frame,
    )
