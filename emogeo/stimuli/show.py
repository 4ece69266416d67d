"""What would be read of a user's texts, and roughly what could be inferred from so many of them."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping

from emogeo.geometry.corpus_checks import check_corpus
from emogeo.geometry.design import Design, Expected, expected
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_STAR, MIN_UNITS
from emogeo.geometry.independent import independent_units
from emogeo.geometry.states import LabelledTexts
from emogeo.installation import command
from emogeo.stimuli.corpus import Corpus
from emogeo.stimuli.messages import short

USUAL_SIGNAL = 0.05
"""A middle value of what small models had on the package's passages: emotion over text variance .04 to .17."""
_MOST_PLANTED = 40
"""The most conditions that are planted for an expectation; with more, expectations change little and take long."""
_ENOUGH, _TRIED = 0.5, (12, 16, 24, 32, 48, 96)
"""The share of pairs below which units are too few, and numbers of units of which the first that is enough is said."""
_SHOWN, _TEXTS, _DRAWS = 12, 3, 5


def shown_corpus(corpus: Corpus, seed: int = 0) -> Iterator[str]:
    """Describes a corpus line by line; the last lines, which take a few seconds, say what follows from so many units.

    Args:
        seed: seeds random groups, where topics are not crossed with conditions.
    """
    units = corpus.units(seed)
    labels = LabelledTexts(tuple(corpus.emotions), tuple(corpus.topics), tuple(units), tuple(corpus.texts))
    n = len(set(independent_units(labels)))
    merged = "" if n == len(set(units)) else f" ({n} where those that repeat each other are one)"
    what = f"{len(corpus.passages)} texts, {len(corpus.conditions)} conditions, {_units(corpus, units)}"
    yield f"{corpus.name}: {what}{merged}"
    yield from _indented("conditions", _counted(Counter(corpus.emotions)))
    yield from _indented(
        "neutral", corpus.neutral or "none; if one of them stands for no emotion: stimuli.neutral=LABEL"
    )
    yield from _indented("topics", _counted(Counter(corpus.topics)) if corpus.has_topics else "none")
    yield from _indented("lengths", _lengths(corpus))
    for passage in corpus.passages[:: max(len(corpus.passages) // _TEXTS, 1)][:_TEXTS]:
        yield from _indented(
            "for example", f"{short(passage.emotion)} / {short(passage.topic)}: {short(passage.text, 70)}"
        )
    for note in corpus.notes:
        yield from _indented("noticed", note)
    for flag in check_corpus(labels).flags:
        yield from _indented("warning", f"{flag}{'; no verdict beyond words can be given' if flag.blocks else ''}")
    yield from _indented("inference", _inferred(n, len(corpus.conditions)))


def _indented(name: str, value: str) -> Iterator[str]:
    yield f"  {name:<12}{value}"


def _units(corpus: Corpus, units: list[str]) -> str:
    n = len(set(units))
    if corpus.passages[0].family is None and (not corpus.crossed or not corpus.has_topics):
        why = "topics are not crossed with conditions" if corpus.has_topics else "there are no topics"
        return f"{n} random group{'s' if n != 1 else ''} as unit{'s' if n != 1 else ''}, since {why}"
    one, many = ("family", "families") if corpus.passages[0].family is not None else ("topic", "topics")
    return f"{n} {many} as units" if n != 1 else f"1 {one} as the only unit"


def _counted(counts: Mapping[str, int]) -> str:
    sizes = set(counts.values())
    names = [short(name) for name in sorted(counts)]
    if len(sizes) == 1:
        listed, each = names[:_SHOWN], f"; {min(sizes)} text{'s' if sizes != {1} else ''} each"
    else:
        listed, each = [f"{short(name)} {counts[name]}" for name in sorted(counts)][:_SHOWN], ""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(listed)}{more}{each}"


def _lengths(corpus: Corpus) -> str:
    words = [len(text.split()) for text in corpus.texts]
    characters = [len(text) for text in corpus.texts]
    return (
        f"{min(words)} to {max(words)} words (median {statistics.median(words):.0f}), "
        f"{min(characters)} to {max(characters)} characters"
    )


def _inferred(n_units: int, n_conditions: int) -> str:
    if n_units < MIN_STAR:
        given = "no reliability" if n_units < MIN_UNITS else "a reliability without an interval"
        given = "reliabilities with intervals" if n_units >= MIN_JACKKNIFE else given
        return f"{n_units} units give {given} and no ρ*, which needs {MIN_STAR}: add topics, or texts of each condition"
    found = _planted(n_units, n_conditions)
    reach = "" if found.reach is None else f", ρ* to within ±{found.reach:.2f} for these conditions"
    return (
        f"were texts as noisy as the package's passages in small models: a reliability of {found.reliability:.2f}, a "
        f"ρ* for {found.passes:.0%} of pairs{reach}{_more(found.passes, n_units, n_conditions)} "
        f"({command('analysis')} power says more)"
    )


def _planted(n_units: int, n_conditions: int) -> Expected:
    return expected(Design(n_units, min(n_conditions, _MOST_PLANTED), USUAL_SIGNAL), _DRAWS, 0)


def _more(passes: float, n_units: int, n_conditions: int) -> str:
    """Says about how many units would do, where few pairs would have a rho*."""
    if passes >= _ENOUGH:
        return ""
    enough = [n for n in _TRIED if n > n_units]
    n = next((n for n in enough if _planted(n, n_conditions).passes >= _ENOUGH), None)
    return f"; too few for an answer: {f'about {n}' if n else f'more than {_TRIED[-1]}'} units would do"
