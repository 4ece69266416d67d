"""Catalogues with known effects: the published design with enough units, its geometries planted, its configs real."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from emogeo.analysis.comparing.prepared import PreparedRun, View
from emogeo.config.mode import Mode
from emogeo.geometry.options import NEUTRAL
from emogeo.geometry.rdm import cosine_rdm, spearman, upper
from emogeo.record.files import RDM, TEXTS, VECTORS
from emogeo.record.origin import Generation, PromptSet, Written
from emogeo.record.run import Run
from emogeo.record.types import GeometryRecord
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.store.tensors import pack
from tests.conftest import compose_train
from tests.planted import D_TEXT, labels, unrelated_codes
from tests.planted_records import geometry_record

Array = NDArray[np.float64]
EMOTIONS = tuple(condition for condition in CONDITIONS if condition != NEUTRAL)
VIEW = View(EMOTIONS, recentre=True)
N_UNITS = 24
READ_ALIKE = ("pooling.position=mean", "layer_selection=depth", "layer_selection.depth=0.85")
MATCHED = ("recipe=jeong_matched", "prompt_template=stories_by_topic", "generation.samples=1", *READ_ALIKE)
LOOSE = ("recipe=jeong_loose", "generation.replicates=24", *READ_ALIKE)


@dataclass(frozen=True)
class PlantedSet:
    """One run of a design."""

    overrides: tuple[str, ...]
    precision: str
    code: str
    """Which geometry it has."""
    signal: float
    """Variance of emotion over variance of a text."""
    texts: str
    """Sets with one name have read the same texts."""
    topics: bool = True
    """Whether its units are the topics, of which all sets have a part of the noise in common."""
    replay: bool = False
    reread_of: str | None = None
    """The set that is read once more."""


SETS = {
    "A": PlantedSet(READ_ALIKE, "bf16", "a", 0.2, "passages"),
    "A_reread": PlantedSet((*READ_ALIKE, "reread=true"), "bf16", "a", 0.2, "passages", reread_of="A"),
    "A8": PlantedSet((*READ_ALIKE, "precision=int8"), "int8", "a", 0.2, "passages"),
    "A8_reread": PlantedSet(
        (*READ_ALIKE, "precision=int8", "reread=true"), "int8", "a", 0.2, "passages", reread_of="A8"
    ),
    "B": PlantedSet(LOOSE, "bf16", "b", 0.15, "loose", topics=False),
    "C": PlantedSet((*MATCHED, "centring=grand_mean", "norm=none"), "bf16", "c", 0.4, "matched"),
    "C_again": PlantedSet(
        (*MATCHED, "centring=grand_mean", "norm=none", "generation.repetition=1"), "bf16", "c", 0.4, "again"
    ),
    "C_replay": PlantedSet(
        (*MATCHED, "centring=grand_mean", "norm=none", "mode=replay", "precision=int8"),
        *("int8", "c", 0.4, "matched"),
        replay=True,
    ),
    "D": PlantedSet((*MATCHED, "centring=grand_mean", "norm=none", "precision=int8"), "int8", "d", 0.15, "int8"),
}
ROUNDING = 1e-3
"""By which a reread differs."""
SHARED_TOPIC, SAME_TEXT = 0.3, 0.9
"""Shares of a text's noise that any two sets have in common on one topic, and on one and the same text."""


@dataclass(frozen=True)
class Design:
    """How far apart the geometries are."""

    a_c: float
    """Share of C's code that is A's."""
    b_c: float
    c_d: float
    seed: int = 20260411

    @property
    def codes(self) -> dict[str, Array]:
        """[condition, d] for each geometry."""
        return dict(_codes(self))

    def truth(self, first: str, second: str) -> float:
        """The population rho of two sets, over the twenty emotions, each centred on their mean."""
        kept = [CONDITIONS.index(emotion) for emotion in EMOTIONS]
        codes = [self.codes[SETS[name].code][kept] for name in (first, second)]
        return spearman(*(cosine_rdm(code - code.mean(axis=0), EMOTIONS) for code in codes))


@cache
def _codes(design: Design) -> dict[str, Array]:
    base, *others = (unrelated_codes(np.random.default_rng([design.seed, row]))[0] for row in range(4))

    def mixed(code: Array, other: Array, mix: float) -> Array:
        both = np.sqrt(mix) * code + np.sqrt(1 - mix) * other
        return np.asarray(both / np.sqrt((both**2).mean()))

    c = mixed(base, others[0], design.a_c)
    return {"a": base, "c": c, "b": mixed(c, others[1], design.b_c), "d": mixed(c, others[2], design.c_d)}


def draw(design: Design, seed: int) -> list[PreparedRun]:
    """One data set of the whole design: fresh texts everywhere."""
    generator = np.random.default_rng([seed, design.seed])
    shape = (N_UNITS, len(CONDITIONS), D_TEXT)
    topics = generator.normal(size=shape)
    own: dict[str, Array] = {}
    read: dict[str, Array] = {}
    found = []
    for name, planted in SETS.items():
        text = own.setdefault(planted.texts, generator.normal(size=shape))
        fresh = generator.normal(size=shape)
        noise = np.sqrt(SAME_TEXT) * text + np.sqrt(1 - SAME_TEXT) * fresh
        if planted.topics:
            noise = np.sqrt(SHARED_TOPIC) * topics + np.sqrt(1 - SHARED_TOPIC) * noise
        read[name] = np.sqrt(planted.signal) * design.codes[planted.code] + noise
        if planted.reread_of is not None:
            read[name] = read[planted.reread_of] + ROUNDING * fresh
        found.append(PreparedRun(_run(name, planted, read[name]), name, 0, VIEW))
    return found


def _run(name: str, planted: PlantedSet, states: Array) -> Run:
    texts, means = states.reshape(-1, D_TEXT).astype(np.float32), states.mean(axis=0)
    rdm = cosine_rdm(means - means.mean(axis=0), CONDITIONS)
    vectors = (means - means.mean(axis=0))[:, None].astype(np.float32)
    files = {
        VECTORS: pack({"vectors": vectors, "passages": texts, "embeddings": texts}),
        RDM: pack({"rdm": rdm, "rdm_by_layer": upper(rdm)[None]}),
        TEXTS: lines_of(planted.texts, N_UNITS, "topic" if planted.topics else "replicate"),
    }
    return Run(_record(name), files)


@cache
def _record(name: str) -> GeometryRecord:
    planted = SETS[name]
    config = compose_train(*planted.overrides)
    emotions, units = labels(N_UNITS, "topic" if planted.topics else "replicate")
    generation = None
    if config.mode.name is not Mode.comprehension:
        template = config.prompt_template
        written = Written(
            model="planted",
            precision="bf16" if planted.replay else planted.precision,
            recipe=config.recipe,
            prompt_template=PromptSet(template.name, template.chat, tuple(template.prompts)),
            topics=tuple(sorted(set(units))) if planted.topics else None,
            generation=config.generation,
            seed=0,
        )
        generation = Generation(key=planted.texts, counts=None, written=written)
    return geometry_record(
        config,
        emotions,
        [f"{unit}:{planted.texts}" for unit in units],
        key=name,
        precision=planted.precision,
        generation=generation,
        reread_of=planted.reread_of,
    )


@cache
def lines_of(texts: str, n_units: int, prefix: str = "topic") -> bytes:
    """texts.jsonl of texts that are named by what they are of."""
    rows: Sequence[dict[str, str]] = [
        {"emotion": emotion, "topic": unit, "text": f"{texts} {unit} {emotion}"}
        for emotion, unit in zip(*labels(n_units, prefix), strict=True)
    ]
    return "\n".join(map(json.dumps, rows)).encode()
