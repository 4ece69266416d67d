"""Messages for those who call Python."""

from __future__ import annotations

import pytest

from emogeo.errors import StimuliError
from emogeo.stimuli.in_python import in_keywords, keywords


@pytest.mark.parametrize(
    ("said", "keyword"),
    [
        ("Type stimuli.mend=[rows,spellings] to", 'Type mend=["rows", "spellings"] to'),
        ("type 'stimuli.fields=[emotion,text]', say", 'type fields={"columns": ["emotion", "text"]}, say'),
        ("type 'stimuli.fields={emotion: key1, text: \"a b\"}'.", 'type fields={"emotion": "key1", "text": "a b"}.'),
        ("or stimuli.fields.topic=null to", 'or fields={"topic": None} to'),
        ("stimuli.topics=30: x has 8", "topics=30: x has 8"),
        ("stimuli.rename={0: NAME} and", 'rename={"0": "NAME"} and'),
        ("type stimuli.path='/a b/*.csv'.", 'type path="/a b/*.csv".'),
        ("stimuli.path=mine/x.csv: no such file.", "path=mine/x.csv: no such file."),
        ("stimuli.conditions: x has none", "conditions: x has none"),
        ("nothing to type", "nothing to type"),
    ],
)
def test_options_are_keywords(said: str, keyword: str) -> None:
    assert in_keywords(said).replace('path="mine/x.csv"', "path=mine/x.csv") == keyword


def test_errors_say_whose_keywords_they_are() -> None:
    with (
        pytest.raises(StimuliError, match=r'^type mend=\["rows"\] \(Options are .*load_corpus'),
        keywords("load_corpus"),
    ):
        raise StimuliError("type stimuli.mend=[rows]")
    with pytest.raises(StimuliError, match="^no option$"), keywords("load_corpus"):
        raise StimuliError("no option")


def test_the_name_of_a_file_is_no_option() -> None:
    assert in_keywords("stimuli.csv line 3: no text; stimuli.fields.text names it") == (
        "stimuli.csv line 3: no text; fields.text names it"
    )
