"""What a cell will do and what it is called, settled before torch is imported."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from emogeo.config.schema import Centring, DenoisingMethod, ModelConfig, PoolingConfig, TrainConfig
from emogeo.geometry.layers import blocks_up_to, check_units, resolve_layer
from emogeo.geometry.units import distinct_units
from emogeo.models.chat import chat_renderer
from emogeo.models.precision import Precision, resolve_device, resolve_precision, resolve_token_budget
from emogeo.models.weights import Weights, resolve_weights
from emogeo.stimuli.corpus import Corpus, load_corpus, load_facts
from emogeo.stimuli.templates import Text, render
from emogeo.tracking.keys import key_of


@dataclass(frozen=True)
class Reading:
    """Texts to be read once by one model: the content of one activations record."""

    name: str
    texts: tuple[Text, ...]
    pooling: PoolingConfig
    key: str


@dataclass(frozen=True)
class Cell:
    """A configuration with everything resolved."""

    config: TrainConfig
    weights: Weights
    precision: Precision
    device: str
    token_budget: int
    corpus: Corpus
    units: tuple[str, ...]
    n_blocks: int
    """Blocks that are run."""
    named_layer: int | None
    """The block that the layer selection names by index or depth."""
    passages: Reading
    facts: Reading
    neutral: Reading | None
    """Neutral texts in the cell's own template and pooling, for denoising."""
    meaning: dict[str, Any]
    key: str
    twin: str | None
    """Of a reread, the key of the same cell read as usual."""

    @property
    def title(self) -> str:
        """A name people can read."""
        c = self.config
        return (
            f"{self.weights.name} {self.precision.label} {c.mode.name.value} {c.prompt_template.name} "
            f"{c.layer_selection.name.value}{' (reread)' if c.reread else ''}"
        )

    @property
    def unit_digests(self) -> list[str]:
        """For each passage, its unit with a digest of that unit's passages: equal where runs share text."""
        texts: dict[str, list[str]] = {}
        for unit, passage in zip(self.units, self.corpus.passages, strict=True):
            texts.setdefault(unit, []).append(f"{passage.emotion}\t{passage.text}")
        names = {unit: f"{unit}:{key_of({'texts': sorted(own)})[:12]}" for unit, own in texts.items()}
        return [names[unit] for unit in self.units]


def plan_cell(config: TrainConfig) -> Cell:
    """Resolves weights, precision, texts, layer and keys.

    Raises:
        EmogeoError: anything that would make the cell fail later.
    """
    corpus, facts = load_corpus(config.stimuli.path, config.stimuli.topics), load_facts()
    units = _units(config, corpus)
    check_units(config.layer_selection, len(set(units)))
    device = resolve_device(config.runtime.device)
    precision = resolve_precision(config.precision, device)
    budget = resolve_token_budget(config.runtime.token_budget, device)
    cache = Path(config.runtime.weights_cache).expanduser()
    weights = resolve_weights(config.model, cache, config.runtime.progress)
    if config.model.weights is not None:
        config = replace(config, model=_labelled(config.model, weights))
    n_blocks = blocks_up_to(config.max_depth or 1.0, weights.n_layers)
    named_layer = resolve_layer(config.layer_selection, weights.n_layers, n_blocks)

    template = config.prompt_template
    chat = chat_renderer(weights.folder, weights.name) if template.chat else None
    reader = {**_reader(weights, precision, n_blocks, budget), "reread": config.reread}

    def reading(name: str, texts: list[Text], pooling: PoolingConfig) -> Reading:
        content = [[t.content, t.special_tokens] for t in texts]
        key = key_of(
            {**reader, "texts": content, "pooling": {"position": pooling.position.value, "skip": pooling.skip}}
        )
        return Reading(name, tuple(texts), pooling, key)

    passages = reading("passages", render(corpus.texts, template.text, chat), config.pooling)
    raw_facts = reading("facts", render(facts, "{passage}", None), PoolingConfig())
    neutral = None
    if config.denoising.method is DenoisingMethod.neutral_pcs:
        neutral = reading("neutral texts", render(facts, template.text, chat), config.pooling)
    meaning = _meaning(config, corpus, units, passages, raw_facts, neutral)
    return Cell(
        config=config,
        weights=weights,
        precision=precision,
        device=device,
        token_budget=budget,
        corpus=corpus,
        units=units,
        n_blocks=n_blocks,
        named_layer=named_layer,
        passages=passages,
        facts=raw_facts,
        neutral=neutral,
        meaning=meaning,
        key=key_of(meaning),
        twin=plan_cell(replace(config, reread=False)).key if config.reread else None,
    )


def _units(config: TrainConfig, corpus: Corpus) -> tuple[str, ...]:
    """The unit of each passage; texts that share a topic's mean are no independent observations."""
    units = corpus.units(config.seed)
    if config.centring is Centring.topic_mean:
        corpus.check_topic_means()
        units = distinct_units(corpus.topics, units)
    return tuple(units)


def _labelled(model: ModelConfig, weights: Weights) -> ModelConfig:
    """The option's labels give way to those of the weights that were given instead."""
    return replace(
        model,
        name=weights.name,
        family=weights.family,
        variant=weights.variant,
        params_b=weights.params_b,
        source=weights.source,
        id=weights.id,
        revision=weights.revision,
        sha256=None,
        license=None,
        wheels=None,
    )


def _reader(weights: Weights, precision: Precision, n_blocks: int, token_budget: int) -> dict[str, Any]:
    """What makes a forward pass what it is; the token budget only where batch companions change states."""
    return {
        "weights": weights.identity,
        "precision": {
            "dtype": precision.dtype.value,
            "quantization": precision.quantization.value,
            "threshold": precision.threshold,
        },
        "token_budget": token_budget if precision.depends_on_companions else None,
        "n_blocks": n_blocks,
    }


def _meaning(
    config: TrainConfig,
    corpus: Corpus,
    units: tuple[str, ...],
    passages: Reading,
    facts: Reading,
    neutral: Reading | None,
) -> dict[str, Any]:
    selection = config.layer_selection
    return {
        "mode": config.mode.name.value,
        "passages": passages.key,
        "facts": facts.key,
        "emotions": corpus.emotions,
        "units": list(units),
        "topics": corpus.topics if config.centring is Centring.topic_mean else None,
        "centring": config.centring.value,
        "denoising": None if neutral is None else {"neutral": neutral.key, "share": config.denoising.share},
        "norm": config.norm.value,
        "layer_selection": {**asdict(selection), "name": selection.name.value},
        "nonfinite": config.nonfinite.value,
        "seed": config.seed,
    }
