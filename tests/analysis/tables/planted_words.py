"""Runs whose states follow a planted emotion and the words that were read."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.geometry.controls import bag_of_words
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.record.files import RDM, TEXTS, VECTORS
from emogeo.record.run import Run
from emogeo.record.types import GeometryRecord, GeometryResult
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import Corpus
from emogeo.store.tensors import pack
from tests.planted import D_TEXT, codes
from tests.planted_records import geometry_record, model_card, usual_config


def planted_run(
    corpus: Corpus,
    name: str,
    seed: int,
    emotion: float = 1.0,
    centring: str = "grand_mean",
    projection: int = 0,
    embedded: float = 0.0,
) -> PreparedRun:
    """States of a planted emotion and of the bag of words, with noise; embeddings of the latter alone.

    Args:
        projection: the seed of the random projection of words, which is that of a network's weights.
        embedded: how much of the emotion embeddings have, too.
    """
    generator = np.random.default_rng(seed)
    words = bag_of_words(corpus.texts)
    words = words @ np.random.default_rng(projection).normal(size=(words.shape[1], D_TEXT)) / 5
    code = codes(1.0)[0][[CONDITIONS.index(e) for e in corpus.emotions]]
    units = [f"{topic}:digest" for topic in corpus.topics]
    config = usual_config(f"centring={centring}")
    record = geometry_record(config, corpus.emotions, units, key=name * 8, model=model_card(name), precision="fp32")
    arrays = {
        "passages": (emotion * code + words + 0.3 * generator.normal(size=words.shape)).astype(np.float32),
        "embeddings": (embedded * code + words + 0.1 * generator.normal(size=words.shape)).astype(np.float32),
    }
    by_block = np.stack([_vectors(arrays["passages"], corpus, block, generator) for block in record_blocks(record)], 1)
    arrays["vectors"] = by_block.astype(np.float32)
    rdms = np.stack([upper(cosine_rdm(own, CONDITIONS)) for own in by_block.transpose(1, 0, 2)])
    texts = "\n".join(json.dumps({"topic": p.topic, "text": p.text}) for p in corpus.passages).encode()
    return PreparedRun(Run(record, {VECTORS: pack(arrays), TEXTS: texts, RDM: pack({"rdm_by_layer": rdms})}), name, 0)


def record_blocks(record: GeometryRecord) -> list[int]:
    """Lists the blocks of a record."""
    assert isinstance(record.result, GeometryResult)
    return list(record.result.layer.layers)


def _vectors(
    passages: NDArray[np.float32], corpus: Corpus, block: int, generator: np.random.Generator
) -> NDArray[np.float64]:
    """Means of conditions, with the more noise, the earlier the block: [condition, feature]."""
    means = np.stack([passages[[own == name for own in corpus.emotions]].mean(axis=0) for name in CONDITIONS])
    return np.asarray(means - means.mean(axis=0) + generator.normal(size=means.shape) / (1 + block))
