"""The part of the report on the texts that were read, and on what is wrong with them."""

from __future__ import annotations

from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import Absent, Column, Listing, Part, Text, beside, figure, sheet, word
from emogeo.installation import command


def texts_parts(material: Material) -> list[Part]:
    """Shows what is wrong with the texts, and what words tell in them."""
    corpus = material.table("corpus")
    if corpus.empty:
        return [Absent("No run has read texts.", command("train"))]
    lines = [
        f"{stimuli}: {note}"
        for stimuli, notes in zip(corpus["stimuli"], material.notes("corpus", corpus), strict=True)
        for note in notes
    ]
    nothing = Text("Texts: no word stands for a condition, units do not repeat each other; nothing is flagged.")
    found: Part = Listing("What is wrong with the texts", lines) if lines else nothing
    return [found, sheet(corpus, "Texts that were read", "corpus", _of_texts())]


def _of_texts() -> list[Column]:
    return [
        word("stimuli", "stimuli"),
        word("runs", "runs", style="long"),
        beside("texts / units", "n_texts", "n_units", digits=0),
        word("no verdict beyond words", "blocks_verdict", style="badge"),
        figure("conditions with a cue", "cue_share"),
        figure("with a telling word", "telling_share"),
        word("most telling", "most_telling", style="long"),
        figure("words alone tell", "word_accuracy"),
        figure("chance", "chance"),
        beside("near-duplicates / returning wording", "near_duplicates", "returning_wording"),
        figure("highest reliability", "reliability"),
        beside("closest unit / by chance", "dependence", "dependence_chance"),
        figure("p of dependence", "dependence_p", 3),
        word("note", "note", style="long"),
    ]
