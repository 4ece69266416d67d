"""The table of cells in which two runs differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.notes import NoteKind
from emogeo.analysis.tables.rdm_differences import DIFFERENCE_COLUMNS, LEVEL, MOST_PAIRS, YES, rdm_differences_table
from emogeo.geometry.units import crossvalidated_rdms
from emogeo.record.files import VECTORS
from emogeo.store.tensors import pack, unpack
from tests.analysis.planted_models import N_UNITS, PlantedModel, catalogue


@pytest.fixture(scope="module")
def pair() -> list[PreparedRun]:
    return catalogue([PlantedModel("a", "x", "base", 1.0), PlantedModel("b", "y", "base", 1.0, own=0.6)])


def test_a_row_per_pair_of_conditions(pair: list[PreparedRun]) -> None:
    table = rdm_differences_table(pair, 0).frame
    assert list(table.columns) == DIFFERENCE_COLUMNS and len(table) == 210
    first, second = (crossvalidated_rdms(each.halves.products.values, np.ones((1, N_UNITS)))[0][0] for each in pair)
    assert table["dissimilarity_a"].to_numpy() == pytest.approx(first)
    assert table["difference"].to_numpy() == pytest.approx(second - first)
    assert ((table["p_largest"] <= LEVEL) == (table["beyond_noise"] == YES)).all()
    assert (table["beyond_noise"] == YES).any() and (table["n_units"] == N_UNITS).all()
    conditions = pair[0].run.conditions
    last = table.iloc[-1]
    assert [last["condition_a"], last["condition_b"]] == conditions[-2:]


def test_what_cannot_be_compared_has_its_reason(pair: list[PreparedRun]) -> None:
    few = [_of_one_unit(each) for each in pair]
    table = rdm_differences_table(few, 0)
    assert list(table.frame["note"]) == ["left out: 1 units, 8 are needed"]
    assert table.notes_of(table.frame)[0][0].kind is NoteKind.left_out


def test_runs_that_hardly_agree_with_themselves_are_left_out(pair: list[PreparedRun]) -> None:
    noise = np.random.default_rng(0).normal(size=pair[1].run.passages.shape).astype(np.float32)
    files = {**pair[1].run.files, VECTORS: pack({**unpack(pair[1].run.files[VECTORS]), "passages": noise})}
    found = rdm_differences_table([pair[0], replace(pair[1], run=replace(pair[1].run, files=files))], 0).frame
    assert list(found["note"]) == ["left out: a run is not reliable enough, as for rho_star in pairs"]


def test_one_run_has_no_row_and_many_pairs_are_bounded(pair: list[PreparedRun]) -> None:
    assert rdm_differences_table(pair[:1], 0).frame.empty
    many = catalogue([PlantedModel(f"m{number}", "x", "base", 1.0) for number in range(6)])
    table = rdm_differences_table(many, 0)
    assert table.frame[["key_a", "key_b"]].drop_duplicates().shape[0] == MOST_PAIRS
    assert table.frame["note"].eq(f"{MOST_PAIRS} of 15 pairs of runs are compared cell by cell").all()


def _of_one_unit(each: PreparedRun) -> PreparedRun:
    record = replace(each.run.record, units=("one",) * len(each.labels.texts))
    return replace(each, run=replace(each.run, record=record))
