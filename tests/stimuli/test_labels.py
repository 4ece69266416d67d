"""Labels of a corpus: renamed, folded, selected, asked about; each slip with its message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emogeo.config.texts import Mend, StimuliConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.conditions import STUDIED
from emogeo.stimuli.labels import Labelled, labelled, neutral_of
from emogeo.stimuli.messages import hint, listed, short
from emogeo.stimuli.reading import Row
from emogeo.stimuli.slips import one_slip_apart

FOUR = ("anger", "fear", "joy", "sadness")


def rows(labels: Sequence[str | None], each: int = 2) -> list[Row]:
    return [Row(label, f"t{i}", f"text {label} {i}", None, f"line {i}") for label in labels for i in range(each)]


def read(labels: Sequence[str | None], **options: Any) -> Labelled:
    return labelled(rows(labels), StimuliConfig(name="", **options), "mine")


def conditions(found: Labelled) -> list[str]:
    return sorted({str(row.emotion) for row in found.rows})


def test_labels_stay_as_they_are() -> None:
    assert conditions(read(FOUR)) == list(FOUR)
    assert conditions(read(["Joy ", "FEAR", "at ease", "grief-stricken"])) == [
        "FEAR",
        "Joy",
        "at ease",
        "grief-stricken",
    ]
    assert read(FOUR).notes == ()


def test_several_spellings_of_one_label_are_named() -> None:
    spelled = ["Joy", "joy", "joy ", "fear", "anger", "sadness"]
    with pytest.raises(StimuliError, match=r"'Joy' \(2\) and 'joy' \(2\) and 'joy ' \(2\)\. Type stimuli.mend=\[spel"):
        read(spelled)
    with pytest.raises(StimuliError, match=r"stimuli.mend=\[rows,spellings\]"):
        read(spelled, mend=[Mend.rows])
    found = read(spelled, mend=[Mend.spellings])
    assert conditions(found) == list(FOUR)
    assert found.notes == ("labels in several spellings were read as one: joy",)


def test_labels_are_renamed_and_joined() -> None:
    assert conditions(read([*FOUR, "joyful"], rename={"joyful": "joy"})) == list(FOUR)
    assert conditions(read(["Joy", "joy", *FOUR[:2], "calm"], rename={"Joy": "JOY!"})) == [
        "JOY!",
        "anger",
        "calm",
        "fear",
        "joy",
    ]
    with pytest.raises(StimuliError, match="has no label 'joyfull'. Did you mean joyful"):
        read([*FOUR, "joyful"], rename={"joyfull": "joy"})


def test_texts_without_a_label_are_one_condition_where_that_is_said() -> None:
    assert conditions(read([*FOUR, None], unlabelled="plain")) == ["anger", "fear", "joy", "plain", "sadness"]
    with pytest.raises(
        StimuliError, match="2 texts have no condition, the first at line 0. Type stimuli.unlabelled=neu"
    ):
        read([*FOUR, None])
    with pytest.raises(StimuliError, match="every text of mine has a label"):
        read(FOUR, unlabelled="plain")


def test_some_conditions_are_taken() -> None:
    assert conditions(read([*FOUR, "calm"], conditions=list(FOUR))) == list(FOUR)
    with pytest.raises(StimuliError, match="has no condition clam. Did you mean calm"):
        read([*FOUR, "calm"], conditions=["clam", *FOUR])


def test_four_to_four_hundred_conditions() -> None:
    with pytest.raises(StimuliError, match="3 conditions"):
        read(FOUR[:3])
    with pytest.raises(StimuliError, match="401 conditions .* and 377 more"):
        read([f"c{i}" for i in range(401)])
    assert len(conditions(read([f"c{i}" for i in range(400)]))) == 400


def test_questions_about_labels_that_look_like_slips() -> None:
    (note,) = read([*FOUR, "agner"]).notes
    assert "'agner' (2 texts) and 'anger' (2 texts) are one typing error apart" in note
    (note,) = read(["hapy" if label == "happy" else label for label in STUDIED]).notes
    assert "most labels are the study's 21, but hapy is not, and happy is absent" in note
    assert "stimuli.rename={hapy: happy}" in note
    (note,) = read(STUDIED[:-1]).notes
    assert "sad is absent" in note
    assert read(STUDIED[:8]).notes == ()


@given(st.text(st.characters(categories=("Ll",)), min_size=5, max_size=12), st.data())
def test_one_slip(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcxyz"))
    slips = [word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :]]
    slips += [word[:at] + word[at + 1 :]] if len(word) > 5 else []
    slips += [word[:at] + word[at + 1] + word[at] + word[at + 2 :]] if at + 1 < len(word) else []
    assert all(one_slip_apart(word, slip) and one_slip_apart(slip, word) for slip in slips if slip != word)
    assert not one_slip_apart(word, word + "zz")
    assert not one_slip_apart("sad", "mad"), "short words are often one letter apart"


def test_neutral() -> None:
    assert neutral_of(["a", "neutral"], "neutral", "mine") == "neutral"
    assert neutral_of(["a", "b"], "neutral", "mine") is None
    assert neutral_of(["a", "b"], None, "mine") is None
    assert neutral_of(["a", "plain"], "plain", "mine") == "plain"
    with pytest.raises(StimuliError, match="stimuli.neutral=plan: mine has no such condition. Did you mean plain"):
        neutral_of(["a", "plain"], "plan", "mine")


def test_what_messages_show() -> None:
    assert listed([]) == "none"
    assert listed([str(i) for i in range(26)]).endswith("22, 23 and 2 more")
    assert short("a\x1b[31m\n" + "b" * 60) == "a [31m " + "b" * 33 + "…"
    assert hint("x", ["happy"]) == ""


def test_labels_are_composed_and_short_and_plain() -> None:
    assert conditions(read(["cafe\u0301", "caf\u00e9", "\ufefffear", "fear", "joy", "anger"])) == [
        "anger",
        "café",
        "fear",
        "joy",
    ]
    with pytest.raises(StimuliError, match="line 0: a label of 300 characters, 'xxx.*at most 200. Is it the text"):
        read([*FOUR, "x" * 300])
    with pytest.raises(StimuliError, match=r"control characters in the label 'jo\\x1by'"):
        read([*FOUR, "jo\x1by"])
    with pytest.raises(StimuliError, match="the other name is empty"):
        read([*FOUR, "calm"], rename={"calm": " "})


def test_questions_are_few_and_not_about_numbers() -> None:
    assert read([f"trait_{i:03d}" for i in range(40)]).notes == ()
    alike = [f"{start}rait{end}" for start in "tpbg" for end in "xyz"]
    assert len(read(alike).notes) == 6
    assert read(alike).notes[-1].startswith("and ")
    (note,) = read([*FOUR, "angre"], rename={}).notes
    assert "stimuli.rename={angre: anger}" in note or "stimuli.rename={anger: angre}" in note


def test_scores_and_numbers_of_texts_are_no_labels() -> None:
    with pytest.raises(StimuliError, match=r"fractions \(0.1, 0.25, 1, 2\), which look like sco.*rename=\{0.1: NAME"):
        read(["0.1", "1", "0.25", "2"])
    assert conditions(read(["0.5", "1", "2", "3"], rename={"0.5": "low"})) == ["1", "2", "3", "low"]
    bare = [Row(f"id{i}", None, f"text {i}", None, "line") for i in range(5)]
    with pytest.raises(StimuliError, match=r"each of 5 texts has a label of its own \(id0, id1.*stimuli.conditions="):
        labelled(bare, StimuliConfig(name=""), "mine")
    named = StimuliConfig(name="", conditions=[f"id{i}" for i in range(5)])
    assert len(labelled(bare, named, "mine").rows) == 5
