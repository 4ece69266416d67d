"""Claims about effects of one model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.evidence import Evidence
from emogeo.analysis.tables.verdicts import CONTRADICTED, REPRODUCED, UNKNOWN, Figure, Verdict, below, untestable
from emogeo.config.precision import Quantization
from emogeo.geometry.inference import Estimate

_APART, _UNCHANGED = 0.5, 0.9
"""The bounds on rho* of method and sub-parameters, and of precision."""


def _effects(evidence: Evidence, wanted: Callable[[Factor], bool]) -> list[Figure]:
    return [_effect(effect, effect.rho_star) for effect in evidence.effects if wanted(effect.factor)]


def _effect(effect: Effect, estimate: Estimate | None) -> Figure:
    value, low, high = (np.nan,) * 3 if estimate is None else (estimate.value, estimate.low, estimate.high)
    return Figure(f"{effect.model}, {effect.factor.label}", value, low, high)


_DECOMPOSE = "python train.py -m +study=decomposition model=smollm2-135m-instruct"


def method(evidence: Evidence) -> Verdict:
    """Judges that comprehension and generation are different geometries."""

    def wanted(factor: Factor) -> bool:
        return factor.kind is EffectKind.method and not factor.as_published and not factor.quantized

    figures = _effects(evidence, wanted)
    return (
        below(figures, _APART) if figures else untestable("no comparable runs over passages and own texts", _DECOMPOSE)
    )


def sub_parameters(evidence: Evidence) -> Verdict:
    """Judges that different ways of writing texts give different geometries."""

    def wanted(factor: Factor) -> bool:
        return factor.contrast in {Contrast.all_writing, Contrast.all_at_once} and not factor.as_published

    figures = _effects(evidence, wanted)
    return (
        below(figures, _APART)
        if figures
        else untestable("no comparable runs over texts of two ways of writing", _DECOMPOSE)
    )


def precision(evidence: Evidence) -> Verdict:
    """Judges that INT8 changes the geometry."""

    def wanted(factor: Factor) -> bool:
        int8 = any(precision.quantization is Quantization.int8 for precision in factor.precisions)
        return factor.contrast is Contrast.regenerated and int8 and not factor.as_published

    figures = _effects(evidence, wanted)
    return below(figures, _UNCHANGED) if figures else untestable("no own texts at INT8 and unquantized", _DECOMPOSE)


def bias(evidence: Evidence) -> Verdict:
    """Judges that comparisons across experiments have biases of opposite signs in two models."""
    across = [effect for effect in evidence.effects if effect.kind is EffectKind.cross_experiment]
    given = [(effect.model, _effect(effect, effect.bias)) for effect in across]
    given = [(model, figure) for model, figure in given if figure.known]
    figures, models = [figure for _, figure in given], {model for model, _ in given}
    if len(models) < 2:
        command = "python train.py -m +study=decomposition model=smollm2-135m-instruct,qwen2.5-coder-0.5b-instruct"
        return untestable(f"{len(models)} models with a bias and its interval, 2 needed", command)
    positive, negative = {m for m, f in given if f.low > 0}, {m for m, f in given if f.high < 0}
    decided = (max if negative else min)(figures, key=lambda figure: figure.value)
    note = "; ".join(f"{f.name} {f.value:+.2f} [{f.low:+.2f}, {f.high:+.2f}]" for f in figures)
    if any(a != b for a in positive for b in negative):
        return Verdict(REPRODUCED, note, decided)
    one_side = all(f.low > 0 for f in figures) or all(f.high < 0 for f in figures)
    return Verdict(CONTRADICTED if one_side else UNKNOWN, note, decided)
