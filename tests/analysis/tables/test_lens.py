"""The table of the words of vectors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.lens import LENS_COLUMNS, joined, lens_table, shown
from emogeo.config.model import Init
from emogeo.geometry.permutation import holm
from emogeo.record.types import LensRecord, LensRow
from emogeo.stimuli.corpus import load_corpus
from tests.analysis.tables.planted_words import planted_run
from tests.planted_records import altered

ROWS = tuple(
    LensRow(
        condition=condition,
        up=((" glad", 9.5), ("\n", 3.0)),
        down=(("but", -4.0), (" no", -3.5)),
        telling=((" joy", 5.0), (" sun", 4.0)),
        p_up=0.5,
        p_down=0.25,
        p_telling=p,
    )
    for condition, p in (("happy", 0.002), ("sad", 0.04))
)
LENS = LensRecord(
    **{"tied": True, "normed": True, "n_relabelled": 500, "n_isotropic": 100, "up_relabelled": 8.0},
    **{"down_relabelled": -7.0, "up_isotropic": 6.0, "down_isotropic": -5.0, "rows": ROWS},
)


def with_lens(each: PreparedRun, lens: LensRecord | None, **changed: object) -> PreparedRun:
    run = altered(each.run, **changed)
    assert run.record.result is not None
    return replace(each, run=replace(run, record=replace(run.record, result=replace(run.record.result, lens=lens))))


@pytest.fixture(scope="module")
def planted() -> PreparedRun:
    return planted_run(load_corpus(topics=6), "one", 0)


def test_each_condition_has_a_row_with_its_tokens_and_those_of_chance(planted: PreparedRun) -> None:
    table = lens_table([with_lens(planted, LENS)]).frame
    assert list(table.columns) == LENS_COLUMNS and list(table["condition"]) == ["happy", "sad"]
    first = table.iloc[0]
    assert (first["telling"], first["up"], first["down"]) == ("␣joy ␣sun", "␣glad \\n", "but ␣no")
    assert (first["telling_z"], first["up_logit"], first["down_logit"]) == (5.0, 9.5, -4.0)
    assert (first["up_relabelled"], first["up_isotropic"], first["down_isotropic"]) == (8.0, 6.0, -5.0)
    assert list(table["p_telling_holm"]) == pytest.approx(list(holm(table["p_telling"].to_numpy())))
    assert (table["note"] == "").all()
    bare = lens_table([with_lens(planted, replace(LENS, normed=False))]).frame
    assert (bare["note"] == "this model has no norm before its unembedding").all()


@pytest.mark.parametrize(
    ("lens", "said"),
    [
        (None, "left out: recorded by an earlier version; force=true reads the texts again"),
        (LensRecord(reason="tiny has no unembedding"), "left out: tiny has no unembedding"),
    ],
)
def test_a_run_without_words_has_one_row_with_the_reason(
    planted: PreparedRun, lens: LensRecord | None, said: str
) -> None:
    table = lens_table([with_lens(planted, lens)]).frame
    assert list(table["note"]) == [said] and table["condition"].isna().all()


def test_twins_and_rereads_have_no_rows(planted: PreparedRun) -> None:
    twin = with_lens(planted, None, key="twin", model_init=Init.random)
    reread = with_lens(planted, LENS, key="reread", reread_of="x")
    assert set(lens_table([with_lens(planted, LENS), twin, reread]).frame["key"]) == {planted.run.key}
    assert set(lens_table([twin]).frame["key"]) == {"twin"}
    assert lens_table([]).frame.empty


def test_what_cannot_be_seen_is_written_out() -> None:
    assert shown(" a b") == "␣a␣b"
    assert shown("\x00\t\u202e\u200b\xa0") == "\\x00\\t\\u202e\\u200b\\xa0"
    assert shown("<script>") == "<script>", "the page escapes it"
    assert shown("é日🙂") == "é日🙂"
    assert joined([("a", 1.0), (" b", 2.0)]) == "a ␣b"
