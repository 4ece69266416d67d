"""Compares the signs of biases across models, and lists what the runs of a store cannot answer yet."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from emogeo.analysis.comparing.factor import Contrast, EffectKind
from emogeo.analysis.comparing.levels import SUB_PARAMETERS
from emogeo.analysis.tables.effects import Effect
from emogeo.config.train import TrainConfig
from emogeo.config.typed import in_store, option_of, override, typed
from emogeo.geometry.inference import Estimate
from emogeo.installation import command
from emogeo.record.run import Run

_PRECISIONS = (Contrast.comprehension, Contrast.replay, Contrast.regenerated, Contrast.null)
"""Contrasts of the decomposition that are effects of precision, or needed beside them."""


def opposite_signs(effects: Sequence[Effect]) -> list[str]:
    """Says for every two models, and each cross-experiment comparison of both, whether biases have opposite signs."""
    given = [(effect, effect.bias) for effect in effects if effect.kind is EffectKind.cross_experiment]
    said = []
    for compared in dict.fromkeys(effect.pair.compared for effect, bias in given if bias is not None):
        own = [(effect.model, bias) for effect, bias in given if effect.pair.compared == compared and bias is not None]
        for (model, bias), (other, its) in combinations(own, 2):
            if model != other:
                said.append(f"cross-experiment bias ({compared[0].label}), {model} and {other}: {_signs(bias, its)}")
    return said


def _signs(*biases: Estimate) -> str:
    figures = " and ".join(f"{bias.value:+.2f} [{bias.low:+.2f}, {bias.high:+.2f}]" for bias in biases)
    first, second = ((bias.low > 0) - (bias.high < 0) for bias in biases)
    if first * second < 0:
        return f"{figures}, opposite signs beyond their intervals"
    if first * second > 0:
        return f"{figures}, the same sign beyond their intervals"
    return f"{figures}, signs not identifiable (an interval holds 0)"


def missing(runs: Sequence[Run], effects: Sequence[Effect], store: str) -> list[tuple[str, list[str]]]:
    """Lists what the runs cannot answer, each with the words of the command that adds the missing ones.

    Args:
        store: where the runs are, and where new ones have to go.
    """
    lines: dict[tuple[str, ...], list[str]] = {}
    sizes = {run.config.size.name for run in runs if run.config.size is not None}
    words = [f"size={size}" for size in sorted(sizes)[:1] if len(sizes) == 1 and size != "small"]
    words += in_store(store)
    for run in {run.weights: run for run in runs if not run.untrained}.values():
        base = ["prompt_template.chat=false"] if run.record.model.variant == "base" else []
        base += _own_texts(run.config)
        model = run.config.model
        base += [] if model.adapter is None else [override("model.adapter", model.adapter)]
        option = ("model", option_of("model", run.model if model.adapter is None else model.name))
        named = option if model.weights is None else ("model.weights", f"'{model.weights}'")
        for study, absent in _absent([effect for effect in effects if effect.model == run.model]).items():
            key = (study, ", ".join(absent), named[0], *base, *words)
            lines.setdefault(key, []).append(named[1])
    return [
        (absent, [*command("train").split(), "-m", f"+study={study}", f"{field}={','.join(values)}", *rest])
        for (study, absent, field, *rest), values in lines.items()
    ]


def _own_texts(config: TrainConfig) -> list[str]:
    """Gives the words that read the user's own texts, with which studies are run that read the package's otherwise."""
    if config.stimuli.path is None:
        return []
    words = typed(config, ["stimuli"])
    return [word for word in words if not word.startswith("stimuli.topics=")]


def _absent(own: Sequence[Effect]) -> dict[str, list[str]]:
    """Lists, by study, what one model's effects lack."""
    kinds, contrasts = {effect.kind for effect in own}, {effect.factor.contrast for effect in own}
    singles = {effect.factor.parameter for effect in own if not effect.factor.of_comprehension}
    first = [kind.value for kind in EffectKind if kind not in {*kinds, EffectKind.text}]
    if EffectKind.precision in kinds:
        first += [f"precision {contrast.value}" for contrast in _PRECISIONS if contrast not in contrasts]
    second = [name.value for name in SUB_PARAMETERS if name not in singles] if EffectKind.sub_parameter in kinds else []
    return {study: absent for study, absent in (("decomposition", first), ("sub_parameters", second)) if absent}
