"""What of a run is decoded, and what stands in where its states are gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emogeo.analysis.comparing.decoding import (
    FEWEST,
    MOST,
    DecodedRun,
    affordable,
    by_block,
    by_words,
    decoded,
    design_of,
)
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.geometry.options import Centring
from emogeo.geometry.vectors import without_topic_means
from emogeo.store.store import Store
from tests.analysis.planted_models import N_UNITS, PlantedModel, catalogue
from tests.planted_records import altered

MODEL = PlantedModel("one", "family", "base", 1.0)


@pytest.fixture(scope="module")
def each() -> PreparedRun:
    return catalogue([MODEL])[0]


def test_without_states_in_the_store_the_selected_block_is_decoded_and_it_is_said(
    each: PreparedRun, tmp_path: Path
) -> None:
    states = by_block(each.run, Store(tmp_path))
    assert (states.blocks, states.selected) == ([each.run.layer], 0)
    assert states.missing is not None and states.missing.startswith("the states of one")
    assert np.array_equal(states.read(0), each.run.passages)


def test_topics_are_taken_away_where_the_run_takes_them_away(each: PreparedRun, tmp_path: Path) -> None:
    config = replace(each.run.config, centring=Centring.topic_mean)
    run = altered(each.run, config=config)
    own = without_topic_means(np.asarray(run.passages, dtype=float)[:, None], run.topics)[:, 0]
    assert by_block(run, Store(tmp_path)).read(0) == pytest.approx(own)


def test_a_planted_run_is_decoded_beside_words(each: PreparedRun, tmp_path: Path) -> None:
    design = design_of(each.run)
    assert len(design.rows) == N_UNITS and design.counted.all()
    found = decoded(each, design, Store(tmp_path), 19, 0)
    assert isinstance(found, DecodedRun)
    assert found.found.accuracy[0].value > 0.6 and found.found.p is not None and found.found.p[0] == 0.05
    assert not isinstance(found.words, str)
    gain = found.gain(0)
    assert gain is not None and gain.low < gain.value < gain.high
    assert gain.value == pytest.approx(found.found.accuracy[0].value - found.words.accuracy.value)


def test_words_of_texts_that_are_not_known_find_nothing(each: PreparedRun) -> None:
    unknown = replace(each.labels, known=False)
    assert by_words(unknown, (True,) * len(unknown.texts)) == "the texts are not known, so neither are their words"


def test_many_or_large_runs_have_fewer_relabellings(each: PreparedRun) -> None:
    own = design_of(each.run)
    assert affordable([(own, 1)], 10_000) == MOST
    assert affordable([(own, 1)], 200) == 200
    assert affordable([(own, 10**6)], 10_000) == FEWEST
