"""Runs with any labels for conditions: planted states, and texts of made-up words, as a store has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array
from emogeo.geometry.rdm import cosine_rdm, rdm_std, upper
from emogeo.record.files import RDM, TEXTS, VECTORS
from emogeo.record.run import Run
from emogeo.record.types import GeometryRecord
from emogeo.store.keys import json_lines
from emogeo.store.store import Store
from emogeo.store.tensors import pack
from tests.planted_records import Files, geometry_record, model_card, named, usual_config, write

TRAITS = ("brave", "curious", "honest", "lazy", "polite", "stubborn")
CHINESE = ("勇敢", "好奇", "懒惰", "礼貌", "诚实", "高兴")
LONG = tuple(f"a very long label of a condition, no. {number:03d}" for number in range(171))
LITERAL = ("$\\alpha$", "_low_", "a$b", "{x}^2", "\\frac{1}{2}", "plain")
_SYLLABLES = (
    "ba",
    "de",
    "fi",
    "go",
    "ku",
    "la",
    "me",
    "ni",
    "po",
    "ru",
    "sa",
    "te",
    "vi",
    "zo",
    "bu",
    "da",
    "fe",
    "gi",
    "ko",
    "lu",
)
MANY = tuple(f"feeling{number:03d}" for number in range(171))


@dataclass(frozen=True)
class Shape:
    """How large a planted run is."""

    units: int = 8
    texts: int = 1
    """Texts of each condition in each unit."""
    width: int = 32
    words: int = 12
    """Words of a text."""


def conditions_run(
    conditions: Sequence[str], name: str = "planted", seed: int = 0, shape: Shape = Shape(), signal: float = 0.3
) -> Run:
    """A finished run over some conditions. Runs of different seeds have read the same texts, and share a geometry."""
    record, files = conditions_record(conditions, name, seed, shape, signal)
    return Run(record, files)


def conditions_record(
    conditions: Sequence[str], name: str, seed: int, shape: Shape, signal: float = 0.3
) -> tuple[GeometryRecord, Files]:
    conditions, cells = sorted(conditions), shape.units * shape.texts
    emotions = conditions * cells
    topics = [f"topic{unit}" for unit in range(shape.units) for _ in range(shape.texts * len(conditions))]
    states = _states(conditions, seed, shape, signal)
    means = states.mean(axis=0)
    vectors = (means - means.mean(axis=0)).astype(np.float32)
    rdm = cosine_rdm(vectors.astype(np.float64), conditions)
    planted = geometry_record(
        usual_config(),
        emotions,
        [f"{topic}:0" for topic in topics],
        model=model_card(name, id=name, family=name),
    )
    assert planted.result is not None
    metrics = replace(planted.result.metrics, rdm_std=rdm_std(rdm))
    result = replace(planted.result, metrics=metrics, conditions=tuple(conditions))
    own = named(f"{name} {seed} {conditions[0]} {len(conditions)}")
    record = replace(planted, result=result, n_distinct_texts=planted.n_texts, **own)
    texts = states.reshape(-1, shape.width).astype(np.float32)
    written = _texts(emotions, shape)
    rows = [
        {"emotion": emotion, "topic": topic, "text": text}
        for emotion, topic, text in zip(emotions, topics, written, strict=True)
    ]
    return record, {
        VECTORS: pack({"vectors": vectors[:, None], "passages": texts, "embeddings": _embedded(written, shape)}),
        RDM: pack({"rdm": rdm, "rdm_by_layer": upper(rdm)[None]}),
        TEXTS: json_lines(rows),
    }


def write_conditions(
    store: Store,
    conditions: Sequence[str],
    name: str = "planted",
    seed: int = 0,
    shape: Shape = Shape(),
    signal: float = 0.3,
) -> str:
    """Writes such a run into a store, and gives its key."""
    return write(store, *conditions_record(conditions, name, seed, shape, signal))


def _states(conditions: Sequence[str], seed: int, shape: Shape, signal: float) -> Array:
    """[unit and text, condition, width]: a geometry that all seeds share, their own part of it, and noise."""
    codes = np.stack([np.random.default_rng(list(label.encode())).normal(size=shape.width) for label in conditions])
    own = np.random.default_rng([seed, len(conditions)])
    codes = codes + 0.3 * own.normal(size=codes.shape)
    noise = own.normal(size=(shape.units * shape.texts, *codes.shape))
    states: Array = np.sqrt(signal) * codes + noise
    return states


def _texts(emotions: Sequence[str], shape: Shape) -> list[str]:
    """Texts of words that a small language has, the frequent ones more often; each is unlike every other."""
    drawn = np.random.default_rng(7).zipf(1.3, size=(len(emotions), shape.words)) % 5000
    return [" ".join(map(_word, row)) for row in drawn]


def _word(number: int) -> str:
    """A made-up word of three syllables for each number below 8000."""
    return "".join(_SYLLABLES[part] for part in _digits(int(number)))


def _digits(number: int) -> tuple[int, int, int]:
    return number // 400, number // 20 % 20, number % 20


def _embedded(texts: Sequence[str], shape: Shape) -> NDArray[np.float32]:
    """The mean of made-up embeddings of the words of each text: [text, width]."""
    words = sorted({word for text in texts for word in text.split()})
    table = dict(zip(words, np.random.default_rng(8).normal(size=(len(words), shape.width)), strict=True))
    return np.asarray([np.mean([table[word] for word in text.split()], axis=0) for text in texts], dtype=np.float32)
