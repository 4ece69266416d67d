"""The `corpus` table: the texts that runs have read, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence

from emogeo.analysis.comparing.corpora import ReadCorpus, family_field
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.geometry.corpus_checks import CorpusChecks
from emogeo.geometry.corpus_flags import strongest_of
from emogeo.geometry.word_accuracy import WordAccuracy

CORPUS_COLUMNS = [
    *("corpus", "stimuli", "runs", "n_texts", "n_units", "n_conditions", "families", "blocks_verdict"),
    *("cue_share", "telling_share", "most_telling"),
    *("word_accuracy", "word_accuracy_ci_low", "word_accuracy_ci_high", "chance"),
    *("word_accuracy_alone", "word_accuracy_alone_ci_low", "word_accuracy_alone_ci_high", "n_texts_alone"),
    *("word_spread", "own_names", "near_duplicates", "returning_wording", "templated", "reliability"),
    *("dependence", "dependence_chance", "dependence_p", "family_correlation", "family_p", "n_effective", "note"),
]
WORDS = ["corpus", "stimuli", "runs", "families", "blocks_verdict", "most_telling", "note"]
_EXAMPLES = 3
"""The most telling phrases that a row names."""


def corpus_table(corpora: Sequence[ReadCorpus]) -> Table:
    """Makes one row per corpus, that is per texts with their conditions and units."""
    return typed([_corpus_row(corpus) for corpus in corpora], CORPUS_COLUMNS, WORDS)


def _corpus_row(corpus: ReadCorpus) -> Row:
    checks, first = corpus.checks, corpus.runs[0]
    labels = checks.labels
    row: Row = {
        "corpus": first.run.text_digest[:12],
        "stimuli": ", ".join(dict.fromkeys(each.run.record.stimuli for each in corpus.runs)),
        "runs": ", ".join(each.name for each in corpus.runs),
        "n_texts": len(labels.texts),
        "n_units": first.halves.n_units,
        "n_conditions": len(set(labels.emotions)),
        "families": family_field(first),
        "blocks_verdict": "yes" if checks.blocks_verdict else "no",
        **_of_words(checks),
        **({} if checks.accuracy is None else _of_accuracy(checks.accuracy)),
        **_of_runs(corpus),
    }
    return {**row, "note": [Note(f"FLAG {flag}", NoteKind.flag) for flag in checks.flags]}


def _of_words(checks: CorpusChecks) -> Row:
    n = len(set(checks.labels.emotions))
    return {
        "cue_share": sum(own.cue for own in checks.telling) / n,
        "telling_share": sum(own.telling for own in checks.telling) / n,
        "most_telling": "; ".join(map(str, checks.telling[:_EXAMPLES])),
        "word_spread": checks.word_spread,
        "own_names": float(checks.naming.mean()),
        "near_duplicates": checks.repeats.near_share,
        "returning_wording": checks.repeats.returning_share,
        "templated": checks.repeats.templated_share,
    }


def _of_accuracy(accuracy: WordAccuracy) -> Row:
    row = {**columns("word_accuracy", accuracy.of_all), "chance": accuracy.chance}
    if accuracy.without_common is not None:
        row.update(columns("word_accuracy_alone", accuracy.without_common))
    return {**row, "n_texts_alone": accuracy.n_without_common}


def _of_runs(corpus: ReadCorpus) -> Row:
    """What the models make of the units; of several runs, the largest reliability and the surest dependence."""
    checks, families = corpus.checks, corpus.families
    row: Row = {"reliability": max(checks.reliabilities.values(), default=None)}
    strongest = strongest_of(checks.dependences)
    if strongest is not None:
        name, p = strongest
        own = checks.dependences[name]
        row.update(dependence=own.value, dependence_chance=own.chance, dependence_p=p)
    if families is not None:
        row.update(family_correlation=families.value, family_p=families.p, n_effective=families.n_effective)
    return row
