"""Rows of a readout are of their types, with six significant digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from emogeo.geometry.readout import Against
from emogeo.probes.readout_rows import KeptWithRows, text_rows, token_rows
from emogeo.probes.readout_scores import Scores
from emogeo.record.json import row_of
from emogeo.record.rows import ReadText, ReadToken
from emogeo.stimuli.any_texts import AnyTexts
from emogeo.store.keys import Json
from emogeo.store.store import Store
from tests.planted_records import readout

COMPARED = Against(np.array([0.1]), np.array([2.0]), np.array([[1 / 3, -1.0]]), np.array([[0.001, 1.0]]))
PROJECTIONS = np.array([[123456.789, -1 / 3]])


def test_a_text_has_its_labels_and_numbers() -> None:
    metrics = readout()[0].result.metrics  # type: ignore[union-attr]
    scores = Scores(False, [True], [None], [None], metrics, ())
    (row,) = text_rows(AnyTexts("mine", ("Hm.",), (None,), ("t",)), [3], PROJECTIONS, COMPARED, ["calm"], scores)
    own = row_of(ReadText, row, "here")
    assert (own.projections, own.z, own.p) == ((123457.0, -0.333333), (0.333333, -1.0), (0.001, 1.0))
    assert (own.topic, own.label, own.seen, own.n_tokens) == ("t", None, True, 3)


def test_a_token_has_its_place_and_its_null() -> None:
    (row,) = token_rows(4, [" a"], [True], PROJECTIONS, COMPARED)
    own = row_of(ReadToken, row, "here")
    assert (own.text, own.place, own.token, own.pooled, own.null_mean, own.null_sd) == (4, 0, " a", True, 0.1, 2.0)


def test_rows_that_are_made_again_are_kept_with_their_own_batch(tmp_path: Path) -> None:
    store = Store(tmp_path)
    rows: dict[int, list[Json]] = {}
    kept = KeptWithRows(store.kept("0" * 64, "here"), rows)
    rows |= {0: [{"place": 0}], 1: [{"place": 0}]}  # of a batch that did not fit
    rows[0] = [{"place": 1}]
    kept.keep("a" * 64, {"states": np.ones(1)})
    rows[1] = [{"place": 1}]
    kept.keep("b" * 64, {"states": np.ones(1)})
    kept.kept.save()
    found: dict[int, list[Json]] = {}
    again = KeptWithRows(store.kept("0" * 64, "here"), found)
    assert again.found("a" * 64) is not None and again.found("b" * 64) is not None
    assert found == {0: [{"place": 1}], 1: [{"place": 1}]}
