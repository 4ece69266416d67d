"""Claims about effects: which effects decide, and each outcome."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.comparing.matching import MinimalPair
from emogeo.analysis.comparing.recipes import Writing
from emogeo.analysis.comparing.writers import RunPrecision
from emogeo.analysis.tables import claims_of_effects
from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.evidence import Evidence
from emogeo.analysis.tables.verdicts import CONTRADICTED, REPRODUCED, UNKNOWN, UNTESTABLE
from emogeo.config.precision import Quantization
from tests.planted_records import run_of_model

BOTH = (RunPrecision("bf16", Quantization.none), RunPrecision("int8(6.0)+bf16", Quantization.int8))


METHOD = Factor(EffectKind.method, Contrast.methods, writing=Writing.matched)
REGENERATED = Factor(EffectKind.precision, Contrast.regenerated, precisions=BOTH)
ACROSS = Factor(EffectKind.cross_experiment, Contrast.methods, writing=Writing.matched, precisions=BOTH)


def effect(factor: Factor, rho_star: float | None, reach: float = 0.05, name: str = "s", **more: float) -> Effect:
    run = run_of_model(name)
    star = {} if rho_star is None else {"rho_star_ci_low": rho_star - reach, "rho_star_ci_high": rho_star + reach}
    return Effect(MinimalPair(factor, (), run, run), {"rho_star": rho_star, **star, **more})


def verdict_on(claim: str, effects: list[Effect]) -> str:
    none = pd.DataFrame()
    return str(getattr(claims_of_effects, claim)(Evidence(none, none, none, none, effects)).verdict)


@pytest.mark.parametrize(
    ("claim", "factor", "other", "bound"),
    [
        ("method", METHOD, replace(METHOD, as_published=True), 0.5),
        ("method", METHOD, replace(METHOD, precisions=BOTH[1:]), 0.5),
        (
            "sub_parameters",
            Factor(EffectKind.sub_parameter, Contrast.all_writing),
            Factor(EffectKind.sub_parameter, Contrast.all_at_once, as_published=True),
            0.5,
        ),
        ("precision", REGENERATED, replace(REGENERATED, as_published=True), 0.9),
        ("precision", REGENERATED, replace(REGENERATED, precisions=(BOTH[0], BOTH[0])), 0.9),
    ],
)
def test_comparable_effects_decide_and_others_do_not(claim: str, factor: Factor, other: Factor, bound: float) -> None:
    for rho_star, verdict in ((bound - 0.2, REPRODUCED), (bound, UNKNOWN), (bound + 0.08, CONTRADICTED)):
        effects = [effect(factor, rho_star), effect(other, None)]
        assert verdict_on(claim, effects) == verdict
    assert verdict_on(claim, [effect(other, None)]) == UNTESTABLE


def test_biases_of_two_models() -> None:
    def of(*biases: tuple[str, float]) -> str:
        given = [
            effect(ACROSS, 0.3, name=name, bias=bias, bias_ci_low=bias - 0.1, bias_ci_high=bias + 0.1)
            for name, bias in biases
        ]
        return verdict_on("bias", given)

    expected = {(0.2, -0.2): REPRODUCED, (-0.7, -0.6): CONTRADICTED, (0.2, 0.05): UNKNOWN, (0.2,): UNTESTABLE}
    assert of(("m, one", 0.3), ("m, one", -0.3), ("m, two", 0.01)) == UNKNOWN, "both signs, in one model"
    assert of(("m, one", 0.3), ("m, two", -0.3)) == REPRODUCED
    for biases, verdict in expected.items():
        assert of(*((f"m{i}", bias) for i, bias in enumerate(biases))) == verdict
