"""Descriptors of every geometry, and the geometries themselves."""

from __future__ import annotations

from emogeo.analysis.comparing.order import shared_order
from emogeo.analysis.report.answer import answer
from emogeo.analysis.report.heatmap import difference_maps, heat_maps
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Column, Part, Section, beside, figure, sheet, word
from emogeo.installation import command

_BASE_AND_INSTRUCT = f"{command('train')} -m model=gemma-3-1b-pt,gemma-3-1b-it"


def descriptors_section(material: Material) -> Section:
    """Shows the table, curves over blocks, flags, and base against instruct."""
    why = "This analysis has no descriptors."
    parts = material.shown("descriptors", "Descriptors at the selected layer", _of_runs(), why, command("train"))
    parts += _by_layer(material)
    why = "No family has a base and an instruct model."
    shown = material.shown("base_instruct", "Base against instruct", _of_variants(), why, _BASE_AND_INSTRUCT)
    parts += shown
    about = "Descriptors of each geometry, with flags where a number should not be trusted, and why."
    return Section("descriptors", "Descriptors", about, parts)


def rdms_section(material: Material) -> Section:
    """Shows the RDM of every run side by side, in one scale and one order, and where two runs differ."""
    about = "How far apart every two are: 1 − cosine of their vectors, as the run was read and centred."
    return Section("rdms", "The RDMs", about, _rdms(material))


def _by_layer(material: Material) -> list[Part]:
    table = material.table("descriptors_by_layer")
    files = {
        "reliability_by_layer.png": "Reliability by block",
        "descriptors_by_layer.png": "Descriptors by block",
    }
    drawn = [part for file, title in files.items() for part in material.picture(file, title)]
    if table.empty:
        return drawn or [Absent("No curves over blocks.", command("train"))]
    return [*drawn, sheet(table, "Descriptors by block", "descriptors_by_layer", _of_blocks(), open=False)]


def _rdms(material: Material) -> list[Part]:
    maps = heat_maps(material.prepared, material.bare, material.table("map_ratings"))
    if not maps:
        return [Absent("No finished geometry, so no RDM.", command("train"))]
    table = material.table("rdm_differences")
    if table.empty:
        return [*maps, Absent("No two runs, so no difference of RDMs.", f"{command('train')} -m model=A,B")]
    order = shared_order([*material.prepared, *material.bare])
    shown = sheet(table, "Differences of RDMs, cell by cell", "rdm_differences", _of_cells(material), open=False)
    return [*maps, *difference_maps(table, material.names, order, answer(material).pair), shown]


def _of_runs() -> list[Column]:
    return [
        word("run", "run"),
        word("flags", "flags", style="long"),
        beside("layer / of", "layer", "n_layers", digits=0),
        figure("anisotropy", "anisotropy"),
        figure("without largest", "anisotropy_without_largest"),
        word("largest dimensions", "largest_dimensions"),
        figure("RDM std", "rdm_std", 3),
        figure("participation ratio", "participation_ratio", 1),
        beside(
            "best by cosine / separation / reliability",
            "best_min_mean_cosine",
            "best_separation",
            "best_reliability",
            digits=0,
        ),
        beside("valence: axis / r / p", "valence_axis", "valence_r", "valence_p"),
        beside("arousal: axis / r / p", "arousal_axis", "arousal_r", "arousal_p"),
        figure("reliability", "reliability"),
        figure("non-finite", "nonfinite", 0),
        word("note", "note", style="long"),
    ]


def _of_blocks() -> list[Column]:
    names = ("anisotropy", "anisotropy_without_largest", "rdm_std", "participation_ratio", "mean_cosine", "separation")
    return [
        word("run", "run"),
        figure("block", "layer", 0),
        figure("depth", "depth"),
        *(figure(name.replace("_", " "), name, 3) for name in names),
        figure("reliability", "reliability"),
        figure("non-finite", "nonfinite", 0),
    ]


def _of_cells(material: Material) -> list[Column]:
    return [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        beside("dissimilarity a / b", "dissimilarity_a", "dissimilarity_b"),
        word(f"{material.noun.value} a", "condition_a"),
        word(f"{material.noun.value} b", "condition_b"),
        figure("difference", "difference"),
        figure("standard error", "standard_error"),
        figure("p over all cells", "p_largest", 3),
        word("beyond text noise", "beyond_noise"),
        word("note", "note", style="long"),
    ]


def _of_variants() -> list[Column]:
    return [
        word("family", "family"),
        word("base", "model_a"),
        word("instruct", "model_b"),
        figure("ρ", "rho"),
        figure("ρ*", "rho_star"),
        figure("ρ published", "published"),
        beside("same / disjoint half", "rho_same_half", "rho_disjoint_half"),
        beside("reliability base / instruct", "reliability_a", "reliability_b"),
        figure("p (Holm)", "p_holm", 4),
        figure("floor", "floor", 4),
        word("moved beyond their intervals", "moved"),
        word("reading", "reading"),
        word("note", "note", style="long"),
    ]
