"""Findings about pairs of runs."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.report.finding import LEVEL, Finding
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import number
from emogeo.analysis.report.sentences import commonest, number_of, range_of, verdicts
from emogeo.analysis.tables.notes import NoteKind
from emogeo.geometry.beyond import Beyond
from emogeo.stimuli.conditions import Noun

_NULLS = "untrained twins of different models"


def _kinds(material: Material) -> list[tuple[str, pd.DataFrame]]:
    """Separates pairs of different models from those of one model's runs; without any, pairs of untrained twins."""
    pairs, _ = material.trained_pairs("pairs")
    if pairs.empty:
        return []
    if pairs["key_a"].isin(material.untrained).all():
        return [(_NULLS, pairs)]
    alike = pairs["model_a"] == pairs["model_b"]
    kinds = (("runs of different models", pairs[~alike]), ("runs of one model", pairs[alike]))
    return [(kind, rows) for kind, rows in kinds if len(rows)]


def identifiable(material: Material) -> list[Finding]:
    """Reports pairs whose agreement without text noise is known."""
    return [
        _agreement(kind, rows, rows[rows["rho_star"].notna()], material.noun)
        for kind, rows in _kinds(material)
        if rows["rho_star"].notna().any()
    ]


def _agreement(kind: str, pairs: pd.DataFrame, known: pd.DataFrame, noun: Noun) -> Finding:
    said = (
        f"For {len(known)} of {number_of(len(pairs), 'pair')} of {kind} agreement without text noise is identifiable: "
        f"for these {noun.many} ρ* is {range_of(known, 'rho_star')}. Raw ρ of these is {range_of(known, 'rho')}."
    )
    if kind == _NULLS:
        return Finding(f"Nulls: {kind}", said, ["They have learned nothing, so no verdict is passed on them."])
    significant = int((known["p_holm"] <= LEVEL).sum())
    caveats = [f"On disjoint text {significant} of {len(known)} have p (Holm) ≤ {LEVEL}."]
    floors = known[known["floor"].notna()]
    below = int((floors["rho_star_ci_high"] < 1 - floors["floor"]).sum())
    if len(floors):
        caveats.append(
            f"{below} of the {len(floors)} with a measured floor lie below 1 by more than it: "
            f"for these {noun.many}, they are not identical."
        )
    if len(floors) < len(known):
        absent = len(known) - len(floors)
        caveats.append(
            f"For {absent} of {len(known)} no floor was measured, so it is not said whether ρ* lies below 1."
        )
    return Finding(
        f"Agreement of {kind}", said, [*caveats, *_like_these(known, noun), *verdicts(known, noun), *_words(known)]
    )


def _words(known: pd.DataFrame) -> list[str]:
    """Says of how many pairs it is not shown that they agree beyond words."""
    without = int((~known["beyond_words"].isin([Beyond.yes.value])).sum())
    said = f"For {without} of {len(known)} it is not shown that they agree beyond words (beyond_words in pairs.csv)."
    return [said] if without else []


def _like_these(known: pd.DataFrame, noun: Noun) -> list[str]:
    """Says how far the intervals reach that are over other conditions as well."""
    given = known[known["rho_star_any_ci_low"].notna()]
    if given.empty:
        return []
    low, high = (number(end) for end in (given["rho_star_any_ci_low"].min(), given["rho_star_any_ci_high"].max()))
    reach = f"the interval of ρ* is [{low}, {high}]"
    reach = reach if len(given) == 1 else f"the {len(given)} intervals of ρ* lie between {low} and {high}"
    return [f"For {noun.many} like these, {reach}."]


def unidentified(material: Material) -> list[Finding]:
    """Reports pairs of trained runs whose agreement without text noise is not known."""
    pairs = material.of_trained("pairs", "key_a")
    unknown = pairs if pairs.empty else pairs[pairs["rho_star"].isna() & pairs["rho"].notna()]
    if unknown.empty:
        return []
    said = (
        f"For {len(unknown)} of {number_of(len(pairs), 'pair')} of runs there is neither ρ* nor p on disjoint text. "
        f"Raw ρ is {range_of(unknown, 'rho')}; {_what_moves_it(unknown)}."
    )
    common = commonest(material.notes("pairs", unknown))
    reasons = [f"{n} of them: {note}." for note, n in common if note.kind is NoteKind.not_identifiable]
    return [Finding("Not identifiable", said, reasons, unsure=True)]


def _what_moves_it(unknown: pd.DataFrame) -> str:
    """Says what makes a raw rho larger or smaller; texts only of pairs that have read the same ones."""
    same = int(unknown["p_same_text"].notna().sum())
    if same == len(unknown):
        return "that both read the same passages makes it larger, text noise smaller"
    larger = f", and that both read the same passages makes it larger for {same} of them" if same else ""
    return f"text noise makes it smaller{larger}"


def halves(material: Material) -> list[Finding]:
    """Reports how much the particular passages add to the agreement of pairs that have read the same ones."""
    found = []
    for kind, pairs in _kinds(material):
        given = pairs.dropna(subset=["rho_same_half", "rho_disjoint_half", "p_same_text"])
        found += [_shared_text(kind, int(size), rows) for size, rows in given.groupby("half_size")]
    return found


def _shared_text(kind: str, size: int, rows: pd.DataFrame) -> Finding:
    same, disjoint = (float(rows[name].mean()) for name in ("rho_same_half", "rho_disjoint_half"))
    said = (
        f"Over {number_of(len(rows), 'pair')} of {kind}, halves of {size} units with the same texts agree at "
        f"{same:.2f} on average, without a common text at {disjoint:.2f}: these passages add {same - disjoint:.2f}."
    )
    caveats = [
        "At this half size; the share shrinks as texts are added.",
        "Words that return in every topic are not in it: they are on both sides, with a common text or without.",
    ]
    return Finding(f"Stimulus control of {kind}, halves of {size}", said, caveats)
