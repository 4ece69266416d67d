"""The corpora that the runs of an analysis have read, each with its checks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.geometry.corpus_checks import CorpusChecks, barred, check_corpus
from emogeo.geometry.dependence import Dependence, dependence, family_dependence
from emogeo.geometry.geometry import halves_of
from emogeo.geometry.halves import MIN_UNITS


@dataclass(frozen=True, repr=False)
class ReadCorpus:
    """Labelled texts with every finished run that has read them, rereads apart."""

    runs: tuple[PreparedRun, ...]
    checks: CorpusChecks
    families: Dependence | None
    """The dependence between topics of one family in the first run; None where the units are no families"""

    def __repr__(self) -> str:
        return f"Corpus of {len(self.runs)} runs: {self.checks!r}"


Once: TypeAlias = Callable[[PreparedRun, Callable[[], Dependence | None]], Dependence | None]
"""Gives the dependence of a run's units, which is looked up or made."""


def read_corpora(prepared: Sequence[PreparedRun], once: Once = lambda _, make: make()) -> list[ReadCorpus]:
    """Groups runs by the texts that they have read, with conditions and units, and checks each corpus once.

    Runs whose texts are not known are left out.

    Args:
        once: looks up a dependence that is known, or makes it.
    """
    groups: dict[Hashable, list[PreparedRun]] = {}
    for each in prepared:
        if each.run.reread_of is None and each.run.texts_known:
            groups.setdefault(_identity(each), []).append(each)
    return [_checked(runs, once) for runs in groups.values()]


def blocked_texts(corpora: Sequence[ReadCorpus]) -> dict[str, str]:
    """Gives, for each digest of texts on which no verdict beyond words may rest, what forbids it."""
    found: dict[str, list[str]] = {}
    for corpus in corpora:
        found.setdefault(corpus.runs[0].run.text_digest, []).extend(corpus.checks.barring)
    return {digest: barred(kinds) for digest, kinds in found.items() if kinds}


def family_field(each: PreparedRun) -> str | None:
    """The field that named the families, where these are a run's units."""
    return each.run.config.stimuli.fields.family


def _identity(each: PreparedRun) -> Hashable:
    labels = each.labels
    return tuple(sorted(zip(labels.texts, labels.emotions, labels.units, strict=True)))


def _checked(runs: Sequence[PreparedRun], once: Once) -> ReadCorpus:
    reliable = {each.name: each.halves.reliability for each in runs if each.halves.n_units >= MIN_UNITS}
    found = {each.name: once(each, partial(dependence, each.halves.products, each.seed)) for each in runs}
    known: Mapping[str, Dependence] = {name: own for name, own in found.items() if own is not None}
    return ReadCorpus(tuple(runs), check_corpus(runs[0].labels, reliable, known), _of_families(runs[0]))


def _of_families(each: PreparedRun) -> Dependence | None:
    """Compares topics within and between families, where each topic has every condition."""
    labels = each.labels
    crossed = set(zip(labels.topics, labels.emotions, strict=True))
    topics = list(dict.fromkeys(labels.topics))
    if family_field(each) is None or len(crossed) < len(topics) * len(set(labels.emotions)):
        return None
    family_of = dict(zip(labels.topics, labels.units, strict=True))
    products = halves_of(each.run.passages, labels, labels.topics, each.run.options).products
    return family_dependence(products, [family_of[topic] for topic in products.units], each.seed)
