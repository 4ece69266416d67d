"""The conditions of a corpus: its labels, renamed, selected, and asked about where they look like slips."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import combinations

from emogeo.config.texts import Mend, StimuliConfig
from emogeo.errors import StimuliError
from emogeo.geometry.options import NEUTRAL
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.stimuli.conditions import STUDIED
from emogeo.stimuli.reading import Row

MAX_CONDITIONS = 400
"""The most conditions of a corpus; more have RDMs of 80,000 pairs and above."""
NEARLY = 0.6
"""The share of the study's labels from which on a file is taken to mean them all."""
_LONGEST = 200
"""The most characters of a label."""
_NO_WIDTH = "\ufeff\u200b\u2060"
_DIGITS = re.compile(r"\d")
_NUMBER = re.compile(r"[+-]?[0-9]+([.][0-9]+)?")
_QUESTIONS = 5
"""The most questions about pairs of labels."""
_SHOWN = 24
"""How many labels a message shows."""


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
    rows, notes = _with_one_spelling(_renamed(rows, asked.rename, name), asked, name)
    rows = _selected(rows, asked.conditions, name)
    found = sorted({_label(row) for row in rows})
    if not MIN_CONDITIONS <= len(found) <= MAX_CONDITIONS:
        raise StimuliError(
            f"{name}: {len(found)} condition{'s' if len(found) != 1 else ''} ({listed(found)}); {MIN_CONDITIONS} to "
            f"{MAX_CONDITIONS} are needed. Labels in another field are read with stimuli.fields={{emotion: FIELD}}."
        )
    return Labelled(tuple(rows), (*notes, *_questions(rows)))


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
            "text? Name the fields, as in stimuli.fields={emotion: label, text: story}."
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


def listed(labels: Iterable[str], most: int = _SHOWN) -> str:
    """Lists labels for a message, the first few of many."""
    found = [short(label) for label in labels]
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return f"{', '.join(found[:most])}{more}" if found else "none"


def short(text: str, letters: int = 40) -> str:
    """Gives a label or a text for a message: on one line, without control characters, cut where it is long."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return plain if len(plain) <= letters else f"{plain[:letters]}…"


def hint(word: str, allowed: Iterable[str]) -> str:
    """Asks whether the label that is most like a word was meant."""
    close = get_close_matches(word, list(allowed), n=1)
    return f" Did you mean {close[0]}?" if close else ""


def _label(row: Row) -> str:
    assert row.emotion is not None
    return row.emotion


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
            "stimuli.fields={emotion: label}."
        )
    none = set(map(id, bare))
    return [replace(row, emotion=unlabelled) if id(row) in none else row for row in rows]


def _renamed(rows: Sequence[Row], names: dict[str, str], name: str) -> list[Row]:
    there = {_label(row).strip() for row in rows}
    for label, other in names.items():
        if not other.strip():
            raise StimuliError(f"stimuli.rename={{{label}: ...}}: the other name is empty.")
        if label not in there:
            raise StimuliError(
                f"stimuli.rename={{{label}: {names[label]}}}: {name} has no label {short(label)!r}."
                f"{hint(label, there)} It has {listed(sorted(there))}."
            )
    names = {label: other.strip() for label, other in names.items()}
    return [replace(row, emotion=names.get(_label(row).strip(), _label(row))) for row in rows]


def _with_one_spelling(rows: Sequence[Row], asked: StimuliConfig, name: str) -> tuple[list[Row], list[str]]:
    """Refuses spellings that differ in case and blanks alone, or makes one label of them."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        spellings[_folded(_label(row))][_label(row)] += 1
    several = {folded: found for folded, found in spellings.items() if len(found) > 1}
    if several and Mend.spellings not in asked.mend:
        said = "; ".join(
            " and ".join(f"{short(own)!r} ({n})" for own, n in sorted(found.items()))
            for found in list(several.values())[:_SHOWN]
        )
        mends = ",".join([*(own.value for own in asked.mend), Mend.spellings.value])
        raise StimuliError(
            f"{name}: some labels look like one in several spellings: {said}. Type stimuli.mend=[{mends}] to read each "
            "as one condition, or keep them apart with stimuli.rename={SPELLING: OTHER NAME}."
        )
    usual = {folded: folded if folded in several else next(iter(own)).strip() for folded, own in spellings.items()}
    notes = [f"labels in several spellings were read as one: {listed(sorted(several))}"] if several else []
    return [replace(row, emotion=usual[_folded(_label(row))]) for row in rows], notes


def _folded(label: str) -> str:
    return " ".join(label.casefold().split())


def _selected(rows: Sequence[Row], wanted: list[str] | None, name: str) -> list[Row]:
    if wanted is None:
        return list(rows)
    there = sorted({_label(row) for row in rows})
    absent = [label for label in wanted if label not in there]
    if absent:
        raise StimuliError(
            f"stimuli.conditions: {name} has no condition {listed(absent)}.{hint(absent[0], there)} It has "
            f"{listed(there)}."
        )
    return [row for row in rows if row.emotion in wanted]


def _questions(rows: Sequence[Row]) -> list[str]:
    """Asks about labels that look like slips of the pen."""
    counts = Counter(_label(row) for row in rows)
    asked = [
        f"{_counted(a, counts)} and {_counted(b, counts)} are one typing error apart: one condition? Then type "
        f"stimuli.rename={{{rare}: {usual}}}"
        for a, b in combinations(sorted(counts), 2)
        if one_slip_apart(a, b)
        for rare, usual in [sorted((a, b), key=counts.__getitem__)]
    ]
    if len(asked) > _QUESTIONS:
        asked = [*asked[:_QUESTIONS], f"and {len(asked) - _QUESTIONS} more pairs of labels are one typing error apart"]
    if all(_NUMBER.fullmatch(label) for label in counts):
        first = sorted(counts, key=float)[:2]
        asked.append(
            f"labels are numbers: {listed(sorted(counts, key=float))}; to name them, type "
            f"stimuli.rename={{{', '.join(f'{label}: NAME' for label in first)}}} and so on"
        )
    usual, own = sorted(set(STUDIED) - set(counts)), sorted(set(counts) - set(STUDIED))
    if own and usual and len(STUDIED) - len(usual) >= NEARLY * len(STUDIED):
        asked.append(
            f"most labels are the study's {len(STUDIED)}, but {listed(own)} {'is' if len(own) == 1 else 'are'} not, "
            f"and {listed(usual)} {'is' if len(usual) == 1 else 'are'} absent: is that meant? If not, type "
            f"stimuli.rename={{{own[0]}: {usual[0]}}}, say"
        )
    elif usual and not own and len(usual) <= 3:
        asked.append(f"all labels are the study's, but {listed(usual)} {'is' if len(usual) == 1 else 'are'} absent")
    return asked


def _counted(label: str, counts: Counter[str]) -> str:
    return f"{short(label)!r} ({counts[label]} text{'s' if counts[label] != 1 else ''})"


def one_slip_apart(a: str, b: str) -> bool:
    """Whether one letter more, less, other, or two swapped, make one word of the other.

    Words of five letters at least are asked about, and not those that differ by digits alone.
    """
    if min(len(a), len(b)) < 5 or abs(len(a) - len(b)) > 1 or _DIGITS.sub("", a) == _DIGITS.sub("", b):
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    rest_a, rest_b = a[start:], b[start:]
    swapped = len(rest_a) > 1 and len(rest_b) > 1 and rest_a[1::-1] + rest_a[2:] == rest_b
    return swapped or rest_a[1:] == rest_b[1:] or rest_a[1:] == rest_b or rest_a == rest_b[1:]
