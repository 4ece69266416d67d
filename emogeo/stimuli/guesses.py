"""What to type for a file whose fields are not found: guessed from what its fields look like, never used unasked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import mean

from emogeo.config.texts import FieldsConfig
from emogeo.stimuli.files import safe
from emogeo.stimuli.looks import alone, are_apart, few, in_words, length, share_of_usual, single, words
from emogeo.stimuli.records import ABSENT, Parsed, Record, field_of
from emogeo.stimuli.spreading import KEY, VALUE, is_prose, spread, stand_together, texts_beside

_LOOKED_AT = 5_000
"""How many records are looked at."""
_COMPARED = 500
"""How many records are looked at for several columns of texts."""
_EMOTION = "emotion emotions emotion_label label labels condition concept category class feeling mood sentiment affect"
_TOPIC = "topic topics setting scenario situation subject context event theme topic_id scenario_id"
_TEXT = "text texts story stories passage passages sentence sentences phrase content body utterance"
_ID = re.compile(r"(?i)^(index|id|idx|.*_(index|idx|id))$")
_NO_UNIT = re.compile(r"(?i)^(lang|language|locale|split|source|model|seed|sample|sample_.*|rater.*|annotator.*)$")
_NO_TOPIC = re.compile(r"(?i)^(lang|language|locale|split|source|model|index|id|idx|.*_(index|idx)|seed)$")


def help_for(parsed: Parsed, fields: FieldsConfig, files: Sequence[str] = ()) -> str:
    """Gives the first records as understood, and the option that would read them.

    Args:
        fields: the names that were looked for.
        files: the names of files that have the same names in them, where these could be labels or topics.
    """
    parsed = _as_it_looks(replace(parsed, records=parsed.records[:_LOOKED_AT]), fields)
    first = parsed.records[: 3 if len(parsed.records) > 2 else 2]
    lines = [f"  {safe(record.where)}: {in_words(record.values)}" for record in first]
    return "\n".join(["As understood, it begins with:", *lines, _typed(parsed, fields, files)])


def _as_it_looks(parsed: Parsed, fields: FieldsConfig) -> Parsed:
    """Gives the records under names that are data, where there seem to be such: no field is known to have the text."""
    columns = _columns(parsed.records)
    label = _by_name(list(columns), _EMOTION)
    objects = [name for name, values in columns.items() if "." not in name and _hold_objects(values)]
    if label is None and objects == [_text(columns)]:
        return parsed
    known = _text_by_name(columns)
    told_by_row = label is not None and len(columns[label]) > 1 and few(columns[label])
    if parsed.unnamed or fields.text in columns or told_by_row or not (known is None or known in objects):
        return parsed
    other = spread(parsed, fields.text)
    return other if other.records else parsed


def _hold_objects(values: Sequence[object]) -> bool:
    return any(isinstance(value, Mapping) for value in values)


def names_an_emotion(records: Sequence[Record]) -> bool:
    """Says whether records have a field that by its name could hold labels."""
    return _by_name(list(_columns(records[:_LOOKED_AT])), _EMOTION) is not None


def guessed(records: Sequence[Record], fields: FieldsConfig, unnamed: bool = False) -> dict[str, str]:
    """Guesses which field holds what, for emotion, topic and text, as far as one looks like it.

    Args:
        fields: names that are there are taken as they are.
        unnamed: whether the fields are columns without names.
    """
    columns = _columns(records)
    text = fields.text if fields.text in columns else _text(columns)
    if text is None:
        return {}
    own = {name: alone(values) for name, values in columns.items() if name != text and not name.startswith(f"{text}.")}
    own = {name: values for name, values in own.items() if single(values) and not are_apart(values)}
    if any(isinstance(value, Mapping) for value in columns.get(text, [])):
        emotion = None
    else:
        emotion = fields.emotion if fields.emotion in own else _emotion(own)
    rest = {name: values for name, values in own.items() if name != emotion}
    crossed = crossed_with(records, emotion, list(rest)) if emotion is not None else {}
    topic = fields.topic if fields.topic in rest else _topic(rest, unnamed, any(map(_is_key, own)), crossed)
    named = {"emotion": emotion, "topic": topic, "text": text}
    return {role: name for role, name in named.items() if name is not None}


def _typed(parsed: Parsed, fields: FieldsConfig, files: Sequence[str]) -> str:
    records = parsed.records
    guess = _with_files(guessed(records, fields, parsed.unnamed), records, files)
    if parsed.unnamed:
        role_of = {name: role for role, name in guess.items()}
        columns = [role_of.get(name, f"other{at}") for at, name in enumerate(records[0].values, start=1)]
        return f"It seems to have no header. Name its columns: type 'stimuli.fields=[{','.join(columns)}]', say."
    if not guess:
        return (
            "No field looks like a text. Name them: type 'stimuli.fields={emotion: FIELD, topic: FIELD, text: FIELD}'."
        )
    named = _option(guess)
    if named is None:
        return "Name its fields: type 'stimuli.fields={emotion: FIELD, topic: FIELD, text: FIELD}'."
    said = f"Name its fields: type '{named}', if that is what they are.{_all_texts(records, guess)}"
    either = [guess.get(role) for role in ("emotion", "topic")]
    if None in either or not any(map(_is_key, map(str, either))) or any(is_known(name) for name in either):
        return said
    other = _option({**guess, "emotion": guess["topic"], "topic": guess["emotion"]})
    return f"{said} If it is the topics that are in {guess['emotion']}: '{other}'."


def _with_files(guess: dict[str, str], records: Sequence[Record], files: Sequence[str]) -> dict[str, str]:
    """Gives labels and topics in names of files and in those within, where one of them alone would be the label."""
    if not files or "topic" in guess or guess.get("emotion") != f"{KEY}1":
        return guess
    keys = [record.values.get(f"{KEY}1") for record in records]
    first, second = (f"{KEY}1", "file") if share_of_usual(keys) > share_of_usual(files) else ("file", f"{KEY}1")
    return {"emotion": first, "topic": second, "text": guess["text"]}


def _all_texts(records: Sequence[Record], guess: Mapping[str, str]) -> str:
    """Says what reads all of several columns of texts; without a topic, names that do not end in numbers are topics."""
    some = records[:_COMPARED]
    others = [name for name in texts_beside(some, guess["text"]) if name not in guess.values()]
    if not others or not stand_together(some, others):
        return ""
    numbered = all(name[-1:].isdigit() for name in others)
    topic = {} if "topic" in guess or numbered else {"topic": f"{KEY}1"}
    typed = _option({**{role: guess[role] for role in guess if role != "text"}, **topic, "text": VALUE})
    like = ", ".join(map(safe, others[:2]))
    return f" To read the texts of all {len(others) + 1} columns that look like it ({like}, …): '{typed}'."


def is_known(name: str | None) -> bool:
    """Says whether a field is called as labels or topics usually are."""
    return _by_name([str(name)], f"{_EMOTION} {_TOPIC}") is not None


def usual_name(names: Sequence[str], role: str) -> str | None:
    """Gives the name among several that is usual for labels (emotion), topics (topic) or texts (text)."""
    return _by_name(names, {"emotion": _EMOTION, "topic": _TOPIC, "text": _TEXT}[role])


def _option(guess: Mapping[str, str]) -> str | None:
    listed = ", ".join(f"{role}: {_quoted(name)}" for role, name in guess.items() if role != name)
    return f"stimuli.fields={{{listed}}}" if listed else None


def _quoted(name: str) -> str:
    """Gives a name as Hydra reads it within braces."""
    if re.fullmatch(r"[A-Za-z_][\w.]*", name, re.ASCII) and name.lower() not in {"null", "true", "false", "nan", "inf"}:
        return name
    return '"' + safe(name).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _columns(records: Sequence[Record]) -> dict[str, list[object]]:
    """Gives the values of each field, fields within fields by dotted names; absent ones are left out."""
    names: dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(_names(record.values)))
    columns = {name: [field_of(record.values, name) for record in records] for name in names}
    return {name: [value for value in values if value is not ABSENT] for name, values in columns.items()}


def _names(values: Mapping[str, object]) -> Iterator[str]:
    for name, value in values.items():
        yield name
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in value)
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            yield from (f"{name}.{inner}" for inner in value[0])


def _text(columns: Mapping[str, list[object]]) -> str | None:
    """Gives the field with the longest texts; a known name, or the one that holds the others, is preferred to none."""
    known = _text_by_name(columns)
    if known is not None:
        return known
    lengths = {name: length(values) for name, values in columns.items()}
    best = max(lengths, key=lambda name: lengths[name], default=None)
    if best is None or not is_prose(lengths[best], columns[best]):
        return None
    outer = best.rpartition(".")[0]
    return outer if outer and lengths.get(outer, 0) > 0 else best


def _text_by_name(columns: Mapping[str, list[object]]) -> str | None:
    lengths = {name: length(columns[name]) for name in columns if name.lower() in (VALUE, *_TEXT.split())}
    return max((name for name in lengths if lengths[name]), key=lambda name: lengths[name], default=None)


def _emotion(columns: Mapping[str, list[object]]) -> str | None:
    known = _by_name(list(columns), _EMOTION)
    if known is not None:
        return known
    few = [name for name, values in columns.items() if _returns(name, values)]
    keys = [name for name in few if words(columns[name])]
    if any(_is_key(name) for name in keys):
        known_topic = _by_name(keys, _TOPIC)
        keys = sorted((name for name in keys if name != known_topic), key=lambda name: not _is_key(name))
        return max(keys, key=lambda name: share_of_usual(columns[name]))
    if keys:
        return min(keys, key=lambda name: mean(len(str(value).split()) for value in columns[name]))
    return next((name for name in few if not _NO_TOPIC.match(name)), None)


def crossed_with(records: Sequence[Record], emotion: str, names: Sequence[str]) -> dict[str, int]:
    """Gives the fields of which each value stands with every label, with the number of their values, two at least."""
    found = {}
    for name in names:
        values = ((field_of(record.values, emotion), field_of(record.values, name)) for record in records)
        pairs = {(str(alone([a])[0]), str(alone([b])[0])) for a, b in values if a is not ABSENT and b is not ABSENT}
        labels, topics = ({pair[at] for pair in pairs} for at in (0, 1))
        if len(topics) > 1 and len(labels) > 1 and len(pairs) == len(labels) * len(topics):
            found[name] = len(topics)
    return found


def _topic(columns: Mapping[str, list[object]], unnamed: bool, by_key: bool, crossed: Mapping[str, int]) -> str | None:
    """Gives the field with the topic; where texts stood under names, the number of their row is one.

    Args:
        crossed: the fields whose values are crossed with labels, and how many values each has.
    """
    known = _by_name(list(columns), _TOPIC)
    if known is not None:
        return known
    few = [name for name, values in columns.items() if _returns(name, values)]
    likely = [name for name in few if not _NO_TOPIC.match(name)]
    likely = [name for name in likely if unnamed or _is_key(name) or words(columns[name])]
    numbers = [name for name in few if name in crossed and not _NO_UNIT.match(name)]
    first = [*sorted((name for name in likely if name in crossed), key=crossed.__getitem__, reverse=True), *numbers]
    return next(iter([*first, *likely, *(name for name in few if by_key and _ID.match(name))]), None)


def _by_name(columns: Sequence[str], known: str) -> str | None:
    lower = {column.rpartition(".")[2].lower(): column for column in reversed(columns)}
    return next((lower[name] for name in known.split() if name in lower), None)


def _is_key(name: str) -> bool:
    return re.fullmatch(rf"{KEY}\d+", name) is not None


def _returns(name: str, values: Sequence[object]) -> bool:
    return _is_key(name) or few(values)
