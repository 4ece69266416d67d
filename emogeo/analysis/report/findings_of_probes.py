"""Findings about steering and behaviour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from emogeo.analysis.report.finding import Finding, noted
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import in_words, number
from emogeo.analysis.report.sentences import commonest, number_of
from emogeo.analysis.tables.effects import NO, UNKNOWN, YES
from emogeo.analysis.tables.frame import Row
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.stimuli.conditions import Noun


def shifts(material: Material) -> list[Finding]:
    """Reports how much the words of conditions gain under steering."""
    table = material.table("steering_shifts")
    given = table if table.empty else table[table["shift"].notna()]
    by_model = [] if given.empty else given.groupby("model", sort=False)
    return [
        _shift(str(model), rows, material.notes("steering_shifts", rows), material.noun) for model, rows in by_model
    ]


def _shift(model: str, rows: pd.DataFrame, notes: Sequence[Sequence[Note]], noun: Noun) -> Finding:
    counts, most = Counter(rows["beats_random"]), rows.loc[rows["shift"].idxmax()]
    said = (
        f"{model}: of {number_of(len(rows), 'shift')} of {noun} words, {counts[YES]} beyond random directions of "
        f"equal norm, {counts[NO]} not, {counts[UNKNOWN]} not identifiable. The largest, {most['emotion']} at strength "
        f"{most['strength']:g}: {most['shift']:+.2f} nats, random {most['random_mean']:+.2f} "
        f"({most['random_low']:+.2f} to {most['random_high']:+.2f})."
    )
    least = f"{most['n_random']:.0f} random directions, so the least p possible is {number(most['p_min'], 3)}."
    return Finding("Steering", said, [least, *(f"{note}." for note, _ in commonest(notes))], counts[YES] == 0)


def regimes(material: Material) -> list[Finding]:
    """Reports how steering changes texts."""
    steering = material.table("steering")
    own = [] if steering.empty else noted(material, "steering", steering[steering["direction"] == "emotion"])
    return [
        Finding(
            "Regime of steering",
            f"{row['model']} at {row['precision']}: {row['regime']} by the published rule (share of texts that repeat "
            f"{number(row['repeated_share'])}), {row['regime_by_perplexity']} by perplexity "
            f"({number(row['perplexity_ratio'])} times that of unsteered text).",
            [f"{note}." for note in notes],
        )
        for row, notes in own
    ]


def readouts(material: Material) -> list[Finding]:
    """Reports how often vectors find the labels of texts on topics that they have not seen, beside words and chance."""
    table = material.table("readout")
    if table.empty:
        return []
    known = table[table["accuracy"].notna()]
    return [_readout(row, notes) for row, notes in noted(material, "readout", known)]


def _readout(row: Row, own: Sequence[Note]) -> Finding:
    found = in_words(row["accuracy"], row["accuracy_ci_low"], row["accuracy_ci_high"])
    said = (
        f"{row['model']} on {row['stimuli']}: its vectors find the label of {found} of {row['n_scored']:.0f} texts on "
        f"topics that they have not seen; chance is {number(row['chance'], 3)}, words alone find "
        f"{number(row['words_accuracy'])}. The difference from words is "
        f"{in_words(row['gain'], row['gain_ci_low'], row['gain_ci_high'])}."
    )
    low = row["gain_ci_low"]
    return Finding("Readout", said, [f"{note}." for note in own], unsure=bool(pd.isna(low) or low <= 0))


def behaviour(material: Material) -> list[Finding]:
    """Reports the facets of behaviour."""
    asked = material.table("behaviour")
    if asked.empty:
        return []
    known = asked[asked["value"].notna() | asked["capability"].notna()]
    measured = known[known["source"] == "measured"]
    return [_facet(row, notes) for row, notes in noted(material, "behaviour", measured)]


def _facet(row: Row, own: Sequence[Note]) -> Finding:
    asked, notes = f"{row['model']}, {row['facet']}", [f"{note}." for note in own]
    if pd.isna(row["value"]):
        so = "but" if any(note.kind is NoteKind.few_opinions for note in own) else "so"
        said = f"{asked}: capability {number(row['capability'])}, {so} no value is given."
        return Finding("Behaviour", said, notes, unsure=True)
    said = (
        f"{asked}: {in_words(row['value'], row['ci_low'], row['ci_high'])} over {row['n_items']:.0f} items, "
        f"published {number(row['published'])}."
    )
    if not pd.isna(row["control"]):
        said += f" Without pressure {in_words(row['control'], row['control_ci_low'], row['control_ci_high'])}; "
        said += f"pressure adds {in_words(row['excess'], row['excess_ci_low'], row['excess_ci_high'])}."
    return Finding("Behaviour", said, notes)
