"""What stands in the way of believing an analysis."""

from __future__ import annotations

from emogeo.analysis.comparing.made import flags_of_origins
from emogeo.analysis.report.material import Material

_FLAGS = 4
"""The most flags beside the answer; the others are in their sections."""


def flags(material: Material) -> list[str]:
    """Lists what stands in the way of believing the answer: texts, refusals, other versions, records left out."""
    found = [*_texts(material), *_refused(material), *_origins(material), *material.catalogue.left_out]
    if len(found) > _FLAGS:
        found = [*found[: _FLAGS - 1], f"{len(found) - _FLAGS + 1} more are in the sections below."]
    return found


def _texts(material: Material) -> list[str]:
    corpus = material.table("corpus")
    if corpus.empty:
        return []
    noted = zip(corpus["stimuli"], corpus["blocks_verdict"], material.notes("corpus", corpus), strict=True)
    said = [(stimuli, blocks, [str(note).removeprefix("FLAG ") for note in notes]) for stimuli, blocks, notes in noted]
    return [
        f"Texts of {stimuli}{', on which no verdict can rest' if blocks == 'yes' else ''}: {notes[0]}"
        + (f", and {len(notes) - 1} more" if len(notes) > 1 else "")
        for stimuli, blocks, notes in said
        if notes
    ]


def _origins(material: Material) -> list[str]:
    return flags_of_origins(material.catalogue.finished, lambda run: material.names.get(run.key, run.record.title))


def _refused(material: Material) -> list[str]:
    refused = [run for run in material.catalogue.runs if not run.finished]
    return [f"{run.record.title} was refused: {run.record.reason}" for run in refused]
