"""Every two runs compared, on planted runs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.comparing.floors import floors
from emogeo.analysis.comparing.paired import pairs_of, trained_pairs
from emogeo.analysis.comparing.prepared import PreparedRun, View
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.notes import NoteKind
from emogeo.analysis.tables.pairs import PAIR_COLUMNS, pair_matrix, pairs_table
from emogeo.config.model import Init
from emogeo.geometry.inference import compare
from emogeo.geometry.permutation import holm
from emogeo.geometry.sharing import over_shared
from emogeo.record.files import TEXTS, VECTORS
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.store.tensors import pack, unpack
from tests.analysis.comparing.test_made import made_by
from tests.planted_catalogue import Design, draw, lines_of
from tests.planted_records import altered

NAMES = ("A", "A_reread", "B", "C", "D")


@cache
def planted() -> list[PreparedRun]:
    return [ready for ready in draw(Design(0.5, 0.1, 0.5), 0) if ready.name in NAMES]


@cache
def table() -> Table:
    return pairs_table(planted(), 50, 0)


def test_every_two_runs_are_a_row_and_a_reread_is_no_run() -> None:
    wanted = list(combinations("ABCD", 2))
    assert [(a.name, b.name) for a, b in pairs_of(planted())] == wanted
    frame = table().frame
    assert list(frame.columns) == PAIR_COLUMNS
    assert list(zip(frame["key_a"], frame["key_b"], strict=True)) == wanted
    assert set(frame["model_a"]) == set(frame["model_b"]) == {"planted"}


def test_figures_are_those_of_the_two_runs() -> None:
    by_name, frame = {ready.name: ready for ready in planted()}, table().frame
    for row in frame.to_dict("records"):
        found = compare(*over_shared(by_name[row["key_a"]], by_name[row["key_b"]]).halves)
        assert found.rho_star is not None
        assert (row["rho"], row["rho_star"]) == (found.rho.value, found.rho_star.value)
    assert sorted(frame["p_holm"]) == sorted(holm(frame["p"].to_numpy()))
    (floor,) = floors([ready.run for ready in planted()]).values()
    assert frame["floor"].fillna(-1).tolist() == [floor, floor, -1, floor, -1, -1], "none at int8, which is D's"


def test_a_matrix_is_symmetric_with_its_pairs_in_place() -> None:
    runs = [ready for ready in planted() if ready.run.reread_of is None]
    order = [runs[at] for at in (2, 0, 3, 1)]
    matrix, frame = pair_matrix(order, table().frame, "rho"), table().frame.set_index(["key_a", "key_b"])
    np.testing.assert_array_equal(matrix, matrix.T)
    assert (np.diag(matrix) == 1).all()
    assert matrix[0, 1] == frame.loc[("A", "C"), "rho"]
    assert matrix[2, 3] == frame.loc[("B", "D"), "rho"]


def test_only_reliable_runs_have_a_diagonal_of_rho_star() -> None:
    noise = np.random.default_rng(0).normal(size=planted()[0].run.passages.shape)
    first = planted()[0]
    arrays = {**unpack(first.run.files[VECTORS]), "passages": noise.astype(np.float32)}
    unreliable = replace(first, run=altered(first.run, {VECTORS: pack(arrays)}, key="noise"))
    matrix = pair_matrix([first, unreliable], table().frame.iloc[:0], "rho_star")
    assert matrix[0, 0] == 1 and np.isnan(matrix[[0, 1, 1], [1, 0, 1]]).all()
    assert (np.diag(pair_matrix([first, unreliable], table().frame.iloc[:0], "rho")) == 1).all()


def test_what_only_one_run_has_is_named() -> None:
    first = next(ready for ready in planted() if ready.name == "A")
    less = replace(first, run=altered(first.run, key="less"), view=View(CONDITIONS[:12], recentre=True))
    whole = replace(first, view=View(CONDITIONS, recentre=True))
    (row,) = pairs_table([whole, less], 10, 0).frame.to_dict("records")
    assert f"without {', '.join(sorted(CONDITIONS[12:]))}, which one run lacks" in row["note"]
    assert row["n_conditions"] == 12


def test_units_of_one_run_alone_are_named() -> None:
    first = next(ready for ready in planted() if ready.name == "A")
    units = tuple(unit.replace("topic00:", "elsewhere:") for unit in first.run.record.units)
    lines = first.run.files[TEXTS].replace(b"topic00", b"elsewhere")
    other = replace(first, run=altered(first.run, {TEXTS: lines}, key="other", units=units))
    (row,) = pairs_table([first, other], 10, 0).frame.to_dict("records")
    assert "over the 23 units in common, without elsewhere, topic00" in row["note"]
    assert row["n_units"] == 23


def test_two_languages_are_compared_on_other_topics_and_other_words() -> None:
    """What a topic's passages of a condition have in common in both languages counts in the same half alone."""
    generator, first = np.random.default_rng(1), next(ready for ready in planted() if ready.name == "A")
    emotions = np.array([CONDITIONS.index(emotion) for emotion in first.run.record.emotions])
    scenes = generator.normal(size=(len(emotions), 60))
    runs = []
    for language in ("en", "de"):
        own = generator.normal(size=(21, 60))[emotions] + 6 * scenes
        states = pack({"passages": own.astype(np.float32), "embeddings": own.astype(np.float32)})
        config = replace(first.run.config, stimuli=replace(first.run.config.stimuli, language=language))
        files = {TEXTS: lines_of(language, 24), VECTORS: states}
        runs.append(replace(first, run=altered(first.run, files, key=language, config=config), name=language))
    (row,) = pairs_table(runs, 10, 0).frame.to_dict("records")
    assert "passages in en and de: opposite halves share neither topic nor language" in row["note"]
    assert row["n_units"] == 24 and np.isnan(row["p_same_text"])
    assert abs(row["rho_disjoint_half"]) < 0.2 < 0.4 < row["rho_same_half"]


def test_too_few_common_conditions_leave_a_pair_out_and_keep_its_row() -> None:
    first = next(ready for ready in planted() if ready.name == "A")
    other = replace(first, run=altered(first.run, key="other"), view=View(CONDITIONS[:10]))
    found = pairs_table([replace(first, view=View(CONDITIONS[10:])), other], 10, 0)
    (row,) = found.frame.to_dict("records")
    assert row["note"].startswith("left out: 0 conditions in common")
    assert np.isnan(row["rho"])
    ((note,),) = found.notes_of(found.frame)
    assert note.kind is NoteKind.left_out


def test_no_pairs_are_a_table_all_the_same() -> None:
    assert list(pairs_table(planted()[:1], 10, 0).frame.columns) == PAIR_COLUMNS


def test_planted_agreement_is_found() -> None:
    frame = table().frame.set_index(["key_a", "key_b"])
    design = Design(0.5, 0.1, 0.5)
    for pair in combinations("ABCD", 2):
        assert frame.loc[pair, "rho_star"] == pytest.approx(design.truth(*pair), abs=0.25)


def made(of: PreparedRun, name: str, init: Init, seed: int, model: str = "planted") -> PreparedRun:
    changes = {"model_name": model, "model_id": model, "model_init": init, "model_init_seed": seed}
    return replace(of, name=name, run=altered(of.run, key=name, **changes))


def test_trained_runs_are_compared_with_trained_ones_and_twins_with_twins_of_other_models() -> None:
    a, b = (next(ready for ready in planted() if ready.name == name) for name in "AC")
    twins = [
        made(a, "a1", Init.random, 1),
        made(a, "a2", Init.random, 2),
        made(a, "b1", Init.random, 1, "other"),
        made(a, "b2", Init.shuffled, 1, "other"),
        made(b, "c1", Init.random, 1, "other"),
    ]
    found = [(one.name, two.name) for one, two in pairs_of([twins[0], a, *twins[1:], b])]
    assert found == [("A", "C"), ("a1", "b1"), ("a1", "b2"), ("a2", "b1"), ("a2", "b2")], "c1 has read otherwise"


def test_pairs_of_twins_stand_for_trained_ones_only_where_there_are_none() -> None:
    a, b = (next(ready for ready in planted() if ready.name == name) for name in "AC")
    twins = [made(a, "a1", Init.random, 1), made(a, "b1", Init.random, 1, "other")]
    for runs, wanted in (([a, *twins, b], [("A", "C")]), ([a, *twins], []), (twins, [("a1", "b1")])):
        assert [(one.name, two.name) for one, two in trained_pairs(runs)] == wanted


def test_twins_do_not_move_the_p_of_trained_runs() -> None:
    runs = [ready for ready in planted() if ready.name in "ABC"]
    twins = [made(runs[0], "a1", Init.random, 1), made(runs[0], "b1", Init.random, 1, "other")]
    alone, both = (pairs_table(own, 50, 0).frame for own in (runs, [*runs, *twins]))
    pd.testing.assert_frame_equal(both.iloc[:3], alone)
    assert both.iloc[3][["key_a", "key_b", "model_a", "model_b"]].tolist() == [
        *("a1", "b1", "planted random 1", "other random 1"),
    ]
    assert both.iloc[3]["p_holm"] == both.iloc[3]["p"]


def test_a_matrix_leaves_out_pairs_of_other_runs() -> None:
    runs = [ready for ready in planted() if ready.name in "AB"]
    assert pair_matrix(runs, table().frame, "rho").shape == (2, 2)


def test_a_pair_whose_states_were_made_with_other_versions_says_so() -> None:
    runs = {each.name: each for each in planted()}
    a, b, c = (made_by(runs[name], torch) for name, torch in (("A", "2.13.0"), ("B", "2.14.0"), ("C", "2.13.0+cpu")))
    found = pairs_table([a, b, c], 50, 0)
    said = {
        (row["key_a"], row["key_b"]): [note for note in notes if note.kind is NoteKind.made_otherwise]
        for row, notes in zip(found.frame.to_dict("records"), found.notes_of(found.frame), strict=True)
    }
    assert [[str(note) for note in notes] for notes in said.values()] == [
        ["states: made with torch 2.13.0 and 2.14.0"],
        [],
        ["states: made with torch 2.14.0 and 2.13.0"],
    ]
    numbers = [column for column in PAIR_COLUMNS if column != "note"]
    usual = pairs_table([runs[name] for name in ("A", "B", "C")], 50, 0)
    pd.testing.assert_frame_equal(found.frame[numbers], usual.frame[numbers])
