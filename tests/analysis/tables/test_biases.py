"""Biases of comparisons across experiments, on planted runs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from emogeo.analysis.comparing.matching import MinimalPair, minimal_pairs
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.biases import put_bias
from emogeo.analysis.tables.frame import Row
from emogeo.analysis.tables.notes import Note
from emogeo.geometry.inference import cross_experiment_bias
from emogeo.geometry.sharing import raw_rho
from emogeo.record.files import VECTORS
from emogeo.store.tensors import pack
from tests.analysis.planted_effects import as_recipe
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered

DESIGN = Design(a_c=0.5, b_c=0.8, c_d=1.0)
MODEL = "llama-3.1-8b-instruct"


@cache
def planted() -> dict[str, PreparedRun]:
    return {ready.name: ready for ready in draw(DESIGN, 0)}


def biased(*names: str, given: dict[str, PreparedRun] | None = None) -> tuple[Row, list[Note], MinimalPair]:
    by_key = {ready.run.key: ready for name, ready in (given or planted()).items() if name in names}
    (pair,) = (
        pair for pair in minimal_pairs([own.run for own in by_key.values()]) if "cross" in pair.factor.kind.value
    )
    figures: Row = {}
    return figures, put_bias(figures, pair, by_key), pair


def test_a_bias_is_what_crossing_adds_to_the_effect_of_precision() -> None:
    """C and D are planted alike, so the bias is how far A lies from D."""
    figures, notes, _ = biased("A", "C", "D")
    truth = DESIGN.truth("A", "D") - DESIGN.truth("C", "D")
    assert figures["bias_ci_low"] < truth < figures["bias_ci_high"] < 0
    a, c, d = (planted()[name] for name in "ACD")
    assert figures["bias_raw"] == pytest.approx(raw_rho(a, d) - raw_rho(c, d))
    assert notes == []
    assert "published_bias" not in figures


def test_without_the_cell_between_there_is_none_and_its_cell_is_named() -> None:
    figures, notes, _ = biased("A", "D")
    assert figures == {}
    assert [str(note) for note in notes] == ["bias: needs the run of D at bf16 as well"]


def test_an_unreliable_run_has_a_raw_bias_alone() -> None:
    c = planted()["C"]
    noise = np.random.default_rng(0).normal(size=c.run.passages.shape).astype(np.float32)
    noisy = PreparedRun(altered(c.run, {VECTORS: pack({"passages": noise, "embeddings": noise})}), "C", 0, c.view)
    figures, notes, _ = biased("A", "C", "D", given={**planted(), "C": noisy})
    assert set(figures) == {"bias_raw"}
    assert [str(note) for note in notes] == ["bias: not identifiable (a run is not reliable enough)"]


def test_the_published_bias_stands_beside_what_repeats_the_published_sets() -> None:
    words = {"A": ["recipe=jeong_comprehension"], "C": ["recipe=jeong_matched"]}
    words["D"] = ["recipe=jeong_matched", "precision=int8"]
    given = {name: as_recipe(planted()[name], MODEL, *own) for name, own in words.items()}
    figures, _, pair = biased("A", "C", "D", given=given)
    assert pair.published_sets == "A-D"
    assert figures["published_bias"] == pytest.approx(0.325 - 0.5267)


def test_passages_that_share_no_topic_with_the_texts_keep_their_own_units() -> None:
    a = planted()["A"]
    units = tuple(unit.replace("topic", "passage") for unit in a.run.record.units)
    elsewhere = PreparedRun(altered(a.run, units=units), "A", 0, a.view)
    figures, notes, _ = biased("A", "C", "D", given={**planted(), "A": elsewhere})
    assert notes == []
    wanted = cross_experiment_bias(elsewhere.halves, planted()["C"].halves, planted()["D"].halves)
    assert wanted is not None
    assert figures["bias"] == pytest.approx(wanted.value)
    assert figures["bias"] != biased("A", "C", "D")[0]["bias"], "paired by topic"
