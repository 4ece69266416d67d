"""Labels and topics that are written in several ways: they differ in case and blanks alone."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from emogeo.config.texts import Mend, StimuliConfig
from emogeo.errors import StimuliError
from emogeo.stimuli.messages import listed, short
from emogeo.stimuli.reading import Row

_SHOWN = 24
"""How many spellings a message shows."""


def with_one_spelling(rows: Sequence[Row], asked: StimuliConfig, name: str) -> tuple[list[Row], list[str]]:
    """Gives rows with one spelling of each label.

    Returns:
        The rows, and what was noticed.

    Raises:
        StimuliError: labels in several spellings; unless `stimuli.mend=[spellings]`.
    """
    apart = ", or keep them apart with 'stimuli.rename={SPELLING: OTHER NAME}'"
    usual, notes = _usual([str(row.emotion) for row in rows], asked, f"{name}: some labels", apart)
    return [replace(row, emotion=usual[str(row.emotion)]) for row in rows], notes


def topics_with_one_spelling(rows: Sequence[Row], asked: StimuliConfig, name: str) -> tuple[list[Row], list[str]]:
    """Gives rows with one spelling of each topic, as `with_one_spelling` does for labels.

    Raises:
        StimuliError: topics in several spellings; unless `stimuli.mend=[spellings]`.
    """
    apart = ", or give them other names in the file"
    usual, notes = _usual([row.topic for row in rows if row.topic is not None], asked, f"{name}: some topics", apart)
    return [row if row.topic is None else replace(row, topic=usual[row.topic]) for row in rows], notes


def _usual(written: Sequence[str], asked: StimuliConfig, what: str, apart: str) -> tuple[dict[str, str], list[str]]:
    """Gives the spelling that is read for each that is written: without case and blanks where there are several."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for own, n in Counter(written).items():
        spellings[_folded(own)][own] += n
    several = {folded: found for folded, found in spellings.items() if len(found) > 1}
    if several and Mend.spellings not in asked.mend:
        said = "; ".join(
            " and ".join(f"{short(own)!r} ({n})" for own, n in sorted(found.items()))
            for found in list(several.values())[:_SHOWN]
        )
        mends = ",".join([*(own.value for own in asked.mend), Mend.spellings.value])
        kind = "condition" if what.endswith("labels") else "topic"
        raise StimuliError(
            f"{what} look like one in several spellings: {said}. Type stimuli.mend=[{mends}] to read each as one "
            f"{kind}{apart}."
        )
    usual = {own: folded if folded in several else own.strip() for folded, found in spellings.items() for own in found}
    kinds = what.rpartition(" ")[2]
    return usual, [f"{kinds} in several spellings were read as one: {listed(sorted(several))}"] if several else []


def _folded(label: str) -> str:
    return " ".join(unicodedata.normalize("NFC", label).casefold().split())
