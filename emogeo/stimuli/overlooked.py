"""What a reading leaves aside that could be meant: other columns of texts, and a field that could be the topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emogeo.config.texts import FieldsConfig
from emogeo.stimuli.files import safe
from emogeo.stimuli.guesses import crossed_with, guessed, is_known
from emogeo.stimuli.records import ABSENT, Record, field_of
from emogeo.stimuli.spreading import VALUE, stand_together, texts_beside

_LOOKED_AT = 500
"""How many records are looked at for other texts."""


def other_texts(records: Sequence[Record], fields: FieldsConfig) -> list[str]:
    """Gives a note of the other columns that look like texts, and what to type to read all, where that works."""
    some, roles = records[:_LOOKED_AT], (fields.emotion, fields.topic, fields.family)
    others = [name for name in texts_beside(some, fields.text) if name not in roles]
    if not others:
        return []
    without_topic = fields.topic is None or not _has(some, fields.topic)
    topic = ", and stimuli.fields.topic=key1 where these names are topics" if without_topic else ""
    typed = f"; type stimuli.fields.text={VALUE} to read all{topic}" if stand_together(some, others) else ""
    listed = f"{', '.join(map(safe, others[:4]))}{' …' if len(others) > 4 else ''}"
    return [f"texts are read from {safe(fields.text)} alone; left out as well: {listed}, which look like texts{typed}"]


def likely_topic(records: Sequence[Record], fields: FieldsConfig) -> list[str]:
    """Gives a note of the field that could be the topic, where none is called so and the user has named none.

    It is crossed with labels, or its name is a usual one.

    Args:
        records: those of all files, with their labels.
    """
    if fields.topic != "topic" or _has(records, fields.topic) or not _has(records, fields.emotion):
        return []
    found = guessed(records, fields).get("topic")
    if found is None or not (is_known(found) or crossed_with(records, fields.emotion, [found])):
        return []
    values = {str(field_of(record.values, found)) for record in records}
    if len(values) < 2:
        return []
    return [
        f"no field is called topic: is it {safe(found)}, which has {len(values)} values? Then type "
        f"stimuli.fields.topic={safe(found)}"
    ]


def labelled_records(records: Sequence[Record], label: str | None, fields: FieldsConfig) -> Sequence[Record]:
    """Gives records with the label that their file's name is, where it is one."""
    if label is None:
        return records
    own: Mapping[str, object] = {fields.emotion: label}
    return [Record(record.where, {**record.values, **own}) for record in records]


def _has(records: Sequence[Record], name: str) -> bool:
    return any(field_of(record.values, name) is not ABSENT for record in records)
