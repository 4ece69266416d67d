"""The conditions of a corpus: its labels, renamed, selected, and asked about where they look like slips."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from emogeo.config.texts import StimuliConfig
from emogeo.errors import StimuliError
from emogeo.geometry.options import NEUTRAL
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.stimuli.messages import hint, listed, short
from emogeo.stimuli.reading import Row
from emogeo.stimuli.slips import NUMBER, questions
from emogeo.stimuli.spellings import with_one_spelling

MAX_CONDITIONS = 400
"""The most conditions of a corpus; more have RDMs of 80,000 pairs and above."""
_LONGEST = 200
"""The most characters of a label."""
_NO_WIDTH = "\ufeff\u200b\u2060"


@dataclass(frozen=True)
class Labelled:
    """Rows with their final labels, and what was noticed on the way."""

    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def labelled(rows: Sequence[Row], asked: StimuliConfig, name: str) -> Labelled:
    """Gives every row its condition, as the options say.

    Args:
        name: what the corpus is called, for messages.

    Raises:
        StimuliError: rows without a label, spellings that look like one label, an option that names a label that is not
            there, fewer than four conditions or more than 400.
    """
    rows = _with_labels([_plain(row, name) for row in rows], asked.unlabelled, name)
    rows, notes = with_one_spelling(_renamed(rows, asked.rename, name), asked, name)
    rows = _selected(rows, asked.conditions, name)
    found = sorted({str(row.emotion) for row in rows})
    _refuse_measures(rows, found, asked, name)
    if not MIN_CONDITIONS <= len(found) <= MAX_CONDITIONS:
        raise StimuliError(
            f"{name}: {len(found)} condition{'s' if len(found) != 1 else ''} ({listed(found)}); {MIN_CONDITIONS} to "
            f"{MAX_CONDITIONS} are needed. Labels in another field are read with 'stimuli.fields={{emotion: FIELD}}'."
        )
    return Labelled(tuple(rows), (*notes, *questions(rows)))


def named_as_asked(rows: Sequence[Row], asked: StimuliConfig, name: str) -> list[Row]:
    """Gives rows, of which some may have no label, their labels without blanks at the ends, renamed and selected.

    Raises:
        StimuliError: an option that names a label that is not there, or a label as no condition has.
    """
    if asked.unlabelled is not None:
        rows = _with_labels(rows, asked.unlabelled, name)
    whole = [_plain(row, name) if row.emotion and row.emotion.strip() else replace(row, emotion=None) for row in rows]
    having = [place for place, row in enumerate(whole) if row.emotion is not None]
    for place, row in zip(having, _renamed([whole[place] for place in having], asked.rename, name), strict=True):
        whole[place] = replace(row, emotion=str(row.emotion).strip())
    if asked.conditions is None:
        return whole
    return _selected([row for row in whole if row.emotion is not None], asked.conditions, name)


def _refuse_measures(rows: Sequence[Row], found: Sequence[str], asked: StimuliConfig, name: str) -> None:
    """Refuses labels that no condition could have: scores, and one for each text.

    Raises:
        StimuliError: labels that are numbers, some of them fractions; as many labels as texts, where these are more
            than four, have no topics, and are not named by an option.
    """
    typed = "Name the field that has the labels: type 'stimuli.fields={emotion: FIELD}'"
    if all(NUMBER.fullmatch(label) for label in found) and not all(float(label).is_integer() for label in found):
        low = min(found, key=float)
        raise StimuliError(
            f"{name}: labels are fractions ({listed(sorted(found, key=float), 6)}), which look like scores, and not "
            f"like conditions. {typed}; if they are conditions, name them: type 'stimuli.rename={{{low}: NAME}}' and "
            "so on."
        )
    if len(rows) == len(found) > MIN_CONDITIONS and asked.conditions is None and all(row.topic is None for row in rows):
        some = ",".join(map(short, found[:3]))
        raise StimuliError(
            f"{name}: each of {len(rows)} texts has a label of its own ({listed(found, 6)}), as numbers of texts have, "
            f"and a condition needs several. {typed}; if they are the conditions, list them: type "
            f"'stimuli.conditions=[{some},…]'."
        )


def _plain(row: Row, name: str) -> Row:
    """Gives the row with its label composed and without marks of no width at its ends.

    Raises:
        StimuliError: a label with control characters, or one that is as long as a text.
    """
    if row.emotion is None:
        return row
    label = unicodedata.normalize("NFC", row.emotion).strip(_NO_WIDTH)
    if len(label) > _LONGEST:
        raise StimuliError(
            f"{name}: {row.where}: a label of {len(label)} characters, {short(label)!r}; at most {_LONGEST}. Is it the "
            "text? Name the fields, as in 'stimuli.fields={emotion: label, text: story}'."
        )
    if any(unicodedata.category(character) == "Cc" for character in label):
        raise StimuliError(f"{name}: {row.where}: control characters in the label {label!a}; write it without them.")
    return replace(row, emotion=label)


def neutral_of(conditions: Sequence[str], asked: str | None, name: str) -> str | None:
    """Finds the condition that stands for no emotion; None where there is none.

    Raises:
        StimuliError: a label that is not there, unless it is the usual one.
    """
    if asked is None or asked in conditions:
        return asked
    if asked == NEUTRAL:
        return None
    raise StimuliError(
        f"stimuli.neutral={asked}: {name} has no such condition.{hint(asked, conditions)} It has {listed(conditions)}; "
        "type stimuli.neutral=null for none."
    )


def _with_labels(rows: Sequence[Row], unlabelled: str | None, name: str) -> list[Row]:
    bare = [row for row in rows if row.emotion is None or not row.emotion.strip()]
    if not bare:
        if unlabelled is not None:
            raise StimuliError(f"stimuli.unlabelled={unlabelled}: every text of {name} has a label; leave it out.")
        return list(rows)
    if unlabelled is None:
        raise StimuliError(
            f"{name}: {len(bare)} texts have no condition, the first at {bare[0].where}. Type "
            f"stimuli.unlabelled={NEUTRAL}, say, to read them as one condition, or name the field that has it, as in "
            "'stimuli.fields={emotion: label}'."
        )
    none = set(map(id, bare))
    return [replace(row, emotion=unlabelled) if id(row) in none else row for row in rows]


def _renamed(rows: Sequence[Row], names: dict[str, str], name: str) -> list[Row]:
    there = {str(row.emotion).strip() for row in rows}
    for label, other in names.items():
        if not other.strip():
            raise StimuliError(f"stimuli.rename={{{label}: ...}}: the other name is empty.")
        if label not in there:
            raise StimuliError(
                f"stimuli.rename={{{label}: {names[label]}}}: {name} has no label {short(label)!r}."
                f"{hint(label, there)} It has {listed(sorted(there))}."
            )
    names = {label: other.strip() for label, other in names.items()}
    return [replace(row, emotion=names.get(str(row.emotion).strip(), str(row.emotion))) for row in rows]


def _selected(rows: Sequence[Row], wanted: list[str] | None, name: str) -> list[Row]:
    if wanted is None:
        return list(rows)
    there = sorted({str(row.emotion) for row in rows})
    absent = [label for label in wanted if label not in there]
    if absent:
        raise StimuliError(
            f"stimuli.conditions: {name} has no condition {listed(absent)}.{hint(absent[0], there)} It has "
            f"{listed(there)}."
        )
    return [row for row in rows if row.emotion in wanted]
