"""Which runs are of the study's models, read as it read them, and which of other models count as mature."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from emogeo.analysis.records.published import reference
from emogeo.analysis.tables.study import is_gemma, not_mature, read_as_published, study_model
from emogeo.config.model import Init, Source
from emogeo.record.run import Run
from tests.analysis.tables.planted_claims import MEAN, described, run
from tests.planted_records import altered, refused

STUDY = run("qwen2.5-1.5b")


def test_every_model_of_the_study_is_known() -> None:
    for model in reference()["models"]:
        assert study_model(run(model["name"])) == model["name"]
        assert read_as_published(run(model["name"]))


@pytest.mark.parametrize(
    "changes",
    [
        {"model_id": "somebody/Qwen2.5-1.5B"},
        {"model_name": "mine"},
        {"model_family": "qwen"},
        {"model_source": Source.folder},
        {"result_conditions": ("a", "b")},
    ],
)
def test_a_model_that_only_looks_like_one_is_none(changes: dict[str, Any]) -> None:
    assert study_model(altered(STUDY, **changes)) is None


def test_a_refused_run_is_no_model_of_the_study() -> None:
    record = refused(STUDY.record)
    assert study_model(Run(record, {})) is None  # type: ignore[arg-type]


def test_another_reading_is_not_as_published() -> None:
    other = run("qwen2.5-1.5b", reading=MEAN)
    assert study_model(other) == "qwen2.5-1.5b"
    assert not read_as_published(other)


def why(own: Run, anisotropy: float | None = 0.8, reach: float = 0.005, overflowed: bool = False) -> str | None:
    rows = pd.DataFrame([described(own, anisotropy=anisotropy, reach=reach)])
    table = rows.reindex(columns=["key", "anisotropy_ci_low", "anisotropy_ci_high"]).set_index("key")
    return not_mature(own, table, {own.key} if overflowed else set())


@pytest.mark.parametrize(
    ("name", "family", "expected"),
    [
        ("gemma-3-270m", "gemma-3", True),
        ("x", "gemma3_text", True),
        ("Gemma_3_4B", "", True),
        ("gemma-2-2b", "gemma2", False),
        ("q", "qwen2.5", False),
    ],
)
def test_gemma_3_is_known_by_its_names(name: str, family: str, expected: bool) -> None:
    assert is_gemma(name, family) is expected


def test_gemma_is_not_mature_by_a_threshold_that_it_slips_under() -> None:
    for name, family, variant in (("gemma-3-270m", "gemma-3", "base"), ("gemma-3-1b-it", "gemma-3", "instruct")):
        assert "by the study's naming" in str(why(run(name, family, variant), anisotropy=0.5))


def test_the_studys_other_models_are_mature_whatever_was_measured() -> None:
    assert why(STUDY, anisotropy=0.99) is None
    assert "overflow" in str(why(STUDY, overflowed=True))


@pytest.mark.parametrize(
    ("anisotropy", "reach", "said"),
    [
        (0.94, 0.005, None),
        (0.945, 0.01, "holds 0.95"),
        (0.955, 0.01, "holds 0.95"),
        (0.97, 0.01, "above 0.95"),
        (None, 0.0, "no interval"),
    ],
)
def test_other_models_are_mature_where_the_whole_interval_lies_below(
    anisotropy: float | None, reach: float, said: str | None
) -> None:
    found = why(run("s", "smollm2"), anisotropy, reach)
    assert (said is None and found is None) or (said is not None and said in str(found))


def test_an_untrained_twin_is_no_model_of_the_study_and_not_mature() -> None:
    twin = altered(STUDY, model_init=Init.random)
    assert study_model(twin) is None
    assert "untrained" in str(why(twin))
