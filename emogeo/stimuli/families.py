"""Families of topics: three hospitals, four trains. Topics of one family are no independent observations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from emogeo.errors import StimuliError
from emogeo.stimuli.conditions import CONDITIONS

FAMILY = "family"
"""The key of a topic's family in a row as it was read, whatever the file's own field is called."""


def family_in(row: Mapping[str, object], where: str, field: str) -> str:
    """Gives the family that a row of a file names.

    Args:
        where: the file and the line, for messages.
        field: what the file calls the family.

    Raises:
        StimuliError: no such field, or an empty one; lists the row's fields.
    """
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise StimuliError(
            f"{where}: no text in {field}, which by stimuli.fields.family={field} names the family of the topic; its "
            f"fields are {', '.join(map(str, row))}. Name another, or type stimuli.fields.family=null."
        )
    return value.strip()


def refuse_broken_families(name: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Refuses a topic of two families, and a family without a passage of some condition; each family is a unit.

    Args:
        name: what the corpus is called.

    Raises:
        StimuliError: names the topic, or the family and its missing conditions.
    """
    family_of: dict[str, str] = {}
    emotions_of: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if FAMILY in row:
            own, topic = row[FAMILY], row["topic"]
            if family_of.setdefault(topic, own) != own:
                both = f"{family_of[topic]!r} and {own!r}"
                raise StimuliError(f"{name}: topic {topic!r} is in two families, {both}; give it one.")
            emotions_of[own].add(row["emotion"])
    for own, emotions in emotions_of.items():
        missing = [emotion for emotion in CONDITIONS if emotion not in emotions]
        if missing:
            raise StimuliError(
                f"{name}: the family {own!r} has no passage of {', '.join(missing)}. Families are the units, and each "
                "unit needs every condition: add passages, or join it with another family."
            )
