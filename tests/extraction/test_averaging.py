from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emogeo.extraction import averaging
from emogeo.extraction.averaging import averaged, joined, too_many
from emogeo.geometry.states import LabelledTexts
from emogeo.imported.types import Kind, Measured

EMOTIONS = tuple("abcd" * 60)
TOPICS = tuple(f"t{row // 8}" for row in range(240))
STATES = np.random.default_rng(0).normal(size=(2, 240, 5)).astype(np.float16)
LABELS = LabelledTexts(EMOTIONS, TOPICS, TOPICS, tuple(map(str, range(240))), known=False)


def measured() -> Measured:
    files, embeddings = (Path("x"),), STATES[0].astype(np.float64) + 1
    return Measured(Kind.states, EMOTIONS, (3, 7), lambda row: STATES[row], files, topics=TOPICS, embeddings=embeddings)


def test_each_unit_and_condition_has_the_mean_of_its_texts() -> None:
    found = averaged(measured(), LABELS, 0, "file")
    assert len(found.labelled.emotions) == 30 * 4
    assert not found.labelled.known
    cells = list(zip(TOPICS, EMOTIONS, strict=True))
    for row in (0, 17, 119):
        own = found.labelled.units[row], found.labelled.emotions[row]
        cell = [text for text in range(240) if cells[text] == own]
        np.testing.assert_allclose(found.measured.at(1)[row], STATES[1, cell].astype(np.float64).mean(axis=0))
        assert found.measured.embeddings is not None
        np.testing.assert_allclose(found.measured.embeddings[row], STATES[0, cell].astype(np.float64).mean(axis=0) + 1)


def test_very_many_units_are_joined_at_random_and_by_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert joined(TOPICS, 4, 0) == list(TOPICS)
    monkeypatch.setattr(averaging, "MOST_MEANS", 8)
    monkeypatch.setattr(averaging, "LEAST_UNITS", 6)
    groups = joined(TOPICS, 4, 0)
    assert len(set(groups)) == 6
    assert all(len({groups[t] for t in range(240) if TOPICS[t] == topic}) == 1 for topic in set(TOPICS))
    assert groups == joined(TOPICS, 4, 0) != joined(TOPICS, 4, 1)
    sizes = [len({TOPICS[t] for t in range(240) if groups[t] == group}) for group in set(groups)]
    assert set(sizes) == {5}


def test_few_texts_keep_a_state_each() -> None:
    assert not too_many(LABELS)
    many = tuple("x" for _ in range(6_001))
    assert too_many(LabelledTexts(many, many, many, many))
