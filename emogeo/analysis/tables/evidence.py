"""The evidence on claims: the tables by which they are judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.notes import NoteKind


@dataclass(frozen=True)
class Evidence:
    """The tables and flags by which claims are judged."""

    universality: pd.DataFrame
    descriptors: pd.DataFrame
    base_instruct: pd.DataFrame
    behaviour: pd.DataFrame
    effects: Sequence[Effect]
    overflowed: Collection[str] = ()
    """The keys of runs with blocks that have overflowed."""


def evidence_of(tables: Mapping[str, Table], effects: Sequence[Effect]) -> Evidence:
    """Gathers the tables that claims are about, and the flags that matter to them."""
    descriptors = tables["descriptors"]
    flags = zip(descriptors.frame["key"], descriptors.notes_of(descriptors.frame, "flags"), strict=True)
    overflowed = {key for key, own in flags if any(flag.kind is NoteKind.overflow for flag in own)}
    names = ("universality", "descriptors", "base_instruct", "behaviour")
    return Evidence(**{name: tables[name].frame for name in names}, effects=effects, overflowed=overflowed)
