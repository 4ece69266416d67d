"""Agreement of pairs of runs as their texts have fewer words in common."""

from __future__ import annotations

from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Column, Part, Sheet, beside, figure, word
from emogeo.installation import command

_TWO_MODELS = f"{command('train')} -m model=smollm2-135m-instruct,gemma-3-270m"


def overlap_parts(material: Material) -> list[Part]:
    """Shows pairs of runs as their texts have fewer words in common, under their figure."""
    title, why = "Pairs of runs without common words", "No pair of runs with words."
    shown = material.shown("overlap", title, _columns(material), why, _TWO_MODELS)
    if not isinstance(shown[0], Sheet):
        return shown
    pictured = material.picture("overlap.png", "Agreement as texts have fewer words in common", shown[0])
    return pictured or shown


def _columns(material: Material) -> list[Column]:
    return [
        word("run a", "key_a", material.names),
        word("run b", "key_b", material.names),
        beside("overlap of halves: drawn / least", "overlap_mean", "overlap_least", digits=3),
        figure("ρ* on halves of least overlap", "rho_star_least"),
        figure("ρ* without common words", "rho_star_at_zero"),
        beside("reliability a / b without them", "reliability_a_at_zero", "reliability_b_at_zero"),
        beside("reliability of bags of words: all / without them", "reliability_words", "reliability_words_at_zero"),
        figure("products left", "share_at_zero"),
        word("note", "note", style="long"),
    ]
