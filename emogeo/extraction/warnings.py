"""What a run warns of once it is done: texts of the user's own that cannot carry a verdict, and too few families."""

from __future__ import annotations

from collections.abc import Iterator

from emogeo.config.mode import Mode
from emogeo.extraction.plan import RunPlan
from emogeo.geometry.corpus_checks import check_corpus
from emogeo.geometry.halves import MIN_STAR


def warnings_of(plan: RunPlan) -> list[str]:
    """Says in a line each what is wrong with texts that the user gave; nothing of the package's own."""
    stimuli = plan.config.stimuli
    if stimuli.path is None or plan.config.mode.name is not Mode.comprehension:
        return []
    return [*_few_families(plan), *_of_texts(plan)]


def _few_families(plan: RunPlan) -> Iterator[str]:
    field, n = plan.config.stimuli.fields.family, len(set(plan.labelled.units))
    if field is not None and n < MIN_STAR:
        yield (
            f"{plan.source.name}: {n} families of {len(set(plan.labelled.topics))} topics are the units "
            f"(stimuli.fields.family={field}), and a rho_star needs {MIN_STAR}: topics of one family are no "
            "independent observations, however many there are. Add topics of other families."
        )


def _of_texts(plan: RunPlan) -> Iterator[str]:
    for flag in check_corpus(plan.labelled).flags:
        verdict = " No verdict beyond words can be given." if flag.blocks else ""
        yield f"{plan.source.name}: {flag}.{verdict}"
