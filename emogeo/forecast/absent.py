"""What a run of a model would do whose weights are not here: its texts are known, their tokens are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from emogeo.config.mode import Mode
from emogeo.config.model import ModelConfig, Source, title_of
from emogeo.config.states import PoolingConfig, Position
from emogeo.config.train import TrainConfig
from emogeo.extraction.passes import written_at_once
from emogeo.extraction.sources import requests_of
from emogeo.forecast.network import guessed
from emogeo.forecast.tokens import count_tokens
from emogeo.forecast.work import Absent, Model, Planned, Reads, Writes
from emogeo.geometry.layers import blocks_up_to
from emogeo.models.precision import resolve_device, resolve_precision, resolve_token_budget
from emogeo.models.weights.hub import called
from emogeo.stimuli.corpus import corpus_from, load_facts
from emogeo.stimuli.templates import SLOT, Text, render
from emogeo.store.keys import key_of

HUB, INDEX, MADE = "fetched from the hub", "fetched from the package index", "made of other files"
"""What is done once to have weights here."""
USUAL_B = 1.0
"""Billions of parameters of a model that nobody describes."""
_IN_NAME = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)([bm])(?![a-z0-9])")
"""How names of models say how large they are: 70B, 0.5B, 135M."""


def planned_absent(config: TrainConfig) -> Planned:
    """Says roughly what a run would do; nothing is known of what is finished, since keys come of the weights."""
    device = resolve_device(config.runtime.device)
    own = config.model
    name, billions = _name(own), _billions(own)
    model = Model(
        name,
        title_of(name, own.init, own.init_seed),
        resolve_precision(config.precision, device),
        device,
        guessed(1e9 * (billions or USUAL_B)),
        here=False,
        trained=own.init.value == "trained",
    )
    reads, writes = _work(config, model)
    n_texts = reads[0].texts if reads else 0
    n_vectors = n_texts * 2 + len(corpus_from(config.stimuli).conditions) * model.network.n_layers
    title = f"{model.title} {model.precision.label} {config.mode.name.value}"
    size = 4.0 * model.network.d_model * n_vectors
    return Planned(title, name, None, reads, writes, size, absent=Absent(model, _from(own), billions is not None))


def _name(own: ModelConfig) -> str:
    name = own.name
    if own.weights is not None:
        repository, _, revision = own.weights.partition("@")
        name = called(repository, revision) if "/" in repository else repository
    return name if own.adapter is None else f"{name}+{own.adapter.rpartition('/')[2]}"


def _billions(own: ModelConfig) -> float | None:
    """Gives billions of parameters: those of the option, or of other weights what their name says."""
    if own.weights is None:
        return own.params_b
    found = _IN_NAME.search(own.weights.rpartition("/")[2].lower())
    return None if found is None else float(found[1]) / (1 if found[2] == "b" else 1000)


def _from(own: ModelConfig) -> str:
    if own.adapter is not None:
        return MADE
    return INDEX if own.weights is None and own.source is Source.index else HUB


def _work(config: TrainConfig, model: Model) -> tuple[tuple[Reads, ...], tuple[Writes, ...]]:
    """Gives the passes and the texts to write; of behaviour, and of texts of other runs, nothing is said."""
    mode = config.mode.name
    if mode is Mode.behaviour or config.mode.source:
        return (), ()
    facts = _reads(config, model, render(load_facts(), SLOT, None), PoolingConfig())
    corpus = corpus_from(config.stimuli)
    if mode not in (Mode.generation, Mode.replay):
        texts = render(corpus.texts, config.prompt_template.text, None)
        return (_reads(config, model, texts, config.pooling), facts), ()
    asks = [Text(request.prompt, special_tokens=True) for request in requests_of(config, corpus)]
    n, before = len(asks), count_tokens(asks, None)
    asked, named = config.generation, {"asks": [own.content for own in asks], "seed": config.seed}
    asked_at = config.precision if config.mode.writer is None else config.mode.writer
    writer = replace(model, precision=resolve_precision(asked_at, model.device))
    key = key_of({**named, "load": writer.load, "max": asked.max_new_tokens, "repetition": asked.repetition})
    new, at_once = n * asked.max_new_tokens, written_at_once(asked.batch_size, model.device)
    reads = _reads(config, model, asks, config.pooling)
    return (replace(reads, tokens=before + new), facts), (Writes(writer, key, n, before, new, at_once),)


def _reads(config: TrainConfig, model: Model, texts: Sequence[Text], pooling: PoolingConfig) -> Reads:
    """Gives a pass under keys that tell passes apart as their own keys will."""
    n_blocks = blocks_up_to(config.max_depth or 1.0, model.network.n_layers)
    named = {
        "load": model.load,
        "texts": [text.content for text in texts],
        "reread": config.reread,
        "blocks": n_blocks,
        "context": config.generation.context.value,
    }
    keys = [
        key_of({**named, "at": position.value, "skip": skip})
        for position, skip in dict.fromkeys([(pooling.position, pooling.skip), *((own, 0) for own in Position)])
    ]
    budget = resolve_token_budget(config.runtime.token_budget, model.device)
    return Reads(model, keys[0], tuple(keys[1:]), len(texts), count_tokens(texts, None), n_blocks, budget)
