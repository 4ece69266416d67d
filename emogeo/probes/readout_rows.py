"""The rows of a readout's files: texts and tokens, numbers with six significant digits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from emogeo.arrays import Array
from emogeo.geometry.readout import Against
from emogeo.probes.readout_scores import Scores
from emogeo.stimuli.any_texts import AnyTexts
from emogeo.store.kept import Kept
from emogeo.store.keys import Json, canonical_json


def text_rows(
    read: AnyTexts,
    n_tokens: Sequence[int],
    projections: Array,
    compared: Against,
    tops: Sequence[str],
    scores: Scores,
) -> list[Json]:
    """Makes a row per text (`emogeo.record.rows.ReadText`)."""
    return [
        {
            "text": text,
            "topic": read.topics[row],
            "label": read.labels[row],
            "n_tokens": n_tokens[row],
            "seen": bool(scores.seen[row]),
            "projections": _short(projections[row]),
            "z": _short(compared.z[row]),
            "p": [float(p) for p in compared.p[row]],
            "top": tops[row],
            "found": scores.found[row],
            "found_by_words": scores.words[row],
        }
        for row, text in enumerate(read.texts)
    ]


def token_rows(
    text: int, names: Sequence[str], pooled: Sequence[bool], projections: Array, compared: Against
) -> list[Json]:
    """Makes a row per token of one text (`emogeo.record.rows.ReadToken`)."""
    return [
        {
            "text": text,
            "place": place,
            "token": name,
            "pooled": pooled[place],
            "projections": _short(projections[place]),
            "null_mean": _digits(compared.mean[place]),
            "null_sd": _digits(compared.sd[place]),
        }
        for place, name in enumerate(names)
    ]


@dataclass(frozen=True)
class KeptWithRows:
    """Keeps the rows of tokens beside the states of their batch."""

    kept: Kept
    rows: dict[int, list[Json]]
    """By the number of a text, as they are made."""
    _before: dict[int, list[Json]] = field(default_factory=dict)
    """Those that are kept. Rows of a batch that did not fit into memory are made again, as other lists."""

    def __contains__(self, name: str) -> bool:
        """Says whether an earlier process has finished a batch."""
        return name in self.kept

    def found(self, name: str) -> dict[str, np.ndarray[Any, Any]] | None:
        """Gives a batch that an earlier process has finished, and puts its rows among those of others."""
        arrays = self.kept.found(name)
        if arrays is not None:
            self.rows.update({int(text): own for text, own in json.loads(arrays.pop("rows").tobytes()).items()})
            self._before.update(self.rows)
        return arrays

    def keep(self, name: str, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
        """Keeps a batch with the rows that were made since the one before."""
        new = {str(text): own for text, own in self.rows.items() if self._before.get(text) is not own}
        self._before.update(self.rows)
        self.kept.keep(name, {**arrays, "rows": np.frombuffer(canonical_json(new), np.uint8)})

    def reserve(self, size: int) -> None:
        """Leaves so many bytes free on the disk."""
        self.kept.reserve(size)


def _short(numbers: Array) -> list[float]:
    return [_digits(number) for number in numbers]


def _digits(number: float) -> float:
    return float(f"{number:.6g}")
