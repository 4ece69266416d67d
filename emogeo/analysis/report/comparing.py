"""Sections on comparable models, and on what the texts add to an agreement."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import subjects
from emogeo.analysis.report.agreement import star
from emogeo.analysis.report.definitions import definition
from emogeo.analysis.report.finetune import finetune_parts
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.overlap import overlap_parts
from emogeo.analysis.report.parts import (
    Column,
    Part,
    Section,
    Sheet,
    beside,
    figure,
    ranging,
    sheet,
    word,
)
from emogeo.analysis.report.texts import texts_parts
from emogeo.analysis.tables.pairs import pair_matrix
from emogeo.installation import command
from emogeo.stimuli.conditions import Noun

_MORE_MODELS = f"{command('train')} -m +study=universality 'model=glob(*)'"
_TWO_MODELS = f"{command('train')} -m model=smollm2-135m-instruct,gemma-3-270m"
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
    parts = material.picture("same_and_disjoint_half.png", "Agreement on the same and on disjoint texts")
    parts += material.shown(
        "baselines",
        "Runs against words, input embeddings and norms",
        _of_baselines(material),
        "No run to compare with baselines.",
        command("train"),
    )
    parts += overlap_parts(material)
    parts += texts_parts(material)
    about = (
        "Two models that read the same passages agree for that reason alone; halves without a common text do not. What "
        "returns in every topic, words that stand for a condition above all, is on both sides of every comparison here."
    )
    return Section("stimulus", "Stimulus control", about, parts)


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
    columns = [word("run", "run"), *(figure(name, name, means=definition("pairs", (column,))) for name in names)]
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
        *star(noun),
        figure("ρ published", "published"),
        beside("same / disjoint half", "rho_same_half", "rho_disjoint_half"),
        beside("reliability a / b", "reliability_a", "reliability_b"),
        figure("p (Holm)", "p_holm", 4),
        figure("floor", "floor", 4),
        word("reading", "reading"),
        word("note", "note", style="long"),
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
