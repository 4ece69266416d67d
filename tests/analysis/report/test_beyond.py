"""What is said first: whether agreements go beyond words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.beyond import beyond_findings, verdict_counts
from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.beyond import BEYOND_COLUMNS
from emogeo.analysis.tables.frame import Table
from tests.analysis.report.planted import frame

LEFT = {"rho_partial": 0.8, "rho_partial_ci_low": 0.7, "rho_partial_ci_high": 0.9}


def table(n: int = 1, verdict: str = "yes") -> Table:
    keys = [{"key_a": f"a{i}", "key_b": f"b{i}", "model_a": "one", "model_b": "two"} for i in range(n)]
    rows = [
        {**own, **LEFT, "level": level, "verdict": verdict, "reason": "ρ* 0.80 is left"}
        for own in keys
        for level in ("words", "word meanings")
    ]
    return frame(BEYOND_COLUMNS, *rows)


def test_without_pairs_nothing_is_said() -> None:
    assert beyond_findings(Material({}, [], Catalogue(), Path("none"))) == []


def test_verdicts_that_no_pair_has_are_not_counted() -> None:
    both = pd.concat([table(2).frame, table(4, "cannot tell").frame])
    (words, _) = beyond_findings(Material({"beyond": Table(both, {})}, [], Catalogue(), Path("none")))
    assert words.said.startswith("Of 6 pairs of runs, beyond words: 2 yes, 4 cannot tell.")


def test_findings_say_what_is_left_and_what_cannot_be_told() -> None:
    words, meanings = beyond_findings(Material({"beyond": table()}, [], Catalogue(), Path("none")))
    assert (words.topic, meanings.topic) == ("Beyond words", "Beyond word meanings")
    assert words.said.startswith("Of 1 pair of runs, beyond words: 1 yes. ")
    assert words.said.endswith("With words given, what is left is one – two ρ* 0.80 [0.70, 0.90].")
    assert not words.unsure
    unsure, _ = beyond_findings(Material({"beyond": table(verdict="cannot tell")}, [], Catalogue(), Path("none")))
    assert unsure.unsure
    assert unsure.caveats == ["one – two, cannot tell: ρ* 0.80 is left."]


def test_counts_of_all_verdicts_are_logged() -> None:
    runs = runs_of()
    assert verdict_counts(table(3).frame, runs) == {"yes": 3, "no more than words": 0, "cannot tell": 0}
    assert verdict_counts(table(0).frame, runs) == {"yes": 0, "no more than words": 0, "cannot tell": 0}


def test_pairs_of_twins_are_counted_only_where_there_are_no_others() -> None:
    both = table(3).frame
    both.loc[both["key_a"] == "a2", "verdict"] = "cannot tell"
    counts = verdict_counts(both, runs_of(a1="random", a2="shuffled"))
    assert counts == {"yes": 1, "no more than words": 0, "cannot tell": 0}
    counts = verdict_counts(both, runs_of(a0="random", a1="random", a2="shuffled"))
    assert counts == {"yes": 2, "no more than words": 0, "cannot tell": 1}


def runs_of(**inits: str) -> pd.DataFrame:
    """Runs with their keys and how their weights were made."""
    return pd.DataFrame(inits.items(), columns=["key", "init"])
