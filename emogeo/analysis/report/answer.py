"""The answer: what the runs were compared for, what came out, and what stands in the way of believing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from emogeo.analysis.comparing.nulls import UNTRAINED, Level
from emogeo.analysis.comparing.twins import pair_command
from emogeo.analysis.report.flags import flags
from emogeo.analysis.report.material import Material
from emogeo.analysis.report.numbers import in_words
from emogeo.analysis.report.sentences import commonest, listed, number_of, range_of
from emogeo.analysis.tables.effects import NO, UNKNOWN, YES
from emogeo.analysis.tables.equivalence import CANNOT_TELL, DIFFERS, NO_FLOOR, SAME
from emogeo.analysis.tables.frame import Row
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.config.states import Position
from emogeo.config.typed import override
from emogeo.geometry.beyond import Beyond
from emogeo.installation import command
from emogeo.stimuli.conditions import Noun

_NAMED = 2
"""The most pairs that the answer names."""
NOT_IDENTIFIABLE = "Not identifiable."
_HEADLINES = {
    Beyond.yes.value: "Yes, beyond words.",
    Beyond.no.value: "No more than words.",
    Beyond.unknown.value: "Cannot tell.",
}

_UNSURE = {_HEADLINES[Beyond.unknown.value], NOT_IDENTIFIABLE}


@dataclass(frozen=True)
class Answer:
    """What stands first in the report and in the terminal."""

    question: str
    headline: str
    """The answer in two to four words."""
    said: Sequence[str]
    """Two or three sentences: the numbers, and what they mean."""
    flags: Sequence[str] = ()
    """What stands in the way of believing it."""
    sure: bool = False
    """Whether the headline says yes or no."""
    pair: tuple[str, str] | None = None
    """The keys of the two runs that agree least, whose maps are shown."""


def answer(material: Material) -> Answer:
    """Answers what the runs were made for, from the tables: pairs of different models first, then runs of one model."""
    kind, pairs = _asked(material)
    if pairs.empty:
        return _without_pairs(material)
    least = _least(pairs)
    keys = (str(least["key_a"]), str(least["key_b"]))
    told = _one(least, material) if len(pairs) == 1 else _many(kind, pairs, least, material)
    return Answer(*told, flags=flags(material), sure=told[1] not in _UNSURE, pair=keys)


def _asked(material: Material) -> tuple[str, pd.DataFrame]:
    """Chooses the pairs that the answer is about: comparable runs of different models where there are any."""
    pairs = material.of_trained("pairs", "key_a")
    if pairs.empty:
        return "", pairs
    across = pairs[pairs["model_a"] != pairs["model_b"]]
    comparable = {frozenset(keys) for keys in _keys(material.table("universality"))}
    alike = across[[frozenset(keys) in comparable for keys in _keys(across)]]
    if len(alike):
        return "different models, comparable runs", alike
    return ("different models", across) if len(across) else ("runs of one model", pairs)


def _keys(pairs: pd.DataFrame) -> list[tuple[str, str]]:
    return [] if pairs.empty else list(zip(pairs["key_a"], pairs["key_b"], strict=True))


def _least(pairs: pd.DataFrame) -> Row:
    """Gives the pair that agrees least: by rho* where one is known, else by raw rho."""
    known = pairs[pairs["rho_star"].notna()]
    own, column = (known, "rho_star") if len(known) else (pairs, "rho")
    given = own[own[column].notna()]
    return dict((own if given.empty else given.sort_values(column, kind="stable")).iloc[0].to_dict())


def _one(row: Row, material: Material) -> tuple[str, str, list[str]]:
    a, b = (material.names.get(row[f"key_{side}"], str(row[f"model_{side}"])) for side in "ab")
    question = f"Do {a} and {b} share {material.noun.one} geometry?"
    if pd.isna(row["rho_star"]):
        return question, NOT_IDENTIFIABLE, [*_hidden(row, material)]
    star = in_words(row["rho_star"], row["rho_star_ci_low"], row["rho_star_ci_high"])
    verdict = row["beyond_words"] if pd.notna(row["beyond_words"]) else Beyond.unknown.value
    agree = f"On texts that they do not share, and corrected for text noise, they agree at ρ* {star}"
    return question, _HEADLINES[verdict], [f"{agree}{_beyond(row, verdict, material)}", _difference(row, material)]


def _beyond(row: Row, verdict: str, material: Material) -> str:
    """Says what of an agreement remains once words are controlled for, or why that is not known."""
    left = in_words(row["rho_partial"], row["rho_partial_ci_low"], row["rho_partial_ci_high"])
    given, without = _given(row, material)
    if verdict == Beyond.yes.value:
        meanings = "and it goes beyond word meanings too" if row["beyond_meanings"] == Beyond.yes.value else ""
        also = meanings or "whether it goes beyond word meanings cannot be told"
        return f"; {left} remains once {given} are controlled for, {also}{without}."
    if verdict == Beyond.no.value:
        return f"; {given} account for it: {left} remains{without}."
    return f"; whether that is more than words cannot be told: {_reason(row, material)}{without}."


def _given(row: Row, material: Material) -> tuple[str, str]:
    """Says what was held against an agreement, and of untrained twins that are there that they were too unreliable."""
    own = _of_words(row, material)
    given, lacking = (own["given"].iloc[0], own["twin_command"].iloc[0]) if len(own) else (None, None)
    if not isinstance(given, str) or UNTRAINED in given:
        return "word counts and untrained networks", ""
    there = not (isinstance(lacking, str) and lacking)
    return "word counts", "; the untrained twins are too unreliable to be held against it" if there else ""


def _reason(row: Row, material: Material) -> str:
    own = _of_words(row, material)
    if own.empty:
        return "no untrained twins" if material.table("beyond").empty else "no reason is on record"
    return str(own["reason"].iloc[0]) if pd.notna(own["reason"].iloc[0]) else "no reason is on record"


def _of_words(row: Row, material: Material) -> pd.DataFrame:
    """Gives the row of the `beyond` table that is about a pair and about words, if there is one."""
    beyond = material.table("beyond")
    if beyond.empty:
        return beyond
    of_pair = (beyond["key_a"] == row["key_a"]) & (beyond["key_b"] == row["key_b"])
    return beyond[of_pair & (beyond["level"] == Level.words)]


def _hidden(row: Row, material: Material) -> list[str]:
    """Says why there is no rho*, and what the raw rho is worth."""
    pairs = material.table("pairs")
    own = pairs[(pairs["key_a"] == row["key_a"]) & (pairs["key_b"] == row["key_b"])]
    notes = [note for note, _ in commonest(material.notes("pairs", own))]
    raw = f"Raw ρ is {in_words(row['rho'], row.get('rho_ci_low'), row.get('rho_ci_high'))}"
    said = [] if pd.isna(row["rho"]) else [f"{raw}, in which words, shared texts and text noise are not told apart."]
    return [*said, *(_sentence(str(note)) for note in notes[:2]), *_helps(row, material, notes)]


def _sentence(note: str) -> str:
    """Makes a sentence of a note; one that begins with the name of a column stays as it is."""
    return f"{note if '_' in note.split()[0] else note[:1].upper() + note[1:]}."


def _helps(row: Row, material: Material, notes: Sequence[Note]) -> list[str]:
    """Says what makes a geometry more reliable, where that is what a pair lacks."""
    hidden = any(note.kind is NoteKind.not_identifiable for note in notes)
    if not hidden or pd.isna(row["reliability_a"]) or pd.isna(row["reliability_b"]):
        return []
    runs = material.table("runs")
    poolings = set(runs.loc[runs["key"].isin([row["key_a"], row["key_b"]]), "pooling"]) if len(runs) else set()
    mean = [] if poolings == {Position.mean.value} else [override("pooling.position", Position.mean.value)]
    return [f"What helps: {listed(['more topics', 'longer texts', *mean])}."]


def _difference(row: Row, material: Material) -> str:
    """Says whether two geometries are the same or differ, for these conditions."""
    n, noun, said = row["n_conditions"], material.noun, str(row["equivalence"])
    these = f"these {n:.0f} {noun.many}" if pd.notna(n) else f"these {noun.many}"
    if said.startswith(SAME):
        return f"For {these} the two are the {said}."
    if said.startswith(DIFFERS):
        return f"They are not identical: for {these}, ρ* lies below 1{said.removeprefix(DIFFERS)}."
    if said == NO_FLOOR:
        return "Whether they differ at all is open: neither was measured a second time (reread=true)."
    return f"Whether the two differ cannot be told for {these} from these texts."


def _many(kind: str, pairs: pd.DataFrame, least: Row, material: Material) -> tuple[str, str, list[str]]:
    models = sorted({*pairs["model_a"], *pairs["model_b"]})
    effects = material.table("effects")
    if len(models) == 1 and len(effects):
        runs = len({*pairs["key_a"], *pairs["key_b"]})
        question = f"Does {models[0]} keep its {material.noun} geometry over {runs} runs?"
        return question, _kept(effects), [_of_factors(effects), *_ranges(pairs), _least_said(least, material)]
    these = listed(models) if len(models) == _NAMED else f"these {len(models)} models"
    question = f"Do {these} share {material.noun.one} geometry?"
    counts = Counter(pairs["beyond_words"].astype(object).fillna(Beyond.unknown.value))
    rest = [*_ranges(pairs), _least_said(least, material)] if len(pairs) > _NAMED else []
    said = [*_counted(kind, pairs, material), *rest, *_differences(pairs, material.noun)]
    return question, _headline(counts, len(pairs)), said


def _ranges(pairs: pd.DataFrame) -> list[str]:
    known = pairs[pairs["rho_star"].notna()]
    return (
        [f"On disjoint texts, and corrected for text noise, ρ* is {range_of(known, 'rho_star')}."] if len(known) else []
    )


def _headline(counts: Counter[str], n: int) -> str:
    for verdict, headline in _HEADLINES.items():
        if counts[verdict] == n:
            return headline
    yes, no = counts[Beyond.yes.value], counts[Beyond.no.value]
    return f"Beyond words in {yes} of {n} pairs." if yes else f"No more than words in {no} of {n} pairs."


def _counted(kind: str, pairs: pd.DataFrame, material: Material) -> list[str]:
    """Counts the verdicts of pairs in a sentence each, and names the pairs where they are few."""
    verdicts, found = pairs["beyond_words"].astype(object).fillna(Beyond.unknown.value), []
    of = f"{number_of(len(pairs), 'pair')} of {kind},"
    for verdict, (one, many) in _DOES.items():
        own = pairs[verdicts == verdict.value]
        if len(own):
            named = [_told(row, verdict, material) for row in own.head(_NAMED).to_dict("records")]
            which = f": {'; '.join(named)}" if len(own) <= _NAMED else ""
            found.append(f"{len(own)} {one if len(own) == 1 else many}{which}")
    return [f"Of {of} {'. '.join(found)}."]


_DOES = {
    Beyond.yes: ("agrees beyond words", "agree beyond words"),
    Beyond.no: ("agrees no more than words do", "agree no more than words do"),
    Beyond.unknown: ("cannot be told from words", "cannot be told from words"),
}


def _told(row: Row, verdict: Beyond, material: Material) -> str:
    """Names a pair with its rho*, and with what is left of it beyond words, or why that is not known."""
    if pd.isna(row["rho_star"]):
        return _named(row, material)
    star = in_words(row["rho_star"], row["rho_star_ci_low"], row["rho_star_ci_high"])
    left = in_words(row["rho_partial"], row["rho_partial_ci_low"], row["rho_partial_ci_high"])
    beyond = _reason(row, material) if verdict is Beyond.unknown else f"{left} left once words are given"
    return f"{_named(row, material)}, ρ* {star} ({beyond})"


def _differences(pairs: pd.DataFrame, noun: Noun) -> list[str]:
    """Counts in a sentence the pairs that differ, that are the same, and of which neither is known."""
    counts = Counter(pairs["equivalence"].dropna())
    told = [f"{number_of(n, 'pair')} {_DIFFER.get(said) or _bounded(said, n)}" for said, n in counts.most_common()]
    return [f"For these {noun.many} {listed(told)}."] if told else []


def _bounded(said: str, n: int) -> str:
    """Says within what bound pairs are the same, or differ: `are the same within 0.1`, `differ, by less than 0.1`."""
    if said.startswith(DIFFERS):
        bound = said.removeprefix(DIFFERS) or " by more than measuring again and other topics give"
        return f"{'differs' if n == 1 else 'differ'}{bound}"
    return f"{'is' if n == 1 else 'are'} the {said}"


_DIFFER = {
    NO_FLOOR: "may differ or not (none was measured a second time: reread=true)",
    CANNOT_TELL: "may differ or not, as far as these texts tell",
}


def _named(row: Row, material: Material) -> str:
    return " – ".join(material.names.get(row[f"key_{side}"], str(row[f"model_{side}"])) for side in "ab")


def _least_said(row: Row, material: Material) -> str:
    known = "raw ρ" if pd.isna(row["rho_star"]) else "ρ*"
    column = "rho" if pd.isna(row["rho_star"]) else "rho_star"
    star = in_words(row[column], row[f"{column}_ci_low"], row[f"{column}_ci_high"])
    return f"Those that agree least are {_named(row, material)}, at {known} {star}."


def _kept(effects: pd.DataFrame) -> str:
    differ = int((effects["counts"] == YES).sum())
    return f"It differs in {differ} of {number_of(len(effects), 'comparison')}."


def _of_factors(effects: pd.DataFrame) -> str:
    counts = Counter(effects["counts"])
    return (
        f"Runs that differ in one thing alone were compared {number_of(len(effects), 'time')}: the effect goes beyond "
        f"floor and null in {counts[YES]}, does not in {counts[NO]}, and cannot be told in {counts[UNKNOWN]}."
    )


def _without_pairs(material: Material) -> Answer:
    """Answers where nothing was compared: one run, geometries without texts, or no geometry at all."""
    runs = material.of_trained("runs")
    finished = runs[runs["reliability"].notna()] if len(runs) and "reliability" in runs else runs.head(0)
    if len(finished):
        first = finished.iloc[0]
        name = material.names.get(first["key"], first["model"])
        held = in_words(first["reliability"], first["reliability_ci_low"], first["reliability_ci_high"])
        said = [
            f"Two halves of its texts agree at {held}: that is the reliability of this geometry.",
            f"One run has nothing to be compared with. A second model makes a pair: {_second(first['key'], material)}",
        ]
        return Answer(f"What is the {material.noun} geometry of {name}?", "One run.", said, flags(material))
    bare = material.table("pairs")
    if len(material.bare) and len(bare):
        said = [
            f"Raw ρ of {number_of(len(bare), 'pair')} is {range_of(bare, 'rho')}.",
            "Vectors and RDMs that come without their texts have no reliability, so there is neither ρ* nor a verdict.",
        ]
        question = f"Do these {len(material.bare)} imported geometries agree?"
        return Answer(question, NOT_IDENTIFIABLE, said, flags(material), pair=_keys(bare)[0])
    return Answer("Nothing was compared.", "No geometry.", [f"Two runs make a pair: {_SECOND}"], flags(material))


def _second(key: str, material: Material) -> str:
    """Gives the command that makes a pair of a run: the same texts, read in the same way, with another model."""
    known = [run for run in material.catalogue.finished if run.key == key and run.record.imported is None]
    return pair_command(known[0]) if known else _SECOND


_SECOND = f"{command('train')} -m model=smollm2-135m-instruct,gemma-3-270m"
