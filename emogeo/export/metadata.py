"""What a file says of the run that it is from."""

from __future__ import annotations

from typing import TypeAlias

from emogeo.config.states import DenoisingMethod
from emogeo.config.train import TrainConfig
from emogeo.geometry.options import Norm
from emogeo.record.run import BareRun, Run
from emogeo.runs.heading import version_of

Measured: TypeAlias = Run | BareRun
"""A run that has a geometry: of texts, or imported without them."""
RESIDUAL, UNIT = "residual stream", "unit length"
"""The units of vectors and states."""


def metadata_of(run: Measured) -> dict[str, str]:
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
        **({} if run.n_layers is None else {"n_layers": str(run.n_layers)}),
        "precision": record.precision,
        "mode": record.mode.value,
        **_of_texts(run),
        "centring": config.centring.value,
        "norm": config.norm.value,
        "layer_selection": _selection(config),
        "selected_block": "all" if run.layer is None else str(run.layer),
        "units": UNIT if config.norm is Norm.unit else RESIDUAL,
    }


def _of_texts(run: Measured) -> dict[str, str]:
    """How texts became states, which emogeo knows of those that it has read itself."""
    if run.record.imported is not None:
        return {"imported": run.record.imported.name}
    return {
        "stimuli": run.record.stimuli,
        "prompt_template": run.record.prompt_template,
        "pooling": _pooling(run.config),
        "denoising": _denoising(run.config),
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
