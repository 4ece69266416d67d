"""Labels and topics in several spellings."""

from __future__ import annotations

import pytest

from emogeo.config.texts import Mend, StimuliConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.corpus import corpus_of
from emogeo.stimuli.reading import Row
from emogeo.stimuli.spellings import topics_with_one_spelling, with_one_spelling

PLAIN, MENDED = StimuliConfig(name=""), StimuliConfig(name="", mend=[Mend.spellings])


def rows(*pairs: tuple[str, str | None]) -> list[Row]:
    return [Row(emotion, topic, "text", None, "line") for emotion, topic in pairs]


def test_labels() -> None:
    with pytest.raises(StimuliError, match=r"some labels look like one.*'Joy' \(1\) and 'joy ' \(1\).*OTHER NAME"):
        with_one_spelling(rows(("Joy", None), ("joy ", None)), PLAIN, "mine")
    got, notes = with_one_spelling(rows(("Joy", None), ("joy ", None), ("Fear ", None)), MENDED, "mine")
    assert [row.emotion for row in got] == ["joy", "joy", "Fear"]
    assert notes == ["labels in several spellings were read as one: joy"]


@pytest.mark.parametrize("other", ["wedding", "Wedding ", "WEDDING"])
def test_topics(other: str) -> None:
    pairs = rows(("joy", "Wedding"), ("fear", other), ("joy", None), ("joy", "Home"))
    with pytest.raises(StimuliError, match=r"some topics look like one.*stimuli.mend=\[spellings\] to read e"):
        topics_with_one_spelling(pairs, PLAIN, "mine")
    got, notes = topics_with_one_spelling(pairs, MENDED, "mine")
    assert [row.topic for row in got] == ["wedding", "wedding", None, "Home"]
    assert notes == ["topics in several spellings were read as one: wedding"]


def test_topics_that_are_composed_otherwise() -> None:
    with pytest.raises(StimuliError, match="some topics"):
        topics_with_one_spelling(rows(("joy", "caf\u00e9"), ("fear", "cafe\u0301")), PLAIN, "mine")


def test_a_corpus_with_topics_in_two_spellings() -> None:
    texts = [
        {"emotion": e, "topic": t.title() if e == "joy" else t, "text": f"{e} {t}"}
        for e in ("joy", "fear", "anger", "calm")
        for t in ("home", "work")
    ]
    with pytest.raises(StimuliError, match=r'Type mend=\["spellings"\]'):
        corpus_of(texts, "mine")
    assert corpus_of(texts, "mine", mend="spellings").crossed
