"""Sections that compare models: universality, the stimulus share, and the published numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.records.published import published_model, published_pair, reference
from emogeo.analysis.report.finetune import finetune_parts
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.overlap import overlap_parts
from emogeo.analysis.report.parts import (
    Absent,
    Column,
    Part,
    Section,
    Sheet,
    beside,
    figure,
    interval,
    ranging,
    sheet,
    word,
)
from emogeo.analysis.report.texts import texts_parts
from emogeo.analysis.tables.pairs import pair_matrix
from emogeo.stimuli.conditions import Noun

_MORE_MODELS = "python train.py -m +study=universality 'model=glob(*)'"
_TWO_MODELS = "python train.py -m model=smollm2-135m-instruct,gemma-3-270m"
_MATRICES = {"rho": "ρ between runs", "rho_star": "ρ* between runs"}


def universality_section(material: Material) -> Section:
    """Shows every two comparable models."""
    parts = [*material.pictures("universality"), *_matrices(material)]
    parts += material.shown(
        "universality",
        "Comparable models",
        _of_two_models(material.noun),
        "No two models have comparable runs.",
        _MORE_MODELS,
    )
    parts += finetune_parts(material)
    parts += material.shown(
        "relations",
        "Agreement and descriptors against size, depth and behaviour",
        _of_relations(),
        "No relation over models: it takes several models with comparable runs.",
        _MORE_MODELS,
    )
    about = "How far models carry the same geometry, raw and without text noise; a family's models are not independent."
    return Section("universality", "Universality", about, parts)


def stimulus_section(material: Material) -> Section:
    """Shows what the particular passages add to an agreement, and what is wrong with the texts."""
    pairs, nulls = material.trained_pairs("pairs")
    parts: list[Part] = []
    if pairs.empty:
        parts.append(Absent("No pair of runs, so nothing to control.", _TWO_MODELS))
    else:
        shown = sheet(pairs, "Pairs of runs", "pairs", _of_pairs(material))
        pictured = material.picture("same_and_disjoint_half.png", "Agreement on the same and on disjoint texts", shown)
        parts += [*(pictured or [shown]), *nulls]
    parts += material.shown(
        "baselines",
        "Runs against words, input embeddings and norms",
        _of_baselines(material),
        "No run to compare with baselines.",
        "python train.py",
    )
    parts += _beyond(material)
    parts += _measures(material)
    parts += overlap_parts(material)
    parts += texts_parts(material)
    about = (
        "Two models that read the same passages agree for that reason alone; halves without a common text do not. What "
        "returns in every topic, words that stand for a condition above all, is on both sides of every comparison here."
    )
    return Section("stimulus", "Stimulus control", about, parts)


def _beyond(material: Material) -> list[Part]:
    """Shows what is left of every pair's agreement once words are given."""
    beyond, nulls = material.trained_pairs("beyond")
    if beyond.empty:
        return [Absent("No pair of runs.", _TWO_MODELS)]
    return [sheet(beyond, "Agreement beyond words", "beyond", _of_beyond(material)), *nulls]


def _measures(material: Material) -> list[Part]:
    """Shows the other measures of every pair, and whether a verdict hangs on the measure."""
    answer = [word("run a", "key_a", material.names), word("run b", "key_b", material.names), word("answer", "answer")]
    said = "Does the verdict hang on the measure?"
    answers = material.shown("measure_verdicts", said, answer, "No pair of runs, so no other measures.", _TWO_MODELS)
    table = material.table("measures")
    if table.empty:
        return answers
    shown = sheet(table, "Other measures", "measures", _of_measures(material), open=False)
    return [*answers, *(material.picture("measures.png", "Every measure of every pair", shown) or [shown])]


def published_section(material: Material) -> Section:
    """Shows the pairs and models that the published study has as well."""
    parts = [*_published_pairs(material), *_published_models(material)]
    about = "Numbers of arXiv 2604.11050 beside those measured here, for models of both."
    return Section("published", "Published against measured", about, parts)


def _matrices(material: Material) -> list[Part]:
    own = subjects([each for each in material.prepared if each.run.reread_of is None])
    return [
        part
        for column, title in _MATRICES.items()
        if own and not material.table("pairs").empty
        for part in material.picture(f"{column}_matrix.png", title, _matrix(material, own, column, title))
    ]


def _matrix(material: Material, own: Sequence[PreparedRun], column: str, title: str) -> Sheet:
    names = [each.name for each in own]
    values = pd.DataFrame(pair_matrix(own, material.table("pairs"), column), columns=names)
    values.insert(0, "run", names)
    columns = [word("run", "run"), *(figure(name, name) for name in names)]
    return sheet(values, f"{title}, as a table", f"{column}_matrix", columns, open=False)


def _of_two_models(noun: Noun) -> list[Column]:
    return [
        word("model a", "model_a"),
        word("model b", "model_b"),
        word("one family", "within_family"),
        word("beyond words", "beyond_words", style="badge"),
        word("beyond word meanings", "beyond_meanings", style="badge"),
        ranging("ρ* given words", "rho_partial", "rho_partial_ci_low", "rho_partial_ci_high"),
        figure("ρ", "rho"),
        *_star(noun),
        figure("ρ published", "published"),
        beside("same / disjoint half", "rho_same_half", "rho_disjoint_half"),
        beside("reliability a / b", "reliability_a", "reliability_b"),
        figure("p (Holm)", "p_holm", 4),
        figure("floor", "floor", 4),
        word("reading", "reading"),
        word("note", "note", style="long"),
    ]


def _star(noun: Noun) -> list[Column]:
    return [
        figure(f"ρ*, these {noun.many}", "rho_star"),
        interval(f"{noun.many} like these", "rho_star_any"),
        word("same or different", "equivalence", style="badge"),
    ]


def _of_relations() -> list[Column]:
    return [
        word("relation", "relation"),
        word("reading", "reading"),
        beside("models / families", "n_models", "n_families", digits=0),
        figure("r", "r"),
        figure("p", "p", 4),
        figure("least p possible", "p_min", 4),
        figure("published", "published"),
        word("note", "note", style="long"),
    ]


def _of_pairs(material: Material) -> list[Column]:
    return [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        word("beyond words", "beyond_words", style="badge"),
        figure("ρ", "rho"),
        *_star(material.noun),
        beside("same / disjoint half", "rho_same_half", "rho_disjoint_half"),
        beside("reliability a / b", "reliability_a", "reliability_b"),
        figure("p, same text", "p_same_text", 4),
        figure("p", "p", 4),
        figure("p (Holm)", "p_holm", 4),
        figure("floor", "floor", 4),
        figure("units", "n_units", 0),
        word("note", "note", style="long"),
    ]


def _of_baselines(material: Material) -> list[Column]:
    return [
        word("run", "key", material.names),
        word("baseline", "baseline"),
        figure("ρ", "rho"),
        figure("ρ*", "rho_star"),
        beside("same / disjoint half", "rho_same_half", "rho_disjoint_half"),
        beside("reliability run / baseline", "reliability_a", "reliability_baseline"),
        figure("p (Holm)", "p_holm", 4),
        word("note", "note", style="long"),
    ]


def _of_beyond(material: Material) -> list[Column]:
    return [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        word("given", "level"),
        word("beyond it", "verdict", style="badge"),
        ranging("ρ* that is left", "rho_partial", "rho_partial_ci_low", "rho_partial_ci_high"),
        figure("p", "p", 4),
        beside("explained of a / b", "explained_a", "explained_b"),
        ranging("ρ* less the best null's", "margin", "margin_ci_low", "margin_ci_high"),
        word("best null", "best_null"),
        word("reason", "reason", style="long"),
        word("nulls", "given", style="long"),
        word("note", "note", style="long"),
    ]


def _of_measures(material: Material) -> list[Column]:
    return [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        word("measure", "measure"),
        beside("all text / by chance", "value", "chance"),
        figure("disjoint text", "disjoint"),
        beside("reliability a / b", "reliability_a", "reliability_b"),
        ranging("disattenuated", "disattenuated", "ci_low", "ci_high"),
        word("reading", "reading"),
        word("note", "note", style="long"),
    ]


def _published_pairs(material: Material) -> list[Part]:
    pairs = material.table("pairs")
    pairs = pairs if pairs.empty else pairs[pairs["model_a"] != pairs["model_b"]]
    rows = [
        {**row, "published": published, "difference": row["rho"] - published}
        for row in pairs.to_dict("records")
        if (published := published_pair(row["model_a"], row["model_b"])) is not None
    ]
    if not rows:
        order = reference()["rdm_rho"]["order"]
        why = f"No pair of different models of the study; its models are {', '.join(order)}."
        return [Absent(why, f"python train.py -m +study=universality model={','.join(order[:2])}")]
    columns = [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        figure("ρ published", "published"),
        figure("ρ measured", "rho"),
        figure("ρ* measured", "rho_star"),
        figure("measured − published", "difference"),
        word("note", "note", style="long"),
    ]
    return [sheet(pd.DataFrame(rows), "Pairs of models", "published_pairs", columns)]


def _published_models(material: Material) -> list[Part]:
    rows = [
        {**row, **_of_study(known)}
        for row in material.table("descriptors").to_dict("records")
        if (known := published_model(row["model"])) is not None
    ]
    if not rows:
        why = "No model of the study, so no descriptors to compare with the published ones."
        return [Absent(why, f"python train.py model={reference()['models'][0]['name']}")]
    columns = [
        word("run", "run"),
        beside("layer published / measured", "published_layer", "layer", digits=0),
        figure("anisotropy published", "published_anisotropy"),
        figure("anisotropy measured", "anisotropy"),
        figure("RDM std published", "published_rdm_std", 3),
        figure("RDM std measured", "rdm_std", 3),
        word("flags", "flags", style="long"),
    ]
    return [sheet(pd.DataFrame(rows), "Models", "published_models", columns)]


def _of_study(model: dict[str, Any]) -> dict[str, Any]:
    return {
        "published_layer": model["best_layer"],
        "published_anisotropy": model["anisotropy"],
        "published_rdm_std": model["rdm_std"],
    }
