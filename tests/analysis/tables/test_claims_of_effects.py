"""Claims about effects: which effects decide, and each outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.comparing.matching import MinimalPair
from emogeo.analysis.comparing.recipes import Writing
from emogeo.analysis.comparing.writers import RunPrecision
from emogeo.analysis.records.published import decomposition
from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.verdicts import CONTRADICTED, FAILS, NOT_MEASURED, REPRODUCED, UNKNOWN, UNTESTABLE
from emogeo.config.precision import Quantization
from emogeo.config.texts import Context
from emogeo.record.run import Run
from tests.analysis.tables.planted_claims import LAST, MEAN, evidence, row_of, run, said
from tests.planted_records import altered

BOTH = (RunPrecision("bf16", Quantization.none), RunPrecision("int8(6.0)+bf16", Quantization.int8))
METHOD = Factor(EffectKind.method, Contrast.methods, writing=Writing.matched)
REGENERATED = Factor(EffectKind.precision, Contrast.regenerated, precisions=BOTH)
ACROSS = Factor(EffectKind.cross_experiment, Contrast.methods, writing=Writing.matched, precisions=BOTH)
AS_PUBLISHED = replace(ACROSS, as_published=True)
WRITING = Factor(EffectKind.sub_parameter, Contrast.all_writing)
AT_ONCE = Factor(EffectKind.sub_parameter, Contrast.all_at_once, as_published=True)
PUBLISHED = tuple(decomposition())
OTHERS = {"m": "mamba", "o": "olmo", "p": "phi"}


def of(name: str, reading: str = LAST, n_units: int = 24) -> Run:
    return altered(run(name, OTHERS.get(name, ""), reading=reading), n_units=n_units)


def effect(factor: Factor, own: Run, rho_star: float | None = None, reach: float = 0.05, **more: float) -> Effect:
    star = {} if rho_star is None else {"rho_star_ci_low": rho_star - reach, "rho_star_ci_high": rho_star + reach}
    return Effect(MinimalPair(factor, (), own, own), {"rho_star": rho_star, "n_units": 24, **star, **more})


def judged(claim: str, effects: Sequence[Effect]) -> tuple[str, str]:
    return said(claim, evidence(effects=effects))


@pytest.mark.parametrize(
    ("claim", "factor", "other", "bound"),
    [
        ("method", METHOD, replace(METHOD, as_published=True), 0.5),
        ("method", METHOD, replace(METHOD, precisions=BOTH[1:]), 0.5),
        ("method", METHOD, replace(METHOD, contexts=(Context.none,)), 0.5),
        ("sub_parameters", WRITING, AT_ONCE, 0.5),
        ("precision", REGENERATED, replace(REGENERATED, as_published=True), 0.9),
        ("precision", REGENERATED, replace(REGENERATED, precisions=(BOTH[0], BOTH[0])), 0.9),
    ],
)
def test_comparable_effects_decide_and_others_do_not(claim: str, factor: Factor, other: Factor, bound: float) -> None:
    holds = "holds here (3 models, 3 families)"
    for rho_star, here in ((bound - 0.2, holds), (bound, "cannot tell"), (bound + 0.08, FAILS)):
        effects = [effect(factor, of(name), rho_star) for name in OTHERS] + [effect(other, of("m"))]
        assert judged(claim, effects) == (UNTESTABLE, here)
    assert judged(claim, [effect(factor, of("m"), bound - 0.2)]) == (UNTESTABLE, "cannot tell (1 family, 3 needed)")
    assert judged(claim, [effect(other, of("m"))]) == (UNTESTABLE, NOT_MEASURED)


@pytest.mark.parametrize(
    ("claim", "factor", "other", "bound"),
    [
        ("method", METHOD, replace(METHOD, as_published=True), 0.5),
        ("method", METHOD, replace(METHOD, writing=Writing.other), 0.5),
        ("sub_parameters", AT_ONCE, WRITING, 0.5),
        ("precision", replace(REGENERATED, as_published=True), REGENERATED, 0.9),
    ],
)
def test_the_studys_two_models_decide_on_the_study(claim: str, factor: Factor, other: Factor, bound: float) -> None:
    both = [of(name) for name in PUBLISHED]
    assert judged(claim, [effect(factor, own, bound - 0.2) for own in both])[0] == REPRODUCED
    assert judged(claim, [effect(factor, own, bound + 0.08) for own in both[:1]])[0] == CONTRADICTED
    row = row_of(claim, evidence(effects=[effect(factor, both[0], bound - 0.2)]))
    assert row["verdict"] == UNKNOWN
    assert f"{PUBLISHED[1]} is not among them" in row["note"]
    assert judged(claim, [effect(other, own, bound - 0.2) for own in both])[0] == UNTESTABLE
    assert judged(claim, [effect(factor, of("qwen2.5-1.5b"), bound - 0.2)])[0] == UNTESTABLE
    few = [effect(factor, of(name, n_units=5), bound - 0.2) for name in PUBLISHED]
    assert judged(claim, few)[0] == UNTESTABLE


def biased(bias: float, name: str = "m", factor: Factor = ACROSS, reading: str = LAST) -> Effect:
    return effect(factor, of(name, reading), bias=bias, bias_ci_low=bias - 0.1, bias_ci_high=bias + 0.1)


OPPOSITE = "holds here (2 models, 2 families)"


@pytest.mark.parametrize(
    ("biases", "here"),
    [
        ({"m": 0.2, "o": -0.2}, OPPOSITE),
        ({"m": -0.7, "o": -0.6}, FAILS),
        ({"m": 0.2, "o": 0.05}, "cannot tell"),
        ({"m": 0.2, "o": -0.1}, "cannot tell"),
        ({"m": 0.1, "o": -0.2}, "cannot tell"),
        ({"m": 0.2}, NOT_MEASURED),
    ],
)
def test_biases_of_two_models(biases: dict[str, float], here: str) -> None:
    assert judged("cross_experiment_bias", [biased(bias, name) for name, bias in biases.items()]) == (UNTESTABLE, here)


def test_two_models_with_the_same_biases_are_not_opposite() -> None:
    loose = replace(ACROSS, writing=Writing.loose)
    same = [biased(sign * 0.3, name, factor) for name in "mo" for sign, factor in ((1, ACROSS), (-1, loose))]
    assert judged("cross_experiment_bias", same) == (UNTESTABLE, FAILS)
    by_reading = [biased(sign * 0.3, name, reading=how) for name in "mo" for sign, how in ((1, LAST), (-1, MEAN))]
    assert judged("cross_experiment_bias", by_reading) == (UNTESTABLE, FAILS)


def test_biases_are_compared_with_their_like_alone() -> None:
    unlike = [biased(0.3, "m", ACROSS), biased(-0.3, "o", replace(ACROSS, writing=Writing.loose))]
    row = row_of("cross_experiment_bias", evidence(effects=unlike))
    assert row["here"] == NOT_MEASURED
    assert "2 models with a bias, no two of them of one comparison" in row["note"]
    both_signs = [biased(0.3), biased(-0.3), biased(0.01, "o")]
    assert judged("cross_experiment_bias", both_signs)[1] == "cannot tell", "both signs, in one model"
    disagreeing = [biased(0.3), biased(-0.3, "o"), biased(0.3, reading=MEAN), biased(0.3, "o", reading=MEAN)]
    assert judged("cross_experiment_bias", disagreeing)[1] == "cannot tell"


def test_the_studys_bias_is_that_of_its_sets() -> None:
    one, two = PUBLISHED
    assert judged("cross_experiment_bias", [biased(0.2, one, AS_PUBLISHED), biased(-0.2, two, AS_PUBLISHED)])[0] == (
        REPRODUCED
    )
    assert judged("cross_experiment_bias", [biased(0.2, one), biased(-0.2, two)]) == (UNTESTABLE, OPPOSITE)
    same = [biased(0.2, one, AS_PUBLISHED), biased(0.3, two, AS_PUBLISHED)]
    assert judged("cross_experiment_bias", same)[0] == CONTRADICTED
    assert judged("cross_experiment_bias", [biased(0.2, one, AS_PUBLISHED)])[0] == UNTESTABLE
