"""The section on arXiv 2604.11050: its claims, and its numbers beside those measured here."""

from __future__ import annotations

from typing import Any

import pandas as pd

from emogeo.analysis.records.published import published_model, published_pair, reference
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Column, Part, Section, beside, figure, ranging, sheet, word
from emogeo.installation import command


def claims_section(material: Material) -> Section:
    """Shows the verdicts on the published claims and the published numbers, where the study's conditions were used."""
    about = (
        "Each claim of the study's abstract: the verdict is passed on the study's own models, read as it read them; "
        "what holds here is of the models of this catalogue. The rules are in docs/claims.md."
    )
    return Section("claims", "Claims of arXiv 2604.11050", about, _parts(material) if material.studied else [])


def _parts(material: Material) -> list[Part]:
    shown = material.shown(
        "claims",
        "Claims",
        _of_claims(),
        "This analysis has no table of claims.",
        f"{command('train')} -m +study=universality 'model=glob(*)'",
    )
    return [*shown, *published_parts(material)]


def published_parts(material: Material) -> list[Part]:
    """Shows the pairs and models that the published study has as well, beside what was measured here."""
    return [*_published_pairs(material), *_published_models(material)]


def _of_claims() -> list[Column]:
    return [
        word("claim", "claim"),
        word("verdict on the study", "verdict", style="badge"),
        word("here", "here"),
        figure("published", "published"),
        ranging("measured", "measured", "ci_low", "ci_high"),
        word("models here", "models", style="long"),
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
        return [Absent(why, f"{command('train')} -m +study=universality model={','.join(order[:2])}")]
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
        return [Absent(why, f"{command('train')} model={reference()['models'][0]['name']}")]
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
