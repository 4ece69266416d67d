"""Sweeps of a tiny model, one a kind of run, and what they leave in a store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emogeo.errors import StoreError
from emogeo.stimuli.emotion_words import steering_words
from emogeo.store.store import KINDS, Store

_NEUTRAL = ["wooden", "recent", "local", "square", "northern", "plastic", "narrow", "typical"]
_SHORT = ("generation.max_new_tokens=6", "generation.min_new_tokens=4", "generation.batch_size=12")
_AFTER = ("norm=", "centring=")
"""What makes several runs of one pass."""
_LABELS = ("anger", "calm", "fear", "joy", "neutral")


@dataclass(frozen=True)
class Made:
    """What all sweeps need: weights, texts, and files to import."""

    weights: Path
    texts: Path
    vectors: Path

    def words(self, kind: str, store: Path, one: bool = False, tracking: str = "disabled") -> list[str]:
        """Gives the command line of a sweep into a store.

        Args:
            one: whether only one run is wanted, whatever follows the states.
        """
        own = [word for word in self._own(kind) if not (one and word.startswith(_AFTER))]
        return [
            *("train.py", "-m", *own, f"store.path={store}", f"tracking={tracking}"),
            *("runtime.progress=false", "runtime.device=cpu", "runtime.threads=1"),
            f"hydra.sweep.dir={store.parent / 'jobs'}",
        ]

    def _own(self, kind: str) -> list[str]:
        if kind == "imports":
            return [
                *("mode=imported", f"imported.path={self.vectors}", "layer_selection=min_mean_cosine"),
                "centring=grand_mean,none",
            ]
        return [f"model.weights={self.weights}", "precision=fp32", "layer_selection=middle", *self._read(kind)]

    def _read(self, kind: str) -> list[str]:
        own = [f"stimuli.path={self.texts}", "stimuli.topics=null"]
        return {
            "comprehension": [*own, "prompt_template=raw,feeling", "norm=none,unit", "runtime.token_budget=200"],
            "generation": [*own, "mode=generation", "prompt_template=topic_loose", "norm=none,unit", *_SHORT],
            "replay": [
                *(*own, "mode=replay", "precision@mode.writer=fp32", "prompt_template=topic_loose", *_SHORT),
                *("norm=none,unit", "runtime.token_budget=100"),
            ],
            "steering": [
                *(
                    "stimuli=passages6",
                    "stimuli.topics=2",
                    "mode=steering",
                    "steering.max_new_tokens=3",
                    "steering.controls=2",
                ),
                *("steering.strengths=[0.02]", "steering.blocks=[1],[2]"),
                f"steering.neutral_words={json.dumps(_NEUTRAL)}",
                'steering.contexts=["I feel"]',
            ],
            "behaviour": [
                *("mode=behaviour", "behaviour.turns=1", "behaviour.max_new_tokens=3"),
                *("behaviour.batch_size=5,6", "behaviour.capability=0"),
            ],
        }[kind]


WRITTEN_BY = {"replay": "generation"}
"""The sweeps that read what another has written: its store is there when they begin."""
SWEEPS = ("comprehension", "generation", "replay", "steering", "behaviour", "imports")


def make(folder: Path) -> Made:
    """Makes a checkpoint of random weights, a corpus of five labels and four topics, and vectors to import."""
    from transformers import AutoTokenizer

    from tests.tiny import CHAT, write_model

    weights = write_model(folder / "tiny-torture", "smollm2", CHAT)
    tokenizer = AutoTokenizer.from_pretrained(weights)
    words = {word for emotion in ("calm", "hostile") for word in steering_words()[emotion]}
    tokenizer.add_tokens([f" {word}" for word in sorted({*words, *_NEUTRAL})])
    tokenizer.save_pretrained(weights)
    texts = folder / "texts.csv"
    rows = [f"{label},t{topic},{label} number {topic} is what {label} is" for topic in range(4) for label in _LABELS]
    texts.write_text("\n".join(["emotion,topic,text", *rows]) + "\n")
    draw = np.random.default_rng(0)
    blocks = {f"layer_{at}__{name}": draw.normal(size=6) for at in (1, 2) for name in _LABELS}
    np.savez(folder / "vectors.npz", **blocks)
    return Made(weights, texts, folder / "vectors.npz")


def content(store: Store) -> dict[str, bytes]:
    """Gives the arrays and texts of all records that verify; speeds and dates, which differ, are in the JSON files."""
    found = {}
    for kind, key in records(store):
        for name, own in store.read(kind, key).items():
            if not name.endswith(".json"):
                found[f"{kind}/{key}/{name}"] = own
    return found


def records(store: Store) -> Iterator[tuple[str, str]]:
    """Lists the kinds and keys of all records that count as finished."""
    for kind in KINDS:
        yield from ((kind, key) for key in store.keys(kind) if store.has(kind, key))


def broken(store: Store) -> list[str]:
    """Lists folders of records that are not whole."""
    found = []
    for kind in KINDS:
        for key in store.keys(kind):
            try:
                store.read(kind, key)
            except StoreError as error:
                found.append(str(error))
    return found
