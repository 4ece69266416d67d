"""The rows of a readout's files: texts and tokens, numbers with six significant digits."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.arrays import Array
from emogeo.geometry.readout import Against
from emogeo.probes.readout_scores import Scores
from emogeo.stimuli.any_texts import AnyTexts
from emogeo.store.keys import Json


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


def _short(numbers: Array) -> list[float]:
    return [_digits(number) for number in numbers]


def _digits(number: float) -> float:
    return float(f"{number:.6g}")
