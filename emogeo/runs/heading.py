"""The fields that the records of all kinds of runs have: name, key, weights, and where they were computed."""

from __future__ import annotations

import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from emogeo.config.train import TrainConfig
from emogeo.models.precision import Precision
from emogeo.models.weights.resolve import Weights
from emogeo.record.origin import ModelCard, Provenance
from emogeo.store.keys import Json

_LIBRARIES = ("emogeo", "torch", "transformers", "tokenizers", "bitsandbytes", "accelerate", "numpy", "scipy")


def heading(key: str, title: str, config: TrainConfig, weights: Weights, precision: Precision, meaning: Json) -> Json:
    """Gives the fields of `emogeo.record.types.Heading`."""
    return {
        "key": key,
        "title": title,
        "model": card_of(weights),
        "precision": precision.label,
        "recipe": config.recipe,
        "mode": config.mode.name,
        "config": config,
        "meaning": meaning,
    }


def card_of(weights: Weights) -> ModelCard:
    """Describes weights for a record."""
    return ModelCard(
        name=weights.name,
        family=weights.family,
        variant=weights.variant,
        params_b=weights.params_b,
        source=weights.source,
        id=weights.id,
        revision=weights.revision,
        n_layers=weights.n_layers,
        init=weights.init,
        init_seed=weights.init_seed,
        adapter_of=weights.adapter_of,
    )


def surroundings(device: str) -> Provenance:
    """Describes this machine, its libraries and the time, for a record."""
    return Provenance(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        python=sys.version.split()[0],
        platform=platform.platform(),
        libraries=libraries(),
        device=device,
    )


def libraries() -> dict[str, str | None]:
    """Gives the versions of the libraries that make numbers, by name."""
    return {name: version_of(name) for name in _LIBRARIES}


def version_of(library: str) -> str | None:
    """Gives the version of a library; None for one that is not installed."""
    try:
        return version(library)
    except PackageNotFoundError:
        return None
