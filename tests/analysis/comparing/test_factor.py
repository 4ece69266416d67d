"""How a factor is called in tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.comparing.levels import Parameter
from emogeo.analysis.comparing.recipes import Writing
from emogeo.analysis.comparing.writers import RunPrecision
from emogeo.config.precision import Quantization
from emogeo.config.texts import Context

PLAIN, INT8 = RunPrecision("bf16", Quantization.none), RunPrecision("int8", Quantization.int8)
BOTH = (PLAIN, INT8)
METHOD = Factor(EffectKind.method, Contrast.methods, writing=Writing.loose)
CONTEXT = Factor(EffectKind.sub_parameter, Contrast.one, Parameter.context)
REGENERATED = Factor(EffectKind.precision, Contrast.regenerated, precisions=BOTH)


@pytest.mark.parametrize(
    ("factor", "label"),
    [
        (METHOD, "comparable, loose"),
        (replace(METHOD, as_published=True), "as published, loose"),
        (replace(METHOD, writing=Writing.other, precisions=(INT8,)), "comparable, other writing (int8)"),
        (replace(METHOD, writing=Writing.matched, precisions=BOTH), "comparable, matched, bf16–int8"),
        (Factor(EffectKind.sub_parameter, Contrast.one, Parameter.banned_words), "banned words"),
        (
            Factor(EffectKind.sub_parameter, Contrast.one, Parameter.layer, of_comprehension=True),
            "layer (comprehension)",
        ),
        (
            Factor(
                *(EffectKind.text, Contrast.one, Parameter.language),
                of_comprehension=True,
                between=("de", "es"),
            ),
            "language de–es",
        ),
        (Factor(EffectKind.sub_parameter, Contrast.all_writing), "all of the writing"),
        (
            Factor(EffectKind.sub_parameter, Contrast.all_at_once, as_published=True),
            "all at once, as published",
        ),
        (REGENERATED, "regenerated, bf16–int8"),
        (replace(REGENERATED, as_published=True), "regenerated, as published, bf16–int8"),
        (Factor(EffectKind.precision, Contrast.writer, precisions=(INT8,)), "of the writer alone, read at int8"),
        (Factor(EffectKind.precision, Contrast.null), "regeneration (null)"),
        (replace(METHOD, contexts=(Context.none,)), "comparable, loose, without the prompt"),
        (replace(METHOD, contexts=(Context.neutral,)), "comparable, loose, after the neutral prompt"),
        (replace(CONTEXT, contexts=(Context.prompt, Context.none)), "context"),
        (replace(CONTEXT, contexts=(Context.prompt, Context.neutral)), "context (prompt–neutral)"),
        (replace(CONTEXT, contexts=(Context.none, Context.neutral)), "context (none–neutral)"),
    ],
)
def test_the_label_says_what_differs_and_how(factor: Factor, label: str) -> None:
    assert factor.label == label


@pytest.mark.parametrize(("precisions", "quantized"), [((), False), ((PLAIN,), False), ((INT8,), True), (BOTH, True)])
def test_a_factor_is_quantized_where_one_of_its_precisions_is(
    precisions: tuple[RunPrecision, ...], quantized: bool
) -> None:
    assert replace(METHOD, precisions=precisions).quantized is quantized
