"""A unit is written with a digest of its texts, and read without."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from emogeo.geometry.states import LabelledTexts
from emogeo.record.units import recorded_units, unit_name

words = st.text(max_size=4)


def labelled(rows: list[tuple[str, str, str]]) -> LabelledTexts:
    units, emotions, texts = zip(*rows, strict=True)
    return LabelledTexts(emotions, ("t",) * len(rows), units, texts)


@given(rows=st.lists(st.tuples(st.sampled_from(["a", "b", "a:b", "group-0"]), words, words), min_size=1, max_size=8))
def test_a_name_comes_back_whatever_is_in_it(rows: list[tuple[str, str, str]]) -> None:
    assert [unit_name(unit) for unit in recorded_units(labelled(rows))] == [unit for unit, _, _ in rows]


ROWS = [("u", "sad", "x"), ("u", "calm", "y"), ("v", "sad", "x"), ("v", "calm", "z")]


def test_equal_texts_have_equal_digests_in_any_order_and_company() -> None:
    first = dict(zip([unit for unit, _, _ in ROWS], recorded_units(labelled(ROWS)), strict=True))
    assert first["u"].partition(":")[2] != first["v"].partition(":")[2]
    other = random.Random(0).sample(ROWS, 4)
    for row, unit in zip(other, recorded_units(labelled(other)), strict=True):
        assert unit == first[row[0]]
    assert recorded_units(labelled(ROWS[:2])) == [first["u"]] * 2
    renamed = recorded_units(labelled([("w", *row[1:]) for row in ROWS[:2]]))
    assert renamed[0].partition(":")[2] == first["u"].partition(":")[2]


def test_another_text_or_another_emotion_has_another_digest() -> None:
    digests = {
        recorded_units(labelled(rows))[0]
        for rows in (ROWS[:2], ROWS[:1], [*ROWS[:1], ("u", "calm", "z")], [("u", "calm", "x"), ("u", "sad", "y")])
    }
    assert len(digests) == 4
    assert all(len(digest) == len("u:") + 12 for digest in digests)
