"""What a file says of the run that it is from."""

from __future__ import annotations

from emogeo.config.states import DenoisingMethod
from emogeo.config.train import TrainConfig
from emogeo.geometry.options import Norm
from emogeo.record.run import Run
from emogeo.runs.heading import version_of

RESIDUAL, UNIT = "residual stream", "unit length"
"""The units of vectors and states."""


def metadata_of(run: Run) -> dict[str, str]:
    """Says which weights a run is of, how its states became vectors, and which block it has selected."""
    record, model, config = run.record, run.record.model, run.config
    return {
        "emogeo": version_of("emogeo") or "not installed",
        "run": run.key,
        "title": record.title,
        "model": run.model,
        "family": model.family,
        "variant": model.variant,
        "weights": model.id,
        "revision": model.revision,
        "n_layers": str(model.n_layers),
        "precision": record.precision,
        "mode": record.mode.value,
        "stimuli": record.stimuli,
        "prompt_template": record.prompt_template,
        "pooling": _pooling(config),
        "centring": config.centring.value,
        "denoising": _denoising(config),
        "norm": config.norm.value,
        "layer_selection": _selection(config),
        "selected_block": "all" if run.layer is None else str(run.layer),
        "units": UNIT if config.norm is Norm.unit else RESIDUAL,
    }


def _pooling(config: TrainConfig) -> str:
    pooling = config.pooling
    return f"{pooling.position.value}, without the first {pooling.skip}" if pooling.skip else pooling.position.value


def _denoising(config: TrainConfig) -> str:
    own = config.denoising
    how = f" {own.share} of {own.texts.value}" if own.method is DenoisingMethod.neutral_pcs else ""
    return f"{own.method.value}{how}"


def _selection(config: TrainConfig) -> str:
    rule = config.layer_selection
    named = rule.index if rule.index is not None else rule.depth
    return rule.name.value if named is None else f"{rule.name.value} {named}"
