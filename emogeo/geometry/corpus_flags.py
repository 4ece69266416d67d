"""What is wrong with texts, in sentences, and by which thresholds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from emogeo.geometry.dependence import Dependence
from emogeo.geometry.repeats import Repeats
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.telling import TellingRun
from emogeo.geometry.word_accuracy import WordAccuracy

CUES = 0.5
"""The share of conditions that have a cue from which on labels are given away. The package's topics have none, and in
three to sixteen of them one of 21 conditions has one at most; where a sentence or a word stands for each, all have."""
TELLING_CONDITIONS = 1 / 3
"""The share of conditions with a telling run that is flagged: in four to 24 of the package's topics it is up to .29."""
EQUAL = 0.02
"""The standard deviation of bag-of-words dissimilarities below which all are equal: it is .10 or more in four to 24 of
the package's topics, and 0 where each condition differs from every other by one word."""
NEAR_SHARE = 0.05
NEAR_BLOCKS = 0.2
"""Shares of texts with a near-duplicate in another unit: flagged, and too many for any interval. There is none in the
package's texts or in stories of a model of 135M; from a fifth on units are copies rather than a few slips."""
RETURNING = 0.1
RETURNING_BLOCKS = 0.3
"""Shares of own wording that returns in other units. Measured: .003 in the package's texts, .03 in stories that a model
of 135M wrote, .75 to 1 where one sentence per condition is paraphrased or told in ten places."""
TEMPLATED = 0.5
"""The share of texts from which on a corpus is a template with a word to fill in."""
SURE_ACCURACY = 0.5
"""The share of conditions that words find in unseen units, by the lower end of its interval, above which most of what a
model can know of the condition may be words. In the package it is .39."""
NAMING = 0.05
"""The share of texts with their own condition's name that is flagged. There is none in the package's texts."""
REPEATING_RELIABILITY = 0.97
"""The reliability from which on halves repeat each other. For halves of 12 topics it takes a variance between emotions
larger than that of a text; real models have .04 to .17 of it (reliabilities of .4 to .8)."""
DEPENDENT = 0.05
"""The p below which units are not independent, over all runs that read the texts (Bonferroni)."""


class FlagKind(Enum):
    """What is wrong with texts."""

    cue_words = "cue words"
    """A word or two stand for each condition."""
    equal_words = "equal words"
    """All conditions are equally far apart in words, which is no baseline."""
    near_duplicates = "near-duplicates"
    """Texts of different units are nearly the same."""
    returning_wording = "returning wording"
    """A condition's own wording is the same in several units."""
    template = "template"
    """Texts of different conditions differ in one word."""
    telling_words = "telling words"
    """Words return in many units of one condition, and in few of the others."""
    word_accuracy = "word accuracy"
    """Words alone tell most conditions in units that were not seen."""
    reliability = "reliability"
    """The halves of a run repeat each other."""
    own_names = "own names"
    """Texts use the name of their own condition."""
    dependent_units = "dependent units"
    """Some units are more alike than independent ones would be."""


@dataclass(frozen=True)
class Flag:
    """One thing that is wrong with texts, in a sentence."""

    kind: FlagKind
    sentence: str
    blocks: bool = False
    """Whether no agreement may be called one beyond words: units repeat each other, or a word gives a label away."""

    def __str__(self) -> str:
        return self.sentence


_EXAMPLES = 2
"""The most examples that a sentence gives."""
_LETTERS = 60
"""The most letters of a text that a sentence gives."""


def flags_of_words(
    labels: LabelledTexts, telling: Sequence[TellingRun], accuracy: WordAccuracy | None, spread: float | None
) -> list[Flag]:
    """Flags words that give conditions away.

    Args:
        spread: the standard deviation of the dissimilarities of bags of words.
    """
    found = _flag_of_telling(labels, telling)
    told = accuracy is not None and accuracy.of_all.low > accuracy.chance
    if spread is not None and spread <= EQUAL and told:
        said = (
            "in a bag of words all conditions are equally far apart, and yet words tell them: one cue word each. There "
            "is no baseline of words to hold a model against"
        )
        found.append(Flag(FlagKind.equal_words, said, blocks=True))
    if accuracy is not None and accuracy.of_all.low > max(SURE_ACCURACY, accuracy.chance):
        found.append(Flag(FlagKind.word_accuracy, _said_of_accuracy(labels, accuracy)))
    return found


def flags_of_names(labels: LabelledTexts, naming: NDArray[np.bool_]) -> list[Flag]:
    """Flags texts that use the name of their own condition.

    Args:
        naming: [text], whether it does.
    """
    share = float(naming.mean())
    if share < NAMING:
        return []
    counts = Counter(own for own, names in zip(labels.emotions, naming, strict=True) if names)
    named = ", ".join(f"{label} in {n}" for label, n in counts.most_common(_EXAMPLES))
    return [
        Flag(FlagKind.own_names, f"{_percent(share)} of the texts use the name of their own condition ({named} texts)")
    ]


def _flag_of_telling(labels: LabelledTexts, telling: Sequence[TellingRun]) -> list[Flag]:
    n = len(set(labels.emotions))
    cues, told = [own for own in telling if own.cue], [own for own in telling if own.telling]
    if len(cues) >= CUES * n:
        said = f"a word or two give {len(cues)} of {n} conditions away: {_named(cues)}"
        return [Flag(FlagKind.cue_words, said, blocks=True)]
    if len(told) >= TELLING_CONDITIONS * n:
        said = f"words of {len(told)} of {n} conditions return in half of the {told[0].called}: {_named(told)}"
        return [Flag(FlagKind.telling_words, said)]
    return []


def _said_of_accuracy(labels: LabelledTexts, accuracy: WordAccuracy) -> str:
    rest = accuracy.without_common
    alone = "no text is without one" if rest is None else f"{_percent(rest.value)} of {accuracy.n_without_common}"
    return (
        f"words alone tell the condition of {_percent(accuracy.of_all.value)} of the texts in {called(labels)} that"
        f" were not seen (chance {_percent(accuracy.chance)}); of texts without a sentence of another unit: {alone}"
    )


def flags_of_repeats(labels: LabelledTexts, repeats: Repeats) -> list[Flag]:
    """Flags texts and wordings that several units have in common, and templates."""
    found, of = [], called(labels)
    if repeats.near_share >= NEAR_SHARE:
        said = f"{_percent(repeats.near_share)} of the texts are nearly the same as a text of another {of[:-1]}"
        blocks = repeats.near_share >= NEAR_BLOCKS
        found.append(Flag(FlagKind.near_duplicates, f"{said}: {_quoted(labels, repeats.pairs)}", blocks))
    if repeats.returning_share >= RETURNING:
        said = f"{_percent(repeats.returning_share)} of a condition's own wording returns in other {of}"
        blocks = repeats.returning_share >= RETURNING_BLOCKS
        found.append(Flag(FlagKind.returning_wording, f"{said}, so that these repeat each other", blocks))
    if repeats.templated_share >= TEMPLATED:
        said = f"{_percent(repeats.templated_share)} of the texts are a template with one word replaced"
        found.append(Flag(FlagKind.template, f"{said}: {_quoted(labels, repeats.templates)}"))
    return found


def flags_of_runs(reliabilities: Mapping[str, float], dependences: Mapping[str, Dependence]) -> list[Flag]:
    """Flags runs whose halves repeat each other, and dependence between units in what models make of them."""
    high = {name: value for name, value in reliabilities.items() if value >= REPEATING_RELIABILITY}
    found = []
    if high:
        name = max(high, key=lambda own: (high[own], own))
        said = f"reliability {high[name]:.2f} in {name}" + (f" and {len(high) - 1} more" if len(high) > 1 else "")
        found.append(Flag(FlagKind.reliability, f"{said}: halves repeat each other, and intervals are too narrow"))
    strongest = strongest_of(dependences)
    if strongest is not None and strongest[1] <= DEPENDENT:
        found.append(Flag(FlagKind.dependent_units, _said_of_dependence(dependences, *strongest)))
    return found


def strongest_of(dependences: Mapping[str, Dependence]) -> tuple[str, float] | None:
    """The run in which dependence between units is least likely by chance, and its p times the number of runs."""
    if not dependences:
        return None
    name = min(dependences, key=lambda own: (dependences[own].p, own))
    return name, min(1.0, dependences[name].p * len(dependences))


def _said_of_dependence(dependences: Mapping[str, Dependence], name: str, p: float) -> str:
    own = dependences[name]
    closest = ", ".join(f"{a} and {b} ({cosine:.2f})" for a, b, cosine in own.closest[:_EXAMPLES])
    return (
        f"units are not independent (p {p:.3f} in {name}): residuals of the most alike have a mean cosine of "
        f"{own.value:.2f}, {own.chance:.2f} by chance; the closest are {closest}. Intervals are too narrow and p too "
        "small: name the families of topics with stimuli.fields.family"
    )


def called(labels: LabelledTexts) -> str:
    """What the units of texts are called: topics, where they are these, else units."""
    return "topics" if set(labels.units) == set(labels.topics) else "units"


def _named(told: Sequence[TellingRun]) -> str:
    return "; ".join(map(str, told[:_EXAMPLES]))


def _quoted(labels: LabelledTexts, pairs: Sequence[tuple[int, int]]) -> str:
    """Two examples of pairs, far apart among them."""
    chosen = [pairs[0], *pairs[len(pairs) // 2 :][:1]] if len(pairs) > 1 else pairs
    return "; ".join(" – ".join(f"“{_short(labels.texts[row])}”" for row in pair) for pair in chosen)


def _short(text: str) -> str:
    printed = "".join(character if character.isprintable() else " " for character in text)
    plain = " ".join(printed.split())
    return plain if len(plain) <= _LETTERS else f"{plain[:_LETTERS]}…"


def _percent(share: float) -> str:
    return f"{share:.0%}"
