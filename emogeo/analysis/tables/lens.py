"""The `lens` table: the tokens that each condition's vector promotes through the unembedding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.notes import Note, left_out
from emogeo.geometry.permutation import holm
from emogeo.record.types import LensRecord, TokenLogit

LENS_COLUMNS = [
    *("key", "run", "model", "condition", "layer", "telling", "telling_z", "p_telling", "p_telling_holm"),
    *("up", "up_logit", "p_up", "up_relabelled", "up_isotropic"),
    *("down", "down_logit", "p_down", "down_relabelled", "down_isotropic", "note"),
]
_WORDS = ["key", "run", "model", "condition", "telling", "up", "down", "note"]
_BLANK = "␣"
"""What stands for a blank, which begins most words' tokens."""


def lens_table(prepared: Sequence[PreparedRun]) -> Table:
    """Makes a row per run and condition, and one with the reason where a run has no words of vectors.

    Rereads have none, and untrained twins only where there are no other runs.
    """
    rows = list[Row]()
    for each in subjects([each for each in prepared if each.run.reread_of is None]):
        own: Row = {"key": each.run.key, "run": each.name, "model": each.run.model, "layer": each.run.layer}
        found = each.run.result.lens
        if found is None or found.reason is not None:
            rows.append({**own, "note": [left_out(_why(each, found))]})
        else:
            rows += [{**own, **row} for row in _rows(found)]
    return typed(rows, LENS_COLUMNS, words=_WORDS)


def _why(each: PreparedRun, found: LensRecord | None) -> str:
    if found is not None:
        return str(found.reason)
    if each.run.record.imported is not None:
        return "imported, so no model was loaded"
    return "recorded by an earlier version; force=true reads the texts again"


def _rows(found: LensRecord) -> list[Row]:
    chance = {
        name: getattr(found, name) for name in ("up_relabelled", "up_isotropic", "down_relabelled", "down_isotropic")
    }
    adjusted = holm(np.array([row.p_telling for row in found.rows]))
    notes = [] if found.normed else [Note("this model has no norm before its unembedding")]
    return [
        {
            **{"condition": row.condition, "p_up": row.p_up, "p_down": row.p_down, "p_telling": row.p_telling},
            **{name: joined(getattr(row, name)) for name in ("telling", "up", "down")},
            **{"telling_z": row.telling[0][1], "up_logit": row.up[0][1], "down_logit": row.down[0][1]},
            **{"p_telling_holm": float(own), **chance, "note": notes},
        }
        for row, own in zip(found.rows, adjusted, strict=True)
    ]


def joined(tokens: Sequence[TokenLogit]) -> str:
    """Lists tokens so that each can be seen."""
    return " ".join(shown(text) for text, _ in tokens)


def shown(token: str) -> str:
    """Writes a token with signs for blanks, and what has no shape (control characters, marks of direction) escaped."""
    return "".join(_BLANK if own == " " else own if own.isprintable() else repr(own)[1:-1] for own in token)
