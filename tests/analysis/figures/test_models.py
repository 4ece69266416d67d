"""Which models are drawn beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.drawing import FigureFolder
from emogeo.analysis.figures import models
from emogeo.analysis.figures.models import universality, write_model_figures
from emogeo.figures.models import Line, Shifts, universality_figure

PAIRS = pd.DataFrame(
    [("a", "b", "f", "f", 0.75, 1.25), ("a", "c", "f", "g", 0.5, 0.875), ("b", "c", "f", "g", 0.25, 0.375)],
    columns=["model_a", "model_b", "family_a", "family_b", "rho", "rho_star"],
).assign(reading="bf16, last token")
EMPTY = pd.DataFrame()


def called(draw: str, tables: Mapping[str, pd.DataFrame], folder: Path) -> list[tuple[Any, ...]]:
    """What is given to one of the functions that draw."""
    every = {"universality": PAIRS.iloc[:0], "descriptors_by_layer": EMPTY, "steering_shifts": EMPTY, **tables}
    with patch.object(models, draw, return_value=b"drawn") as own:
        write_model_figures(every, FigureFolder(folder))
    return [tuple(call.args) for call in own.call_args_list]


def test_distances_are_what_is_left_of_agreement_and_never_negative(tmp_path: Path) -> None:
    ((families, distances, symbol, reading),) = called("universality_figure", {"universality": PAIRS}, tmp_path)
    assert families == {"a": "f", "b": "f", "c": "g"}
    np.testing.assert_array_equal(distances, [[0, 0, 0.125], [0, 0, 0.625], [0.125, 0.625, 0]])
    assert (symbol, reading) == ("ρ*", "bf16, last token")


def test_raw_agreement_stands_in_where_one_pair_has_nothing_else(tmp_path: Path) -> None:
    some = PAIRS.assign(rho_star=[0.9, np.nan, 0.8])
    ((_, distances, symbol, _),) = called("universality_figure", {"universality": some}, tmp_path)
    np.testing.assert_array_equal(distances, [[0, 0.25, 0.5], [0.25, 0, 0.75], [0.5, 0.75, 0]])
    assert symbol == "ρ, on shared passages"


def test_two_models_and_pairs_without_agreement_are_not_drawn() -> None:
    assert universality(PAIRS.head(1)) is None
    assert universality(PAIRS.assign(rho=[0.5, np.nan, 0.5])) is None
    drawn = universality(PAIRS)
    assert drawn is not None and universality_figure(*drawn).startswith(b"\x89PNG")


def test_readings_are_numbered_as_they_are_drawn(tmp_path: Path) -> None:
    readings = [PAIRS.head(1).assign(reading="few"), PAIRS.assign(reading="z"), PAIRS.assign(reading="y")]
    calls = called("universality_figure", {"universality": pd.concat(readings)}, tmp_path)
    assert [call[3] for call in calls] == ["z", "y"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["universality_1.png", "universality_2.png"]


def by_layer(key: str, model: str, precision: str, reading: str, anisotropy: float) -> pd.DataFrame:
    values = {"anisotropy": anisotropy, "anisotropy_without_largest": 0.2, "rdm_std": 0.3, "participation_ratio": 4.0}
    return pd.DataFrame(
        {"key": key, "model": model, "precision": precision, "reading": reading}
        | {"depth": [0.5, 1.0], "selected": ["no", "yes"], **values}
    )


def test_descriptors_are_of_the_widest_reading_and_of_models_at_several_precisions(tmp_path: Path) -> None:
    table = pd.concat(
        [
            by_layer("1", "m / 1", "fp16", "mean", 0.1),
            by_layer("2", "m / 1", "bf16", "last", 0.2),
            by_layer("3", "m / 1", "bf16", "last", 0.3),
            by_layer("4", "n", "bf16", "last", 0.4),
            by_layer("5", "m / 1", "int8", "last", 0.5),
        ]
    )
    calls = called("descriptors_figure", {"descriptors_by_layer": table}, tmp_path)
    names = ["descriptors_by_layer.png", "descriptors_by_precision_m-1.png"]
    assert sorted(file.name for file in tmp_path.iterdir()) == names
    drawn: list[tuple[list[tuple[str, float]], str]] = [
        ([(line.name, line.curves["anisotropy"][0]) for line in lines], reading) for lines, reading in calls
    ]
    assert drawn == [
        ([("m / 1 bf16", 0.2), ("n bf16", 0.4)], "last"),
        ([("m / 1 bf16", 0.2), ("m / 1 int8", 0.5)], "last"),
    ]
    line: Line = calls[0][0][0]
    assert (line.depth.tolist(), line.selected.tolist()) == ([0.5, 1.0], [False, True])
    assert [title.partition("\n")[0] for title in line.curves] == [
        *("anisotropy", "anisotropy without", "spread of the RDM", "participation ratio")
    ]


def test_shifts_are_of_the_first_run_of_each_model_by_strength(tmp_path: Path) -> None:
    columns = ["key", "model", "emotion", "strength", "shift", "random_mean", "random_low", "random_high"]
    rows = [
        ("1", "n", "sad", 0.5, 5.0, 0.0, -1.0, 1.0),
        ("1", "n", "sad", 0.25, 4.0, 0.125, -2.0, 2.0),
        ("2", "m", "calm", 0.125, 3.0, 0.0, 0.0, 0.0),
        ("3", "m", "calm", 0.125, 9.0, 0.0, 0.0, 0.0),
    ]
    ((shifts,),) = called("shifts_figure", {"steering_shifts": pd.DataFrame(rows, columns=columns)}, tmp_path)
    assert [(model, list(own)) for model, own in shifts.items()] == [("n", ["sad"]), ("m", ["calm"])]
    sad: Shifts = shifts["n"]["sad"]
    assert [sad.strength.tolist(), sad.along.tolist(), sad.random_mean.tolist()] == [[0.25, 0.5], [4, 5], [0.125, 0]]
    assert [sad.random_low.tolist(), sad.random_high.tolist()] == [[-2, -1], [2, 1]]
    assert shifts["m"]["calm"].along.tolist() == [3.0]


@pytest.mark.parametrize("draw", ["universality_figure", "descriptors_figure", "shifts_figure"])
def test_nothing_is_drawn_of_nothing(draw: str, tmp_path: Path) -> None:
    assert called(draw, {}, tmp_path) == []
    assert list(tmp_path.iterdir()) == []
