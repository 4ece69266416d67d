"""What was found, in sentences that are put together from the tables' figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import in_words, number
from emogeo.analysis.report.sentences import NAMED, commonest, listed, number_of, range_of
from emogeo.analysis.tables.effects import NO, UNKNOWN, YES
from emogeo.analysis.tables.frame import Row
from emogeo.analysis.tables.notes import Note, NoteKind

_LEVEL = 0.05
_LAYERS = {
    "method": "Effect of method",
    "sub_parameter": "Effect of sub-parameters",
    "precision": "Effect of precision",
    "cross_experiment": "Comparing across experiments",
}


@dataclass(frozen=True)
class Finding:
    """One thing that the tables say, and what limits it."""

    kind: ClassVar[str] = "finding"
    topic: str
    said: str
    caveats: Sequence[str] = ()
    unsure: bool = False
    """Something is not identifiable, or flagged."""


def findings(material: Material) -> list[Finding]:
    """In the order of the sections; a table without figures gives none."""
    sources: Sequence[Callable[[Material], list[Finding]]] = (
        _verdicts,
        _identifiable,
        _unidentified,
        _halves,
        _baselines,
        _relations,
        _effects,
        _shares,
        _flags,
        _variants,
        _shifts,
        _regimes,
        _behaviour,
        _refused,
    )
    return [finding for source in sources for finding in source(material)]


def _verdicts(material: Material) -> list[Finding]:
    claims = material.table("claims")
    if claims.empty:
        return []
    counts = [f"{n} {verdict}" for verdict, n in Counter(claims["verdict"]).items()]
    decided = claims[claims["verdict"].isin(["reproduced", "contradicted"])]
    caveats = [
        f"{row['verdict'].capitalize()}: {str(row['claim']).replace('_', ' ')}, "
        f"measured {in_words(row['measured'], row['ci_low'], row['ci_high'])}, published {number(row['published'])}."
        for row in decided.to_dict("records")
    ]
    said = f"Of {number_of(len(claims), 'published claim')}: {listed(counts)}."
    return [Finding("Claims", said, caveats, unsure=decided.empty)]


def _kinds(pairs: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Pairs of different models, and pairs of one model's runs; what is said of one is not said of the other."""
    if pairs.empty:
        return []
    alike = pairs["model_a"] == pairs["model_b"]
    kinds = (("runs of different models", pairs[~alike]), ("runs of one model", pairs[alike]))
    return [(kind, rows) for kind, rows in kinds if len(rows)]


def _identifiable(material: Material) -> list[Finding]:
    return [
        _agreement(kind, rows, rows[rows["rho_star"].notna()])
        for kind, rows in _kinds(material.table("pairs"))
        if rows["rho_star"].notna().any()
    ]


def _agreement(kind: str, pairs: pd.DataFrame, known: pd.DataFrame) -> Finding:
    said = (
        f"For {len(known)} of {number_of(len(pairs), 'pair')} of {kind} agreement without text noise is identifiable: "
        f"ρ* is {range_of(known, 'rho_star')}. Raw ρ of these is {range_of(known, 'rho')}."
    )
    significant = int((known["p_holm"] <= _LEVEL).sum())
    caveats = [f"On disjoint text {significant} of {len(known)} have p (Holm) ≤ {_LEVEL}."]
    floors = known[known["floor"].notna()]
    below = int((floors["rho_star_ci_high"] < 1 - floors["floor"]).sum())
    if len(floors):
        caveats.append(f"{below} of the {len(floors)} with a measured floor lie below 1 by more than it.")
    if len(floors) < len(known):
        absent = len(known) - len(floors)
        caveats.append(
            f"For {absent} of {len(known)} no floor was measured, so it is not said whether ρ* lies below 1."
        )
    return Finding(f"Agreement of {kind}", said, caveats)


def _unidentified(material: Material) -> list[Finding]:
    pairs = material.table("pairs")
    unknown = pairs if pairs.empty else pairs[pairs["rho_star"].isna() & pairs["rho"].notna()]
    if unknown.empty:
        return []
    said = (
        f"For {len(unknown)} of {number_of(len(pairs), 'pair')} of runs neither ρ* nor p on disjoint text can be had. "
        f"Raw ρ is {range_of(unknown, 'rho')}; shared text makes it larger, text noise smaller."
    )
    common = commonest(material.notes("pairs", unknown))
    reasons = [f"{n} of them: {note}." for note, n in common if note.kind is NoteKind.not_identifiable]
    return [Finding("Not identifiable", said, reasons, unsure=True)]


def _halves(material: Material) -> list[Finding]:
    found = []
    for kind, pairs in _kinds(material.table("pairs")):
        given = pairs.dropna(subset=["rho_same_half", "rho_disjoint_half"])
        found += [_shared_text(kind, int(size), rows) for size, rows in given.groupby("half_size")]
    return found


def _shared_text(kind: str, size: int, rows: pd.DataFrame) -> Finding:
    same, disjoint = (float(rows[name].mean()) for name in ("rho_same_half", "rho_disjoint_half"))
    said = (
        f"Over {number_of(len(rows), 'pair')} of {kind}, halves of {size} units with the same texts agree at "
        f"{same:.2f} on average, without a common text at {disjoint:.2f}: {same - disjoint:.2f} comes with the text."
    )
    return Finding("Stimulus control", said, ["At this half size; the share shrinks as texts are added."])


def _baselines(material: Material) -> list[Finding]:
    baselines, partials = material.table("baselines"), material.table("partials")
    measured = [] if baselines.empty else baselines[baselines["rho"].notna()].groupby("baseline", sort=False)
    said = [f"{str(name).replace('_', ' ')} {range_of(rows, 'rho')}" for name, rows in measured]
    if not said:
        return []
    both = partials if partials.empty else partials[(partials["given"] == "both") & partials["rho_partial"].notna()]
    caveats = ["Ranges over runs, on the same text; ρ* is in the table of baselines where it can be given."]
    if len(both):
        caveats.append(
            f"With words and input embeddings given, ρ of {number_of(len(both), 'pair')} goes from "
            f"{range_of(both, 'rho')} to {range_of(both, 'rho_partial')}; what words explain may be more."
        )
    return [Finding("Baselines", f"Raw ρ of runs with what is no model's geometry: {listed(said)}.", caveats)]


def _relations(material: Material) -> list[Finding]:
    relations = material.table("relations")
    if relations.empty:
        return []
    known = relations["r"].notna()
    given, unknown = relations[known], relations[~known]
    found = [_relation(row, notes) for row, notes in _noted(material, "relations", given)]
    if len(unknown):
        names = listed(sorted({str(name).replace("_", " ") for name in unknown["relation"]}))
        said = f"{len(unknown)} of {number_of(len(relations), 'relation')} over models cannot be given: {names}."
        found.append(
            Finding(
                "Not identifiable",
                said,
                [f"{n}: {note}." for note, n in commonest(material.notes("relations", unknown))],
                True,
            )
        )
    return found


def _noted(material: Material, name: str, rows: pd.DataFrame, column: str = "note") -> list[tuple[Row, Sequence[Note]]]:
    """Some rows of a table, each with its notes."""
    return list(zip(rows.to_dict("records"), material.notes(name, rows, column), strict=True))


def _relation(row: Row, notes: Sequence[Note]) -> Finding:
    said = (
        f"{str(row['relation']).replace('_', ' ').capitalize()}: r = {number(row['r'])} over {row['n_models']:.0f} "
        f"models, {row['n_families']:.0f} families, p = {number(row['p'], 3)} (of {number(row['p_min'], 3)})."
    )
    return Finding("Over models", said, [f"{note}." for note in notes])


def _effects(material: Material) -> list[Finding]:
    effects = material.table("effects")
    if effects.empty:
        return []
    return [_effect(str(layer), rows) for layer, rows in effects.groupby("layer_of_effect", sort=False)]


def _effect(layer: str, rows: pd.DataFrame) -> Finding:
    counts, known, unknown = Counter(rows["counts"]), rows[rows["effect"].notna()], rows[rows["effect"].isna()]
    said = (
        f"Of {number_of(len(rows), 'comparison')} of a model, {counts[YES]} beyond floor and null, {counts[NO]} not, "
        f"{counts[UNKNOWN]} not identifiable."
    )
    if len(known):
        most = known.loc[known["effect"].idxmax()]
        figure = in_words(most["effect"], most["ci_low"], most["ci_high"])
        said += f" The largest, {most['factor']} in {most['model']}: 1 − ρ* = {figure}."
    caveats = []
    if unknown["rho"].notna().any():
        caveats.append(f"Where there is no ρ*, raw ρ is {range_of(unknown, 'rho')}, which text noise lowers by itself.")
    return Finding(_LAYERS.get(layer, layer), said, caveats, unsure=counts[UNKNOWN] == len(rows))


def _shares(material: Material) -> list[Finding]:
    variance = material.table("variance")
    given = variance if variance.empty else variance[variance["share"].notna()]
    if given.empty:
        return []
    rows = given.sort_values("share", ascending=False).head(NAMED).to_dict("records")
    aliased = int((given["aliased_with"].fillna("") != "").sum())
    caveats = [f"{aliased} of {len(given)} factors cannot be told apart from others."] if aliased else []
    said = f"Unique shares of the variance of 1 − ρ* over pairs of cells: {listed([_share(row) for row in rows])}."
    decidable = int((given["p_min"] <= _LEVEL).sum())
    if decidable < len(given):
        caveats.append(f"{len(given) - decidable} of {len(given)} have too few relabellings for a p of {_LEVEL}.")
    return [Finding("What moves a geometry", said, caveats, unsure=decidable == 0)]


def _share(row: Row) -> str:
    p = "no relabelling" if pd.isna(row["p"]) else f"p = {row['p']:.3g}, least possible {row['p_min']:.2g}"
    return f"{row['factor']} {number(row['share'])} ({p})"


def _flags(material: Material) -> list[Finding]:
    descriptors = material.table("descriptors")
    if descriptors.empty:
        return []
    flagged = descriptors[descriptors["flags"].fillna("") != ""]
    said = f"{len(flagged)} of {number_of(len(descriptors), 'geometry', 'geometries')} with a flag."
    for column, name in (
        ("anisotropy", "Anisotropy"),
        ("anisotropy_without_largest", "Without the largest dimensions"),
    ):
        if descriptors[column].notna().any():
            said += f" {name}: {range_of(descriptors, column)}."
    caveats = [f"{row['run']}: {row['flags']}." for row in flagged.head(NAMED).to_dict("records")]
    if len(flagged) > NAMED:
        caveats.append(f"{len(flagged) - NAMED} more in the table of descriptors.")
    return [Finding("Descriptors", said, caveats, unsure=len(flagged) > 0)]


def _variants(material: Material) -> list[Finding]:
    rows = material.table("base_instruct")
    given = [] if rows.empty else _noted(material, "base_instruct", rows[rows["rho"].notna()], "moved")
    return [_variant(row, moved) for row, moved in given]


def _variant(row: Row, moved: Sequence[Note]) -> Finding:
    star = in_words(row["rho_star"], row["rho_star_ci_low"], row["rho_star_ci_high"])
    said = (
        f"{row['family']}, base against instruct: ρ* {star}, raw ρ {number(row['rho'])}, "
        f"published {number(row['published'])}."
    )
    said_moved = listed([note.text for note in moved] or ["no descriptor"])
    return Finding(
        "Base against instruct", said, [f"Moved beyond its interval: {said_moved}."], pd.isna(row["rho_star"])
    )


def _shifts(material: Material) -> list[Finding]:
    shifts = material.table("steering_shifts")
    given = shifts if shifts.empty else shifts[shifts["shift"].notna()]
    by_model = [] if given.empty else given.groupby("model", sort=False)
    return [_shift(str(model), rows, material.notes("steering_shifts", rows)) for model, rows in by_model]


def _shift(model: str, rows: pd.DataFrame, notes: Sequence[Sequence[Note]]) -> Finding:
    counts, most = Counter(rows["beats_random"]), rows.loc[rows["shift"].idxmax()]
    said = (
        f"{model}: of {number_of(len(rows), 'shift')} of emotion words, {counts[YES]} beyond random directions of "
        f"equal norm, {counts[NO]} not, {counts[UNKNOWN]} not identifiable. The largest, {most['emotion']} at strength "
        f"{most['strength']:g}: {most['shift']:+.2f} nats, random {most['random_mean']:+.2f} "
        f"({most['random_low']:+.2f} to {most['random_high']:+.2f})."
    )
    least = f"{most['n_random']:.0f} random directions, so the least p possible is {number(most['p_min'], 3)}."
    return Finding("Steering", said, [least, *(f"{note}." for note, _ in commonest(notes))], counts[YES] == 0)


def _regimes(material: Material) -> list[Finding]:
    steering = material.table("steering")
    own = [] if steering.empty else _noted(material, "steering", steering[steering["direction"] == "emotion"])
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


def _behaviour(material: Material) -> list[Finding]:
    behaviour = material.table("behaviour")
    if behaviour.empty:
        return []
    told = behaviour[behaviour["value"].notna() | behaviour["capability"].notna()]
    measured = told[told["source"] == "measured"]
    return [_facet(row, notes) for row, notes in _noted(material, "behaviour", measured)]


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


def _refused(material: Material) -> list[Finding]:
    runs = material.catalogue.runs
    refused = [run for run in runs if not run.finished]
    if not refused:
        return []
    said = f"{len(refused)} of {number_of(len(runs), 'cell')} refused, because states left the precision's range."
    return [Finding("Refused", said, [str(run.record.reason) for run in refused[:NAMED]], unsure=True)]
