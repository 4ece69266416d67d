"""Chooses the texts of readouts that are drawn token by token."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emogeo.analysis.drawing import FigureFolder
from emogeo.arrays import Array
from emogeo.figures.readout import TokenMap, token_map
from emogeo.record.files import READ_TEXTS, READ_TOKENS
from emogeo.record.run import ReadoutRun
from emogeo.store.keys import Json

AT_MOST = 12
"""The most texts that are drawn, of all readouts."""


def write_readout_figures(runs: Sequence[ReadoutRun], figures: FigureFolder) -> None:
    """Draws some texts of each finished readout, spread over those whose tokens were kept."""
    finished = [run for run in runs if run.finished and run.rows(READ_TOKENS)][:AT_MOST]
    for number, run in enumerate(finished, start=1):
        texts, tokens = run.rows(READ_TEXTS), _by_text(run.rows(READ_TOKENS))
        for row in spread(sorted(tokens), AT_MOST // len(finished)):
            figures.draw(f"readout_{number}_text_{row}", token_map, _map(run, row, texts[row], tokens[row]))


def spread(rows: Sequence[int], n: int) -> list[int]:
    """Gives up to n of some rows, at equal distances."""
    places = np.linspace(0, len(rows) - 1, min(n, len(rows))).round().astype(int)
    return [rows[place] for place in places]


def _by_text(tokens: Sequence[Json]) -> dict[int, list[Json]]:
    found: dict[int, list[Json]] = {}
    for token in tokens:
        found.setdefault(token["text"], []).append(token)
    return found


def _map(run: ReadoutRun, row: int, text: Json, tokens: Sequence[Json]) -> TokenMap:
    """Puts conditions in the order of the text's own projections."""
    order = np.argsort(-np.array(text["projections"]), kind="stable")
    conditions = [run.result.conditions[place] for place in order]
    top = run.result.conditions.index(text["top"])
    labels = [f"{name} {text[name]}" for name in ("label", "topic") if text[name] is not None]
    seen = [] if not text["seen"] else ["its topic is seen by the vectors"]
    said = f"top {text['top']}, z {text['z'][top]:.1f}, p {text['p'][top]:.3f}"
    first = f"{run.record.stimuli}, text {row}: {', '.join([*labels, *seen]) or 'no label'}"
    read = f"{run.model} {run.record.precision}, block {run.result.block}, text pooled: {run.result.pooling}"
    return TokenMap(
        f"{read}\n{first}\n{said}",
        [own["token"] for own in tokens],
        [own["pooled"] for own in tokens],
        conditions,
        z_of(tokens)[order],
    )


def z_of(tokens: Sequence[Json]) -> Array:
    """Gives the z of tokens against their random directions: [condition, token]."""
    projections = np.array([own["projections"] for own in tokens])
    mean, sd = (np.array([own[name] for own in tokens])[:, None] for name in ("null_mean", "null_sd"))
    return np.asarray(((projections - mean) / sd).T)
