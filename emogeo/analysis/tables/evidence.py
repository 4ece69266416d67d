"""The evidence on claims: the tables by which they are judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.notes import NoteKind
from emogeo.config.model import Init


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
    """Gathers the tables that claims are about, without untrained twins, and the flags that matter to them."""
    descriptors, runs = tables["descriptors"], tables["runs"].frame
    flags = zip(descriptors.frame["key"], descriptors.notes_of(descriptors.frame, "flags"), strict=True)
    overflowed = {key for key, own in flags if any(flag.kind is NoteKind.overflow for flag in own)}
    of_models = {name: tables[name].frame for name in ("universality", "base_instruct", "behaviour")}
    trained = descriptors.frame["key"].isin(runs.loc[runs["init"] == Init.trained.value, "key"])
    return Evidence(**of_models, descriptors=descriptors.frame[trained], effects=effects, overflowed=overflowed)
