"""Sections on the effects of factors: the four effect kinds, and precision."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Column, Part, Section, beside, figure, interval, ranging, sheet, word
from emogeo.installation import command

_STUDY = f"{command('train')} -m +study=decomposition"
_PRECISIONS = f"{command('train')} -m +study=precision"
_ACROSS = ("anisotropy", "anisotropy_without_largest", "rdm_std", "participation_ratio", "reliability", "nonfinite")


def layers_section(material: Material) -> Section:
    """Shows effects of method, sub-parameters, precision, cross-experiment; and the shares of factors."""
    effects = material.table("effects")
    parts: list[Part] = []
    if effects.empty:
        parts.append(Absent("No two runs of one model differ in one factor alone.", f"{_STUDY} model=MODEL"))
    else:
        shown = sheet(effects, "Effects", "effects", _of_effects(material))
        parts += material.picture("layers_of_effect.png", "Effects by kind", shown) or [shown]
        parts += material.picture("sub_parameters.png", "Sub-parameters of generation")
    parts += _variance(material)
    about = "An effect is 1 − ρ*; it counts where its interval lies above the floor and above the regeneration null."
    return Section("layers", "Four kinds of effect", about, parts)


def precision_section(material: Material) -> Section:
    """Shows effects of precision, and a model's descriptors across its precisions."""
    effects = material.table("effects")
    rows = effects if effects.empty else effects[effects["layer_of_effect"] == "precision"]
    parts: list[Part] = []
    if rows.empty:
        parts.append(Absent("No model was read at two precisions.", f"{_PRECISIONS} model=MODEL"))
    else:
        parts.append(sheet(rows, "Effects of precision", "precision_effects", _of_effects(material)))
    parts += _across_precisions(material.table("descriptors"))
    parts += material.pictures("descriptors_by_precision")
    about = "The same runs at other precisions, and the effect of precision on a model's descriptors."
    return Section("precision", "Precision", about, parts)


def _variance(material: Material) -> list[Part]:
    columns = [
        word("factor", "factor"),
        ranging("share", "share", "ci_low", "ci_high"),
        figure("p", "p", 4),
        figure("least p possible", "p_min", 4),
        figure("relabellings", "n_relabellings", 0),
        word("not told apart from", "aliased_with"),
        word("note", "note", style="long"),
    ]
    why = "No factor's share of the variance of 1 − ρ* can be given."
    shown = material.shown("variance", "Variance of 1 − ρ* over pairs of runs", columns, why, f"{_STUDY} model=A,B")
    return material.picture("variance.png", "Shares of variance") + shown


def _of_effects(material: Material) -> list[Column]:
    names, noun = material.names, material.noun
    return [
        word("model", "model"),
        word("effect kind", "layer_of_effect"),
        word("factor", "factor"),
        word("counts", "counts", style="badge"),
        figure("ρ", "rho"),
        word("same or different", "equivalence", style="badge"),
        figure(f"ρ*, these {noun.many}", "rho_star"),
        interval(f"{noun.many} like these", "rho_star_any"),
        ranging("effect", "effect", "ci_low", "ci_high", bound=0.0),
        beside("floor / null", "floor", "null", digits=3),
        figure("ρ published", "published"),
        figure("bias", "bias"),
        beside("bias raw / published", "bias_raw", "published_bias"),
        word("aliased with", "aliased_with"),
        word("run a", "key_a", names),
        word("run b", "key_b", names),
        word("note", "note", style="long"),
    ]


def _across_precisions(descriptors: pd.DataFrame) -> list[Part]:
    """Makes a row per descriptor of each model that has several precisions, and a column per precision."""
    several = (
        [] if descriptors.empty else [own for _, own in descriptors.groupby("model") if own["precision"].nunique() > 1]
    )
    if not several:
        return [
            Absent("No model's descriptors at several precisions.", f"{command('train')} -m precision=fp32,bf16,fp16")
        ]
    rows = pd.concat(several).sort_values(["model", "mode", "precision"])
    columns = [
        word("model", "model"),
        word("precision", "precision"),
        word("run", "run"),
        beside("layer / of", "layer", "n_layers", digits=0),
        *(figure(name.replace("_", " "), name, 0 if name == "nonfinite" else 3) for name in _ACROSS),
        word("flags", "flags", style="long"),
    ]
    return [sheet(rows, "Descriptors across precisions", "descriptors_across_precisions", columns, open=True)]
