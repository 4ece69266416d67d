"""The evidence on claims: the tables by which they are judged, and the runs behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from emogeo.analysis.tables.effects import Effect
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.notes import NoteKind
from emogeo.analysis.tables.verdicts import Model
from emogeo.record.run import Run


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
    runs: Mapping[str, Run] = field(default_factory=dict)
    """The runs, by key."""
    words: Mapping[frozenset[str], str] = field(default_factory=dict)
    """Whether two runs agree beyond words, by their keys: yes, no more than words, cannot tell."""
    twin_commands: Mapping[frozenset[str], str] = field(default_factory=dict)
    """The command that computes the untrained twins of two runs, by their keys."""

    def beyond_words(self, a: str, b: str) -> str:
        """Says whether two runs agree beyond words; empty where it was not computed."""
        return self.words.get(frozenset((a, b)), "")

    def model_of(self, key: str) -> Model:
        """Gives the model of a run."""
        return model_of(self.runs[key])


def model_of(run: Run) -> Model:
    """Gives the name and the family of a run's model."""
    return Model(run.model, run.record.model.family)


def evidence_of(tables: Mapping[str, Table], effects: Sequence[Effect], runs: Sequence[Run]) -> Evidence:
    """Gathers the tables that claims are about, and the flags that matter to them."""
    descriptors = tables["descriptors"]
    flags = zip(descriptors.frame["key"], descriptors.notes_of(descriptors.frame, "flags"), strict=True)
    overflowed = {key for key, own in flags if any(flag.kind is NoteKind.overflow for flag in own)}
    names = ("universality", "descriptors", "base_instruct", "behaviour")
    return Evidence(
        **{name: tables[name].frame for name in names},
        effects=effects,
        overflowed=overflowed,
        runs={run.key: run for run in runs},
        words=_by_pair(tables, "beyond_words"),
        twin_commands=_by_pair(tables, "twin_command"),
    )


def _by_pair(tables: Mapping[str, Table], column: str) -> dict[frozenset[str], str]:
    """Gathers a column of text by pairs of runs, from the tables that have it."""
    found = {}
    for frame in (tables[name].frame for name in ("beyond", "pairs", "universality") if name in tables):
        if column in frame:
            keys = zip(frame["key_a"], frame["key_b"], frame[column].fillna(""), strict=True)
            found.update({frozenset((a, b)): str(said) for a, b, said in keys if said})
    return found
