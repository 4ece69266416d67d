"""Questions about labels."""

from __future__ import annotations

from emogeo.stimuli.reading import Row
from emogeo.stimuli.slips import one_slip_apart, questions


def rows(counts: dict[str, int], topics: tuple[str | None, ...] = (None,)) -> list[Row]:
    return [
        Row(label, topics[i % len(topics)], f"{label} {i}", None, "l") for label, n in counts.items() for i in range(n)
    ]


def test_rare_labels_are_asked_about_however_short() -> None:
    (note,) = questions(rows({"anger": 7, "angr": 1, "fear": 8, "joy": 8}))
    assert "'anger' (7 texts) and 'angr' (1 text) are one typing error apart" in note
    assert "'stimuli.rename={angr: anger}'" in note
    (note,) = questions(rows({"joy": 9, "jo": 2, "calm": 8}))
    assert "'stimuli.rename={jo: joy}'" in note
    assert questions(rows({"sad": 8, "mad": 3, "calm": 8})) == []
    assert one_slip_apart("angr", "anger", 2)
    assert not one_slip_apart("angr", "anger")


def test_labels_that_stand_for_what_is_missing() -> None:
    for label in ("nan", "None", "NULL", "NA", "n/a"):
        (note,) = questions(rows({label: 3, "joy": 3, "fear": 3, "calm": 3}))
        assert f"{label!r} (3 texts) looks like a label that is missing" in note
        assert ": neutral}'" in note
    assert questions(rows({"nancy": 3, "joy": 3})) == []


def test_topics_that_are_emotions() -> None:
    swapped = rows({"wedding": 4, "storm": 4}, ("joy", "fear", "anger", "calm"))
    (note,) = questions(swapped)
    assert "are the two swapped? Then type 'stimuli.fields={emotion: topic, topic: emotion}'" in note
    assert questions(rows({"joy": 4, "fear": 4}, ("anger", "calm"))) == []
    assert questions(rows({"joy": 4, "fear": 4}, ("wedding", "storm"))) == []
