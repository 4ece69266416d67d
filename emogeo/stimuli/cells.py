"""The cells of a corpus: texts that stand twice, topics that lack a condition, families."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from emogeo.config.own_names import named
from emogeo.config.texts import Incomplete, Mend, StimuliConfig
from emogeo.errors import StimuliError
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.stimuli.messages import listed, short
from emogeo.stimuli.reading import Row

_SHOWN = 3
"""How many topics a message describes."""


def without_repeats(rows: Sequence[Row], asked: StimuliConfig, name: str) -> tuple[list[Row], list[str]]:
    """Reads a text that stands twice in one cell once, and refuses one that stands under two conditions.

    Returns:
        The rows, and what was noticed.

    Raises:
        StimuliError: a text under two conditions, which tells nothing of either; unless `stimuli.mend=[rows]`, and then
            where no text of a condition or topic is left.
    """
    emotions: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        emotions[row.text].add(str(row.emotion))
    torn = [text for text, own in emotions.items() if len(own) > 1]
    if torn and Mend.rows not in asked.mend:
        raise StimuliError(
            f"{name}: {len(torn)} text(s) stand under two conditions or more, the first under "
            f"{listed(sorted(emotions[torn[0]]))}: {short(torn[0], 80)!r}. Type stimuli.mend=[rows] to leave them out."
        )
    notes = [_torn(rows, emotions)] if torn else []
    kept = {(row.emotion, row.topic, row.text): row for row in rows if len(emotions[row.text]) == 1}
    repeated = sum(len(emotions[row.text]) == 1 for row in rows) - len(kept)
    if repeated:
        notes.append(f"{repeated} text(s) that stand twice under one condition and topic are read once")
    _refuse_lost(rows, list(kept.values()), emotions, name)
    return list(kept.values()), notes


def _torn(rows: Sequence[Row], emotions: Mapping[str, set[str]]) -> str:
    out = [row for row in rows if len(emotions[row.text]) > 1]
    where = ", ".join(dict.fromkeys(row.where for row in out[:_SHOWN]))
    return (
        f"{len({row.text for row in out})} text(s) under several conditions were left out: {len(out)} row(s) of "
        f"{listed(sorted({str(row.emotion) for row in out}))} ({where}{' …' if len(out) > _SHOWN else ''})"
    )


def _refuse_lost(rows: Sequence[Row], kept: Sequence[Row], emotions: Mapping[str, set[str]], name: str) -> None:
    lost = sorted({str(row.emotion) for row in rows} - {str(row.emotion) for row in kept})
    topics = sorted({str(row.topic) for row in rows} - {str(row.topic) for row in kept})
    if not lost and not topics:
        return
    what = f"the condition(s) {listed(lost)}" if lost else f"the topic(s) {listed(topics)}"
    one, other, *_ = map(
        named, sorted(next(own for own in emotions.values() if len(own) > 1 and (not lost or lost[0] in own)))
    )
    raise StimuliError(
        f"{name}: every text of {what} stands under another condition too ({one} and {other}, say), and "
        f"stimuli.mend=[rows] would leave none. If these are one condition, type 'stimuli.rename={{{one}: {other}}}'; "
        "else take the texts out under one of them, or leave conditions out with stimuli.conditions."
    )


def with_topics(rows: Sequence[Row], asked: StimuliConfig, name: str) -> tuple[list[Row], list[str]]:
    """Refuses, or leaves out where that is asked for, texts without a topic where others of their condition have one.

    A condition may be without topics as a whole (neutral texts apart, say): then topics are not crossed.

    Raises:
        StimuliError: names the first.
    """
    placed = {row.emotion for row in rows if row.topic is not None}
    bare = [row for row in rows if row.topic is None and row.emotion in placed]
    if bare and Mend.rows not in asked.mend:
        raise StimuliError(
            f"{name}: {bare[0].where}: no topic, which other texts have; {len(bare)} in all. Type stimuli.mend=[rows] "
            "to leave these out, or stimuli.fields.topic=null to take random groups of all texts as units."
        )
    notes = [f"{len(bare)} text(s) without a topic were left out"] if bare else []
    return [row for row in rows if row.topic is not None or row.emotion not in placed], notes


def complete(rows: Sequence[Row], asked: StimuliConfig, name: str) -> tuple[list[Row], list[str]]:
    """Refuses, or drops, topics that lack a condition where others have them all.

    Where no topic has every condition, topics are not crossed with conditions, and none is incomplete.

    Raises:
        StimuliError: names topics and what they lack.
    """
    conditions = {row.emotion for row in rows}
    found: dict[str | None, set[str | None]] = defaultdict(set)
    for row in rows:
        found[row.topic].add(row.emotion)
    lacking = {topic: sorted(map(str, conditions - own)) for topic, own in found.items() if own != conditions}
    if not lacking or len(lacking) == len(found):
        return list(rows), list(_stray(rows, found)) if lacking else []
    said = "; ".join(
        f"{short(str(topic))!r} lacks {listed(absent)}" for topic, absent in list(lacking.items())[:_SHOWN]
    )
    more = f"; and {len(lacking) - _SHOWN} more" if len(lacking) > _SHOWN else ""
    if asked.incomplete is Incomplete.refuse:
        raise StimuliError(
            f"{name}: {len(lacking)} of {len(found)} topics lack conditions: {said}{more}. Add texts, type "
            "stimuli.incomplete=drop to leave these topics out, or stimuli.fields.topic=null to take random groups of "
            "all texts as units."
        )
    return [row for row in rows if row.topic not in lacking], [
        f"{len(lacking)} of {len(found)} topics lack conditions and are left out: {said}{more}"
    ]


def _stray(rows: Sequence[Row], found: Mapping[str | None, set[str | None]]) -> Iterator[str]:
    """Names the condition without which most topics have all others, where there is one that has topics."""
    conditions = {str(row.emotion) for row in rows}
    placed = {str(row.emotion) for row in rows if row.topic is not None}
    whole = {own: sum({*map(str, there), own} == conditions for there in found.values()) / len(found) for own in placed}
    stray = max(sorted(whole), key=whole.__getitem__, default="")
    if len(conditions) > MIN_CONDITIONS and stray and whole[stray] >= 0.5:
        n = sum(row.emotion == stray for row in rows)
        yield (
            f"topics are not crossed, and random groups are the units, because of {short(stray)!r} ({n} text"
            f"{'s' if n != 1 else ''}): {whole[stray]:.0%} of topics have every other condition. If it is a slip, type "
            f"'stimuli.rename={{{named(stray)}: OTHER}}'; to leave it out, list the other labels in stimuli.conditions"
        )


def refuse_broken_families(rows: Sequence[Row], name: str) -> None:
    """Refuses a topic of two families, and a family without a passage of some condition; each family is a unit.

    Raises:
        StimuliError: names the topic, or the family and its missing conditions.
    """
    family_of: dict[str | None, str] = {}
    emotions_of: dict[str, set[str | None]] = defaultdict(set)
    for row in rows:
        if row.family is None:
            continue
        if family_of.setdefault(row.topic, row.family) != row.family:
            both = f"{family_of[row.topic]!r} and {row.family!r}"
            raise StimuliError(f"{name}: topic {row.topic!r} is in two families, {both}; give it one.")
        emotions_of[row.family].add(row.emotion)
    conditions = {row.emotion for row in rows}
    for own, emotions in emotions_of.items():
        missing = sorted(map(str, conditions - emotions))
        if missing:
            raise StimuliError(
                f"{name}: the family {own!r} has no passage of {listed(missing)}. Families are the units, and each "
                "unit needs every condition: add passages, or join it with another family."
            )
