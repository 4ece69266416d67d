"""Claims about effects of one model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.comparing.recipes import Writing
from emogeo.analysis.comparing.writers import planned_units
from emogeo.analysis.records.published import decomposition
from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.evidence import Evidence, model_of
from emogeo.analysis.tables.study import study_model
from emogeo.analysis.tables.verdicts import (
    CONTRADICTED,
    REPRODUCED,
    UNKNOWN,
    Figure,
    Judged,
    Verdict,
    below,
    here_of,
    of_study,
    untestable,
)
from emogeo.config.precision import Quantization
from emogeo.geometry.halves import MIN_STAR
from emogeo.geometry.inference import Estimate
from emogeo.installation import command

_APART, _UNCHANGED = 0.5, 0.9
"""The bounds on rho* of method and sub-parameters, and of precision."""
_STUDY = "+study=decomposition size=published"
_LOOSE = "recipe=jeong_loose generation.replicates=24 layer_selection=min_mean_cosine"
"""The loose recipe over enough texts for a rho*, which the study of decomposition lacks."""
Wanted = Callable[[Factor], bool]


def method(evidence: Evidence) -> Judged:
    """Judges that comprehension and generation are different geometries."""

    def here(factor: Factor) -> bool:
        return factor.kind is EffectKind.method and not factor.as_published and not factor.quantized

    def study(factor: Factor) -> bool:
        return here(factor) and factor.writing in {Writing.loose, Writing.matched}

    absent = _untestable("no comparable runs over passages and own texts", _STUDY)
    return _apart(evidence, here, study, _APART, absent)


def sub_parameters(evidence: Evidence) -> Judged:
    """Judges that different ways of writing texts give different geometries."""

    def here(factor: Factor) -> bool:
        return factor.contrast in {Contrast.all_writing, Contrast.all_at_once} and not factor.as_published

    def study(factor: Factor) -> bool:
        return factor.contrast is Contrast.all_at_once and factor.as_published

    absent = _untestable("no runs over texts of the loose and of the matched recipe, as published", _STUDY, _LOOSE)
    return _apart(evidence, here, study, _APART, absent)


def precision(evidence: Evidence) -> Judged:
    """Judges that INT8 changes the geometry."""

    def regenerated(factor: Factor) -> bool:
        return factor.contrast is Contrast.regenerated and _int8(factor)

    def here(factor: Factor) -> bool:
        return regenerated(factor) and not factor.as_published

    def study(factor: Factor) -> bool:
        return regenerated(factor) and factor.as_published

    absent = _untestable("no own texts at INT8 and unquantized, as published", _STUDY)
    return _apart(evidence, here, study, _UNCHANGED, absent)


def _int8(factor: Factor) -> bool:
    return any(precision.quantization is Quantization.int8 for precision in factor.precisions)


def _apart(evidence: Evidence, here: Wanted, study: Wanted, bound: float, absent: Verdict) -> Judged:
    """Judges that effects of a kind lie below a bound."""
    own, rule = _subjects(evidence), partial(below, bound=bound)
    published = [effect for effect in own if study(effect.factor) and _of_study(effect)]
    found = of_study(_figures(published), rule, absent, tuple(decomposition()))
    measured = [effect for effect in own if here(effect.factor)]
    return Judged(found, here_of(_figures(measured), rule, universal=True))


def _subjects(evidence: Evidence) -> list[Effect]:
    """Leaves out untrained twins, and texts that were read without the prompt that asked for them."""
    return [effect for effect in evidence.effects if not (effect.pair.a.untrained or effect.factor.contexts)]


def _of_study(effect: Effect) -> bool:
    """Whether an effect is of a model of the study's decomposition, with enough units for a rho*."""
    pair = effect.pair
    units = min(planned_units(pair.a), planned_units(pair.b))
    return study_model(pair.a) in decomposition() and study_model(pair.b) is not None and units >= MIN_STAR


def _untestable(what: str, *designs: str) -> Verdict:
    commands = [f"{command('train')} -m {design} model={','.join(decomposition())}" for design in designs]
    return untestable(f"{what}, of the study's two models over {MIN_STAR} units or more", "; ".join(commands))


def _figures(effects: Sequence[Effect]) -> list[Figure]:
    return [_figure(effect, effect.rho_star) for effect in effects]


def _figure(effect: Effect, estimate: Estimate | None) -> Figure:
    value, low, high = (np.nan,) * 3 if estimate is None else (estimate.value, estimate.low, estimate.high)
    name, units = f"{effect.model}, {effect.factor.label}", effect.figures.get("n_units") or 2
    return Figure(name, value, low, high, n_units=int(units), models=(model_of(effect.pair.a),))


def bias(evidence: Evidence) -> Judged:
    """Judges that comparisons across experiments have biases of opposite signs in two models."""
    across = [effect for effect in _subjects(evidence) if effect.kind is EffectKind.cross_experiment]
    given = [effect for effect in across if effect.bias is not None and not np.isnan(effect.bias.low)]
    published = [effect for effect in given if _as_published(effect.factor) and _of_study(effect)]
    absent = _untestable("no two biases with their intervals, of the sets as published", _STUDY)
    like, own = _alike(given), _alike(published)
    study = of_study(_all(own), lambda _: _signs(own), absent, tuple(decomposition()))
    found = here_of(_all(like), lambda _: _signs(like), universal=False)
    alone = f"{len({effect.model for effect in given})} models with a bias, no two of them of one comparison"
    return Judged(study, replace(found, note=alone) if given and not like else found)


def _as_published(factor: Factor) -> bool:
    return factor.as_published and factor.writing is Writing.matched and _int8(factor)


def _alike(effects: Sequence[Effect]) -> list[list[Figure]]:
    """Groups biases of one and the same comparison, the first of each model, where two models have it."""
    groups: dict[object, dict[str, Figure]] = defaultdict(dict)
    for effect in effects:
        groups[effect.pair.compared].setdefault(effect.model, _figure(effect, effect.bias))
    return [list(own.values()) for own in groups.values() if len(own) > 1]


def _all(groups: Sequence[Sequence[Figure]]) -> list[Figure]:
    return [figure for group in groups for figure in group]


def _signs(groups: Sequence[Sequence[Figure]]) -> Verdict:
    """Judges each comparison by itself; all must agree."""
    verdicts = {_opposite(group) for group in groups}
    note = "; ".join(f"{f.name} {f.value:+.2f} [{f.low:+.2f}, {f.high:+.2f}]" for f in _all(groups))
    decided = max(groups[0], key=lambda figure: abs(figure.value))
    return Verdict(verdicts.pop() if len(verdicts) == 1 else UNKNOWN, note, decided)


def _opposite(like: Sequence[Figure]) -> str:
    """Judges biases of one comparison in several models."""
    above, below = [figure.low > 0 for figure in like], [figure.high < 0 for figure in like]
    if any(above) and any(below):
        return REPRODUCED
    return CONTRADICTED if all(above) or all(below) else UNKNOWN
