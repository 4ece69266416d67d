"""What a run warns of once it is done: the user's own texts that cannot carry a verdict, and weights half quantised."""

from __future__ import annotations

from collections.abc import Iterator

from emogeo.config.mode import Mode
from emogeo.extraction.plan import RunPlan
from emogeo.geometry.corpus_checks import check_corpus
from emogeo.geometry.halves import MIN_STAR
from emogeo.models.shares import flag_of
from emogeo.record.types import AnyRecord, GeometryRecord


def warnings_of(plan: RunPlan) -> list[str]:
    """Says in a line each what is wrong with texts that the user gave; nothing of the package's own."""
    stimuli = plan.config.stimuli
    if stimuli.path is None or plan.config.mode.name is not Mode.comprehension:
        return []
    return [*_few_families(plan), *_of_texts(plan)]


def warning_of_precision(record: AnyRecord) -> list[str]:
    """Says how much of the weights was quantised, where that is not nearly all of what the precision's name says."""
    passes = record.provenance.readings.values() if isinstance(record, GeometryRecord) else ()
    flags = {flag for own in passes if (flag := flag_of(own.quantized)) is not None}
    return [f"{record.title}: {flag}. What it shows is not what {record.precision} does." for flag in sorted(flags)]


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
