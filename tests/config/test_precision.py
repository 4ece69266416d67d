"""A threshold is int8's, and int8 has one."""

from __future__ import annotations

import pytest

from emogeo.config.precision import Dtype, PrecisionConfig, Quantization
from emogeo.errors import ConfigError
from tests.conftest import CONF, compose_train

BELONGS = "precision.threshold belongs to quantization=int8, and int8 needs one (0 turns it off)."


@pytest.mark.parametrize(
    ("quantization", "threshold"),
    [(Quantization.none, None), (Quantization.nf4, None), (Quantization.int8, 0.0), (Quantization.int8, 6.0)],
)
def test_what_goes_together_passes(quantization: Quantization, threshold: float | None) -> None:
    PrecisionConfig("mine", Dtype.fp16, quantization, threshold).check()


@pytest.mark.parametrize(
    ("quantization", "threshold", "said"),
    [
        (Quantization.none, 6.0, BELONGS),
        (Quantization.nf4, 0.0, BELONGS),
        (Quantization.int8, None, BELONGS),
        (Quantization.int8, -0.5, "precision.threshold=-0.5: 0 or more."),
    ],
)
def test_a_threshold_in_the_wrong_place_is_refused(
    quantization: Quantization, threshold: float | None, said: str
) -> None:
    with pytest.raises(ConfigError) as error:
        PrecisionConfig("mine", Dtype.fp16, quantization, threshold).check()
    assert str(error.value) == said


def test_every_option_is_called_by_its_file() -> None:
    for option in (path.stem for path in (CONF / "precision").glob("*.yaml")):
        assert compose_train(f"precision={option}").precision.name == option
