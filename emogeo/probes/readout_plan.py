"""A readout's plan: the run whose vectors are applied, the texts, and the key, settled before torch is imported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from emogeo.config.mode import Mode, ModeConfig
from emogeo.config.model import Init
from emogeo.config.probes import ReadoutConfig
from emogeo.config.states import PoolingConfig
from emogeo.config.texts import PromptTemplateConfig
from emogeo.config.train import TrainConfig
from emogeo.errors import StoreError
from emogeo.extraction.passes import PassModel, contents
from emogeo.extraction.plan import RunPlan, described, plan_run
from emogeo.geometry.options import Centring, Selection
from emogeo.models.chat import chat_of
from emogeo.models.precision import Precision, precision_of, resolve_device, resolve_token_budget, settled
from emogeo.models.session import Session, session_of
from emogeo.models.tokenizer import control_tokens_of
from emogeo.models.weights.resolve import Weights, resolve_weights
from emogeo.record.reading import read_record
from emogeo.record.types import AnyRecord, GeometryRecord
from emogeo.stimuli.any_texts import AnyTexts, any_texts_from
from emogeo.stimuli.corpus import NO_TOPIC
from emogeo.stimuli.templates import SLOT, Text, render
from emogeo.store.keys import Json, key_of
from emogeo.store.store import RUNS, Store

_PLAIN = "the texts alone"
"""The template of a source that has read what a model wrote."""


@dataclass(frozen=True)
class ReadoutPlan:
    """A readout with everything resolved."""

    config: TrainConfig
    model: PassModel
    device: str
    vectors: str
    """The key of the run whose vectors are applied."""
    extraction: RunPlan | None
    """That run, where it is this very configuration in mode=comprehension; None for one that is named."""
    template: str
    pooling: PoolingConfig
    read: AnyTexts
    texts: tuple[Text, ...]
    """The texts as the model reads them: in the template of the run whose vectors are applied."""
    meaning: Json
    key: str

    @property
    def weights(self) -> Weights:
        return self.model.weights

    @property
    def precision(self) -> Precision:
        return self.model.precision

    @property
    def session(self) -> Session:
        """The loaded model that reads."""
        return session_of(self.config, self.weights, self.precision, self.device)

    @property
    def title(self) -> str:
        """A name people can read."""
        return f"{self.weights.title} {self.precision.label} readout {self.read.name} {self.vectors[:12]}"


def plan_readout(config: TrainConfig) -> ReadoutPlan:
    """Resolves the run whose vectors are applied, the model, the texts and the key.

    Raises:
        EmogeoError: anything that would make the run fail later.
    """
    return _of_own_texts(config) if config.mode.source is None else _of_named_run(config, config.mode.source)


def _of_own_texts(config: TrainConfig) -> ReadoutPlan:
    """Plans a readout of the texts that the configuration reads in mode=comprehension, with the vectors of that run."""
    _refuse_unprojectable("mode=readout", config)
    own = plan_run(replace(config, mode=ModeConfig(name=Mode.comprehension)))
    texts = own.labelled
    topics = tuple(None if topic == NO_TOPIC else topic for topic in texts.topics)
    read = AnyTexts(own.source.name, texts.texts, texts.emotions, topics, own.source.notes)
    template, config = own.config.prompt_template.name, replace(own.config, mode=config.mode, seed=config.seed)
    return _plan(config, own.model, own.device, own.key, own, template, config.pooling, read, own.passages.texts)


def _of_named_run(config: TrainConfig, source: str) -> ReadoutPlan:
    """Plans a readout of any texts, with the vectors of a run that is named."""
    key, record = _source(Store(config.store.path), source)
    read = any_texts_from(config.stimuli)
    device = resolve_device(config.runtime.device)
    weights = resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser(), config.runtime.progress)
    _refuse_other_model(source, record, weights)
    if config.model.weights is not None:
        config = replace(config, model=described(config.model, weights))
    precision = precision_of(config.precision, device, weights)
    config = replace(config, precision=settled(config.precision, precision))
    budget = resolve_token_budget(config.runtime.token_budget, device)
    model = PassModel(weights, precision, weights.n_layers, budget, config.reread)
    name, texts = _rendered(record, read, weights)
    return _plan(config, model, device, key, None, name, record.config.pooling, read, texts)


def _rendered(record: GeometryRecord, read: AnyTexts, weights: Weights) -> tuple[str, tuple[Text, ...]]:
    """Puts texts into the template in which the source has read its passages; what a model wrote is read alone."""
    template: PromptTemplateConfig = record.config.prompt_template
    control = control_tokens_of(weights.folder, weights.name)
    if record.mode is not Mode.comprehension:
        return _PLAIN, tuple(render(read.texts, SLOT, None, control))
    chat = chat_of(weights.folder, weights.name, template.thinking) if template.chat else None
    return template.name, tuple(render(read.texts, template.text, chat, control))


def _plan(
    config: TrainConfig,
    model: PassModel,
    device: str,
    vectors: str,
    extraction: RunPlan | None,
    template: str,
    pooling: PoolingConfig,
    read: AnyTexts,
    texts: tuple[Text, ...],
) -> ReadoutPlan:
    asked = config.readout
    meaning = {
        "mode": Mode.readout.value,
        "vectors": vectors,
        "reader": model.meaning,
        **contents(texts),
        "labels": list(read.labels),
        "topics": list(read.topics),
        "directions": asked.directions.value,
        "draws": asked.draws,
        "tokens": _kept(asked.tokens, len(texts)),
        "seed": config.seed,
    }
    return ReadoutPlan(
        config, model, device, vectors, extraction, template, pooling, read, texts, meaning, key_of(meaning)
    )


def _kept(asked: int | None, n_texts: int) -> int | None:
    """Gives of how many texts tokens are kept: where it is all of them, the same number whatever was asked for."""
    usual = ReadoutConfig().tokens
    whole = asked is None or asked >= n_texts
    return asked if not whole else usual if usual is not None and usual >= n_texts else None


def _source(store: Store, source: str) -> tuple[str, GeometryRecord]:
    """Finds the finished run with vectors whose key begins with these digits.

    Raises:
        StoreError: no such run or several, or one without vectors at one block.
    """
    found = [key for key in store.keys(RUNS) if key.startswith(source)]
    where = f"mode.source={source}"
    if len(found) != 1:
        raise StoreError(f"{where}: {len(found)} runs of {store.path} begin so; give one run's key.")
    record: AnyRecord = read_record(store, found[0])
    if not isinstance(record, GeometryRecord):
        raise StoreError(f"{where}: a run of mode={record.mode.value} without states that vectors were made of.")
    if record.result is None:
        raise StoreError(f"{where}: that run was refused and has no vectors ({record.reason}).")
    _refuse_unprojectable(where, record.config)
    return found[0], record


def _refuse_unprojectable(where: str, config: TrainConfig) -> None:
    """Refuses vectors that lie in no block, or of which it is not known from where they point.

    Raises:
        StoreError: says what to type.
    """
    if config.layer_selection.name is Selection.all:
        raise StoreError(
            f"{where}: layer_selection=all lays every block side by side, and a text is projected at one block. Type "
            "layer_selection=reliability, say, or name a run with a selected block."
        )
    if config.centring is Centring.topic_mean:
        raise StoreError(
            f"{where}: centring=topic_mean keeps states without their topics' means, so what to subtract from other "
            "texts is not known. Type centring=grand_mean, or name such a run: where every topic has every condition, "
            "its vectors are the same."
        )


def _refuse_other_model(source: str, record: GeometryRecord, weights: Weights) -> None:
    """Refuses vectors of other weights; those of mode=imported are checked by their width alone, when they are read."""
    if record.mode is Mode.imported:
        return
    model = record.model
    same = model.revision == weights.revision and model.init is weights.init
    seeded = weights.init is Init.trained or model.init_seed == weights.init_seed
    if not (same and seeded):
        raise StoreError(f"mode.source={source}: vectors of {model.title}, but the model is {weights.title}.")
