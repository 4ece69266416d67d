"""The table of corpora."""

from __future__ import annotations

import pytest

from emogeo.analysis.comparing.corpora import read_corpora
from emogeo.analysis.tables.corpus import CORPUS_COLUMNS, corpus_table
from emogeo.analysis.tables.notes import NoteKind
from tests.analysis.comparing.test_corpora import with_families
from tests.analysis.planted_models import PlantedModel, catalogue


def test_a_row_per_corpus_with_its_checks_and_its_runs() -> None:
    models = catalogue([PlantedModel(name, name, "base", 1.0) for name in "mn"])
    corpora = read_corpora([*models, with_families(models[0])])
    table = corpus_table(corpora)
    frame = table.frame
    assert list(frame.columns) == CORPUS_COLUMNS
    first, second = frame.to_dict("records")
    assert (first["runs"], second["runs"]) == ("m bf16, n bf16", "m bf16")
    assert first["corpus"] == second["corpus"], "the same texts, in other units"
    assert (first["n_units"], second["n_units"], first["n_texts"]) == (12, 4, 252)
    checks = corpora[0].checks
    assert checks.accuracy is not None
    assert first["word_accuracy"] == checks.accuracy.of_all.value == 1
    assert (first["cue_share"], first["blocks_verdict"]) == (1, "yes")
    assert first["reliability"] == max(checks.reliabilities.values())
    least = min(checks.dependences.values(), key=lambda own: own.p)
    assert first["dependence_p"] == pytest.approx(min(1, 2 * least.p))
    assert second["families"] == "kind"
    assert second["n_effective"] == pytest.approx(12, abs=1.2)
    assert frame["n_effective"].isna().tolist() == [True, False]
    notes = table.notes_of(frame)[0]
    assert {note.kind for note in notes} == {NoteKind.flag}
    assert [str(note) for note in notes] == [f"FLAG {flag}" for flag in checks.flags]


def test_no_runs_give_an_empty_table_of_the_same_columns() -> None:
    assert list(corpus_table([]).frame.columns) == CORPUS_COLUMNS
