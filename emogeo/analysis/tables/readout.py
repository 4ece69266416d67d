"""The tables of readouts: accuracies beside their floors, texts, projections, and what is taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.record.files import READ_TEXTS
from emogeo.record.json import plain
from emogeo.record.run import AnyRun, ReadoutRun

READOUT_COLUMNS = [
    *("key", "model", "family", "variant", "precision", "init", "vectors", "stimuli", "own_texts", "block", "pooling"),
    *("prompt_template", "directions", "n_conditions", "n_texts", "n_scored", "n_topics"),
    *("accuracy", "accuracy_ci_low", "accuracy_ci_high", "p", "p_min", "chance"),
    *(
        "words_accuracy",
        "words_accuracy_ci_low",
        "words_accuracy_ci_high",
        "gain",
        "gain_ci_low",
        "gain_ci_high",
        "note",
    ),
]
READ_TEXT_COLUMNS = [
    *(
        "key",
        "model",
        "stimuli",
        "row",
        "topic",
        "label",
        "seen",
        "n_tokens",
        "top",
        "top_projection",
        "top_z",
        "top_p",
    ),
    *("label_z", "label_p", "found", "found_by_words", "text"),
]
PROJECTION_COLUMNS = ["key", "model", "stimuli", "row", "condition", "projection", "z", "p"]
CONFUSION_COLUMNS = ["key", "model", "stimuli", "label", "found", "n_texts"]
_NAMES = ["key", "model", "stimuli"]


def readout_runs(probes: Sequence[AnyRun]) -> list[ReadoutRun]:
    """Selects the readouts, refused ones included."""
    return [run for run in probes if isinstance(run, ReadoutRun)]


def readout_table(runs: Sequence[ReadoutRun]) -> Table:
    """Makes one row per readout."""
    numbers = {"accuracy", "p", "p_min", "chance", "words_accuracy", "gain", "block"}
    words = [c for c in READOUT_COLUMNS if c not in numbers and not c.startswith("n_") and "_ci_" not in c]
    return typed([_row(run) for run in runs], READOUT_COLUMNS, words)


def _row(run: ReadoutRun) -> Row:
    record, model, asked = run.record, run.record.model, run.config.readout
    head = {
        **_head(run),
        "family": model.family,
        "variant": model.variant,
        "precision": record.precision,
        "init": model.init.value,
        "vectors": record.vectors,
        "directions": asked.directions.value,
    }
    if not run.finished:
        return {**head, "note": [Note(f"refused: {record.reason}", NoteKind.refused)]}
    result, metrics = run.result, run.result.metrics
    return {
        **head,
        "own_texts": "yes" if result.own else "no",
        "block": result.block,
        "pooling": result.pooling,
        "prompt_template": result.template,
        "n_conditions": len(result.conditions),
        **plain(metrics),
        "p_min": None if metrics.p is None else 1 / (1 + asked.draws),
        "note": [Note(note) for note in result.notes],
    }


def _head(run: ReadoutRun) -> Row:
    return {"key": run.key, "model": run.model, "stimuli": run.record.stimuli}


def readout_texts_table(runs: Sequence[ReadoutRun]) -> Table:
    """Makes one row per text, with the numbers of its top condition and of its label."""
    rows = [
        {**_head(run), "row": row, **_text(text, run.result.conditions)}
        for run in runs
        for row, text in enumerate(run.rows(READ_TEXTS))
    ]
    words = [*_NAMES, "topic", "label", "seen", "top", "found", "found_by_words", "text"]
    return typed(rows, READ_TEXT_COLUMNS, words)


def _text(text: Row, conditions: Sequence[str]) -> Row:
    top = conditions.index(text["top"])
    label = conditions.index(text["label"]) if text["label"] in conditions else None
    named = ("topic", "label", "found", "found_by_words")
    return {
        **{name: text[name] or "" for name in named},
        **{name: text[name] for name in ("text", "n_tokens", "top")},
        "seen": "yes" if text["seen"] else "no",
        "top_projection": text["projections"][top],
        "top_z": text["z"][top],
        "top_p": text["p"][top],
        "label_z": None if label is None else text["z"][label],
        "label_p": None if label is None else text["p"][label],
    }


def readout_projections_table(runs: Sequence[ReadoutRun]) -> Table:
    """Makes one row per text and condition."""
    rows = [
        {**_head(run), "row": row, "condition": condition, "projection": projection, "z": z, "p": p}
        for run in runs
        for row, text in enumerate(run.rows(READ_TEXTS))
        for condition, projection, z, p in zip(
            run.result.conditions, text["projections"], text["z"], text["p"], strict=True
        )
    ]
    return typed(rows, PROJECTION_COLUMNS, [*_NAMES, "condition"])


def readout_confusion_table(runs: Sequence[ReadoutRun]) -> Table:
    """Makes one row per label and the condition that is found for texts of it, those that never meet left out."""
    rows = []
    for run in runs:
        counts = Counter((t["label"], t["found"]) for t in run.rows(READ_TEXTS) if t["found"] is not None)
        rows += [
            {**_head(run), "label": label, "found": found, "n_texts": n} for (label, found), n in sorted(counts.items())
        ]
    return typed(rows, CONFUSION_COLUMNS, [*_NAMES, "label", "found"])
