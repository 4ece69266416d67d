"""What to type for a file whose fields are not found."""

from __future__ import annotations

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from emogeo.config.texts import FieldsConfig
from emogeo.stimuli.guesses import guessed, help_for, names_an_emotion
from emogeo.stimuli.records import Parsed, Record

LONG = "She stood on the platform and could not keep from laughing, number {}."
LABELS = ["joy", "fear", "at ease"]


def records(*names: str) -> list[Record]:
    """Gives 12 records: three labels, four settings, a text each, and its number, under these names."""
    made = []
    for at in range(12):
        values = (LABELS[at % 3], f"setting {at // 3}", LONG.format(at), at)
        made.append(Record(f"a line {at}", dict(zip(names, values, strict=False))))
    return made


@pytest.mark.parametrize(
    ("names", "guess"),
    [
        (("label", "setting", "story", "id"), {"emotion": "label", "topic": "setting", "text": "story"}),
        (("Emotion", "Topic", "Text"), {"emotion": "Emotion", "topic": "Topic", "text": "Text"}),
        (("a", "b", "c"), {"emotion": "a", "topic": "b", "text": "c"}),
        (("emotion", "language", "phrase"), {"emotion": "emotion", "text": "phrase"}),
        (("emotion", "topic", "c d"), {"emotion": "emotion", "topic": "topic", "text": "c d"}),
    ],
)
def test_fields_are_guessed_from_names_and_looks(names: tuple[str, ...], guess: dict[str, str]) -> None:
    assert guessed(records(*names), FieldsConfig()) == guess


def test_lists_and_objects_of_texts_are_guessed() -> None:
    lists = [Record("a", {"emotion": "joy", "n": 3, "stories": [LONG, LONG]})]
    assert guessed(lists, FieldsConfig()) == {"emotion": "emotion", "text": "stories"}
    nested = [
        Record("a", {"theme": "t", "scenario": f"s{at}", "event": {"good": LONG, "bad": LONG}}) for at in range(4)
    ]
    assert guessed(nested, FieldsConfig()) == {"topic": "scenario", "text": "event"}
    unlike = [Record("a", {"label": "joy", "event": {"title": "short", "told": LONG}})]
    assert guessed(unlike, FieldsConfig()) == {"emotion": "label", "text": "event.told"}
    alone = [Record("a", {"label": [label], "story": LONG}) for label in LABELS * 2]
    assert guessed(alone, FieldsConfig()) == {"emotion": "label", "text": "story"}


def test_no_text_is_no_guess() -> None:
    metadata = [Record("a", {"model": "example/tiny-model", "layers": [3, 7], "emotions": ["anger", "joy"]})]
    assert guessed(metadata, FieldsConfig()) == {}
    assert "No field looks like a text" in help_for(Parsed(tuple(metadata)), FieldsConfig())
    assert "FIELD" in help_for(Parsed(()), FieldsConfig())


def test_labels_by_their_name() -> None:
    assert names_an_emotion(records("Label", "setting", "story"))
    assert not names_an_emotion(records("who", "topic", "story"))


def typed(help_text: str) -> str:
    return help_text.partition("type '")[2].partition("'")[0]


@pytest.mark.parametrize("name", ["label", "a b", 'say "x"', "x: y, {z}", "null", "7", "données", "a.b"])
def test_what_is_to_be_typed_can_be_typed(name: str) -> None:
    made = [Record("a", {name: LABELS[at % 3], "story": LONG.format(at)}) for at in range(12)]
    option = typed(help_for(Parsed(tuple(made)), FieldsConfig()))
    override = OverridesParser.create().parse_override(option)
    assert override.key_or_group == "stimuli.fields"
    assert override.value() == {"emotion": name, "text": "story"}


def test_the_first_records_are_shown_short_and_safe() -> None:
    made = [Record("a\x1b line", {"x\n": "y\x1b" * 100, **{f"f{at}": [1, 2] for at in range(20)}}) for _ in range(5)]
    shown = help_for(Parsed(tuple(made)), FieldsConfig())
    assert "\x1b" not in shown
    assert shown.count("\n") == 4
    assert all(len(line) < 400 for line in shown.splitlines())


def test_a_table_without_header_gets_names_for_its_columns() -> None:
    made = tuple(records("column 1", "column 2", "column 3", "column 4"))
    option = typed(help_for(Parsed(made, unnamed=True), FieldsConfig()))
    assert option == "stimuli.fields=[emotion,topic,text,other4]"


@pytest.mark.parametrize(
    ("values", "guess"),
    [
        ({"joy": [LONG] * 3, "fear": [LONG] * 3}, "{emotion: key1, text: value}"),
        ({"joy": {"home": LONG, "work": LONG}, "fear": {"home": LONG, "work": LONG}}, "emotion: key1, topic: key2"),
        ({"home": {"joy": LONG, "fear": LONG}, "work": {"joy": LONG, "fear": LONG}}, "emotion: key2, topic: key1"),
        ({"topic": "home", "joy": LONG, "fear": LONG}, "{emotion: key1, text: value}"),
        ({"emotion": "joy", "home": LONG, "work": LONG}, "{topic: key1, text: value}"),
        ({"id": 3, "joy": LONG, "fear": LONG}, "{emotion: key1, topic: id, text: value}"),
        ({"prompt": LONG, "story": LONG, "label": "joy"}, "{emotion: label, text: story}"),
    ],
)
def test_names_that_are_data_are_guessed(values: dict[str, object], guess: str) -> None:
    made = (Record("a", values), Record("b", {**values, "id": 4} if "id" in values else values))
    assert guess in help_for(Parsed(made[: 2 if "id" in values else 1]), FieldsConfig())


def test_where_labels_could_be_topics_both_are_said() -> None:
    said = help_for(Parsed((Record("a", {"x": {"y": LONG, "z": LONG}, "w": {"y": LONG, "z": LONG}}),)), FieldsConfig())
    assert typed(said) == "stimuli.fields={emotion: key1, topic: key2, text: value}"
    assert "If it is the topics that are in key1: 'stimuli.fields={emotion: key2, topic: key1, text: value}'" in said


@pytest.mark.parametrize(
    ("more", "guess"),
    [
        ([True, False, True, False], {"emotion": "label"}),
        (["yes", "no", "no", "yes"], {"emotion": "label"}),
        (["train", "train", "test", "test"], {"emotion": "label"}),
        (["home", "home", "work", "work"], {"emotion": "label", "topic": "beside"}),
    ],
)
def test_answers_and_parts_of_data_sets_are_no_topics(more: list[object], guess: dict[str, str]) -> None:
    rows = zip(["joy", "fear", "joy", "fear"], more, strict=True)
    made = [Record("a", {"label": label, "beside": own, "text": LONG}) for label, own in rows]
    assert guessed(made, FieldsConfig()) == {**guess, "text": "text"}
    bare = [Record("a", {"label": record.values["beside"], "text": LONG}) for record in made[:2]]
    assert "emotion" not in guessed(bare, FieldsConfig()) or more[0] == "home"


def test_numbers_that_return_are_labels_where_no_words_are() -> None:
    made = [Record("a", {"id": at, "y": at % 4, "said": LONG}) for at in range(12)]
    assert guessed(made, FieldsConfig()) == {"emotion": "y", "text": "said"}


@pytest.mark.parametrize(
    ("values", "guess"),
    [
        ({"emotion": "joy", "stories": {"home": LONG, "work": LONG}}, "{topic: key1, text: value}"),
        ({"scenario": "x", "event": {"joy": LONG, "fear": LONG}}, "text: event}"),
        (
            {"n": 2, "mine": {"joy": {"a": LONG, "b": LONG}, "fear": {"a": LONG, "b": LONG}}},
            "emotion: key1, topic: key2",
        ),
    ],
)
def test_one_object_among_other_fields(values: dict[str, object], guess: str) -> None:
    assert guess in help_for(Parsed((Record("a", values),)), FieldsConfig())


def test_labels_of_which_some_texts_have_several() -> None:
    made = [Record("a", {"labels": [at % 4] if at else [0, 1], "said": LONG}) for at in range(12)]
    assert guessed(made, FieldsConfig()) == {"emotion": "labels", "text": "said"}


@pytest.mark.parametrize("name", ["item", "scene_no", "vignette", "nr", "prompt_id"])
def test_numbers_that_are_crossed_with_labels_are_topics(name: str) -> None:
    records = tuple(
        Record("line", {name: str(at), "lang": "en", "affect": label, "story": f"A story of some length {at} {label}."})
        for at in range(1, 9)
        for label in ("joy", "fear", "anger", "calm")
    )
    assert guessed(records, FieldsConfig()) == {"emotion": "affect", "topic": name, "text": "story"}


def test_of_names_within_names_the_topic_is_the_one_crossed_with_labels() -> None:
    labels, topics = ("joy", "fear", "anger", "calm"), ("home", "work", "road")
    for languages in (("en",), ("en", "de")):
        records = tuple(
            Record("line", {"key1": own, "key2": e, "key3": t, "value": f"A story of some length, {own} {e} {t}."})
            for own in languages
            for e in labels
            for t in topics
        )
        assert guessed(records, FieldsConfig()) == {"emotion": "key2", "topic": "key3", "text": "value"}
