"""The findings of an analysis: sentences made from the tables' numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from emogeo.analysis.report import findings_of_pairs, findings_of_probes
from emogeo.analysis.report.beyond import beyond_findings
from emogeo.analysis.report.finding import LEVEL, Finding, noted
from emogeo.analysis.report.finetune import finetune_findings
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import in_words, number
from emogeo.analysis.report.sentences import NAMED, commonest, listed, number_of, range_of, verdicts
from emogeo.analysis.tables.effects import NO, UNKNOWN, YES
from emogeo.analysis.tables.frame import Row
from emogeo.analysis.tables.notes import Note
from emogeo.analysis.tables.verdicts import CONTRADICTED, FAILS, HOLDS, REPRODUCED, UNTESTABLE
from emogeo.stimuli.conditions import Noun

_LAYERS = {
    "method": "Effect of method",
    "sub_parameter": "Effect of sub-parameters",
    "precision": "Effect of precision",
    "cross_experiment": "Comparing across experiments",
    "text": "Effect of whose texts they are",
}


def findings(material: Material) -> list[Finding]:
    """Lists the findings in the order of the sections; a table without numbers gives none."""
    return [finding for anchor in _sources() for finding in findings_of(anchor, material)]


def findings_of(anchor: str, material: Material) -> list[Finding]:
    """Lists the findings of one section, by its anchor; of a section that finds nothing, none."""
    return [finding for source in _sources().get(anchor, ()) for finding in source(material)]


def _sources() -> Mapping[str, Sequence[Callable[[Material], list[Finding]]]]:
    return {
        "agreement": (beyond_findings, findings_of_pairs.identifiable, findings_of_pairs.unidentified),
        "stimulus": (findings_of_pairs.halves, _baselines),
        "universality": (_relations, finetune_findings),
        "layers": (_effects, _shares),
        "descriptors": (_flags, _variants),
        "steering": (findings_of_probes.shifts, findings_of_probes.regimes),
        "behaviour": (findings_of_probes.behaviour,),
        "readout": (findings_of_probes.readouts,),
        "run": (_refused,),
        "claims": (_verdicts,),
    }


def _verdicts(material: Material) -> list[Finding]:
    claims = material.table("claims")
    if claims.empty:
        return []
    counts = [f"{n} {verdict}" for verdict, n in Counter(claims["verdict"]).items()]
    said = f"Of {number_of(len(claims), 'published claim')}, judged on the study's own models alone: {listed(counts)}."
    decided = claims[claims["verdict"].isin([REPRODUCED, CONTRADICTED])]
    here = claims[claims["here"].fillna("").str.startswith((HOLDS, FAILS))]
    caveats = [f"{row['verdict'].capitalize()}: {_claim(row)}." for row in decided.to_dict("records")]
    caveats += [_here(row) for row in here.to_dict("records")]
    return [Finding("Claims", said, caveats, unsure=decided.empty)]


def _here(row: Row) -> str:
    """Says what holds of the models of this catalogue; the numbers are theirs where the study was not judged."""
    said = str(row["here"])
    own = _claim(row) if row["verdict"] == UNTESTABLE else str(row["claim"]).replace("_", " ")
    return f"{said[0].upper()}{said[1:]}: {own}; {row['models']}."


def _claim(row: Row) -> str:
    measured = in_words(row["measured"], row["ci_low"], row["ci_high"])
    return f"{str(row['claim']).replace('_', ' ')}, measured {measured}, published {number(row['published'])}"


def _baselines(material: Material) -> list[Finding]:
    baselines = material.table("baselines")
    measured = [] if baselines.empty else baselines[baselines["rho"].notna()].groupby("baseline", sort=False)
    said = [f"{str(name).replace('_', ' ')} {range_of(rows, 'rho')}" for name, rows in measured]
    if not said:
        return []
    caveats = ["Ranges over runs, on the same text; ρ* is in the table of baselines where it can be given."]
    return [Finding("Baselines", f"Raw ρ of runs with baselines: {listed(said)}.", caveats)]


def _relations(material: Material) -> list[Finding]:
    relations = material.table("relations")
    if relations.empty:
        return []
    known = relations["r"].notna()
    given, unknown = relations[known], relations[~known]
    found = [_relation(row, notes) for row, notes in noted(material, "relations", given)]
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


def _relation(row: Row, notes: Sequence[Note]) -> Finding:
    tested = f", p = {number(row['p'], 3)} (of {number(row['p_min'], 3)})" if pd.notna(row["p"]) else ""
    said = (
        f"{str(row['relation']).replace('_', ' ').capitalize()}: r = {number(row['r'])} over {row['n_models']:.0f} "
        f"models, {row['n_families']:.0f} families{tested}."
    )
    return Finding("Over models", said, [f"{note}." for note in notes])


def _effects(material: Material) -> list[Finding]:
    effects = material.table("effects")
    if effects.empty:
        return []
    return [_effect(str(layer), rows, material.noun) for layer, rows in effects.groupby("layer_of_effect", sort=False)]


def _effect(layer: str, rows: pd.DataFrame, noun: Noun) -> Finding:
    counts, known, unknown = Counter(rows["counts"]), rows[rows["effect"].notna()], rows[rows["effect"].isna()]
    said = (
        f"Of {number_of(len(rows), 'comparison')} of a model, {counts[YES]} beyond floor and null, {counts[NO]} not, "
        f"{counts[UNKNOWN]} not identifiable."
    )
    if len(known):
        most = known.loc[known["effect"].idxmax()]
        figure = in_words(most["effect"], most["ci_low"], most["ci_high"])
        said += f" The largest, {most['factor']} in {most['model']}: 1 − ρ* = {figure}, for these {noun.many}."
    caveats = verdicts(rows, noun)
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
    said = f"Unique shares of the variance of 1 − ρ* over pairs of runs: {listed([_share(row) for row in rows])}."
    decidable = int((given["p_min"] <= LEVEL).sum())
    if decidable < len(given):
        caveats.append(f"{len(given) - decidable} of {len(given)} have too few relabellings for a p of {LEVEL}.")
    return [Finding("What moves a geometry", said, caveats, unsure=decidable == 0)]


def _share(row: Row) -> str:
    p = "no relabelling" if pd.isna(row["p"]) else f"p = {row['p']:.3g}, least possible {row['p_min']:.2g}"
    return f"{row['factor']} {number(row['share'])} ({p})"


def _flags(material: Material) -> list[Finding]:
    descriptors = material.of_trained("descriptors")
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
    given = [] if rows.empty else noted(material, "base_instruct", rows[rows["rho"].notna()], "moved")
    return [_variant(row, moved, material.noun) for row, moved in given]


def _variant(row: Row, moved: Sequence[Note], noun: Noun) -> Finding:
    star = in_words(row["rho_star"], row["rho_star_ci_low"], row["rho_star_ci_high"])
    said = (
        f"{row['family']}, base against instruct: for these {noun.many} ρ* {star}, raw ρ {number(row['rho'])}, "
        f"published {number(row['published'])}."
    )
    said_moved = listed([note.text for note in moved] or ["no descriptor"])
    return Finding(
        "Base against instruct", said, [f"Moved beyond its interval: {said_moved}."], pd.isna(row["rho_star"])
    )


def _refused(material: Material) -> list[Finding]:
    runs = material.catalogue.runs
    refused = [run for run in runs if not run.finished]
    if not refused:
        return []
    said = f"{len(refused)} of {number_of(len(runs), 'run')} refused, because states left the precision's range."
    return [Finding("Refused", said, [str(run.record.reason) for run in refused[:NAMED]], unsure=True)]
