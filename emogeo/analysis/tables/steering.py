"""The tables of steering: regimes, texts, and the gain of emotion words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from emogeo.analysis.records.published import published_model
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.record.files import SHIFTS, TEXTS
from emogeo.record.json import plain
from emogeo.record.run import AnyRun, SteeringRun

REGIME_COLUMNS = [
    *("key", "model", "family", "variant", "precision", "direction", "n_texts", "repeated_share", "short_share"),
    *("regime", "perplexity_ratio", "regime_by_perplexity", "published", "note"),
]
TEXT_COLUMNS = [
    *("key", "model", "scenario", "emotion", "direction", "strength", "prompt", "text", "words", "repeated"),
    *("perplexity", "perplexity_ratio", "thought"),
]
SHIFT_COLUMNS = [
    *("key", "model", "emotion", "strength", "shift", "shift_words", "shift_neutral", "match_gap"),
    *("random_mean", "random_low", "random_high", "n_random", "p", "p_min", "beats_random"),
    *("others_mean", "n_others", "others_below", "note"),
]
_NAMES = ["key", "model"]
_LEVEL = 0.05
_READ = ("kind", "shift", "shift_words", "shift_neutral", "match_gap")


def steering_runs(probes: Sequence[AnyRun]) -> list[SteeringRun]:
    """Selects the runs of steering, refused ones included."""
    return [run for run in probes if isinstance(run, SteeringRun)]


def steering_table(runs: Sequence[SteeringRun]) -> Table:
    """Makes one row per run and direction: towards the emotion, and along a random one."""
    rows = []
    for run in runs:
        model, known = run.record.model, published_model(run.model)
        head = {"key": run.key, "model": run.model, "family": model.family, "variant": model.variant}
        head["precision"] = run.record.precision
        if not run.finished:
            rows.append({**head, "note": [Note(f"refused: {run.record.reason}", NoteKind.refused)]})
            continue
        for direction, numbers in plain(run.result.metrics).items():
            row = {**head, "direction": direction, **numbers, "published": ""}
            if direction == "emotion" and known is not None:
                row["published"] = known["steering_regime"] or "not measured"
            rows.append({**row, "note": _as_published(run)})
    numbers = {"n_texts", "repeated_share", "short_share", "perplexity_ratio"}
    return typed(rows, REGIME_COLUMNS, [name for name in REGIME_COLUMNS if name not in numbers])


def steering_texts_table(runs: Sequence[SteeringRun]) -> Table:
    """Makes one row per text."""
    rows = [
        {"key": run.key, "model": run.model, **text, "repeated": "yes" if text["repeated"] else "no"}
        for run in runs
        for text in run.rows(TEXTS)
    ]
    return typed(
        rows, TEXT_COLUMNS, [*_NAMES, "scenario", "emotion", "direction", "prompt", "text", "repeated", "thought"]
    )


def steering_shifts_table(runs: Sequence[SteeringRun]) -> Table:
    """Makes one row per run, emotion and strength: the shift along its vector, random ones and other emotions'.

    p = (1 + #) / (1 + n), # being the random directions that shift its words at least as far.
    """
    rows = []
    for run in runs:
        shifts = pd.DataFrame(run.rows(SHIFTS), columns=["target", "strength", *_READ])
        for (emotion, strength), own in shifts.groupby(["target", "strength"]):
            rows.append({"key": run.key, "model": run.model, "emotion": emotion, "strength": strength, **_against(own)})
    return typed(rows, SHIFT_COLUMNS, [*_NAMES, "emotion", "beats_random", "note"])


def _against(shifts: pd.DataFrame) -> Row:
    along = shifts[shifts["kind"] == "emotion"].iloc[0]
    random, others = (shifts.loc[shifts["kind"] == kind, "shift"].to_numpy(dtype=float) for kind in ("random", "other"))
    n, reached = len(random), int((random >= along["shift"]).sum())
    p = (1 + reached) / (1 + n)
    beats = "yes" if p <= _LEVEL else "no"
    notes = []
    if 1 / (1 + n) > _LEVEL:
        beats = "not identifiable"
        notes.append(Note(f"{n} random directions give no p below {1 / (1 + n):.2f}: type steering.controls=20"))
    return {
        **{name: float(along[name]) for name in ("shift", "shift_words", "shift_neutral", "match_gap")},
        "random_mean": float(random.mean()),
        "random_low": float(random.min()),
        "random_high": float(random.max()),
        "n_random": n,
        "p": p,
        "p_min": 1 / (1 + n),
        "beats_random": beats,
        "others_mean": float(others.mean()) if len(others) else np.nan,
        "n_others": len(others),
        "others_below": float((others < along["shift"]).mean()) if len(others) else np.nan,
        "note": notes,
    }


def _as_published(run: SteeringRun) -> list[Note]:
    """Notes where the protocol is not the published one."""
    n = run.result.metrics.emotion.n_texts
    blocks, layers = len(run.result.blocks), run.record.model.n_layers
    notes = [] if n == 10 else [Note(f"{n} texts, 10 as published")]
    return [*notes, *([] if blocks == layers else [Note(f"{blocks} of {layers} blocks")])]
