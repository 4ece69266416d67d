"""Requests to write texts, and the words that a model may be asked to avoid."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from emogeo.geometry.naming import STEM
from emogeo.geometry.ngrams import UNSPACED

EMOTION, TOPIC = "{emotion}", "{topic}"
_DATA = files("emogeo.stimuli") / "data"


@dataclass(frozen=True)
class Conditions:
    """The conditions that texts are asked for."""

    labels: tuple[str, ...]
    neutral: str | None = None
    """The one that stands for no emotion, which has prompts of its own; None where there is none."""
    words: Mapping[str, str] = field(default_factory=dict)
    """The word of a prompt for those that are not called by their label."""

    def word(self, label: str) -> str:
        """The word that a prompt uses for a condition."""
        return self.words.get(label, usual_word(label))


def usual_word(label: str) -> str:
    """Gives the word that a prompt uses for a condition, where none is named: its label."""
    return label.replace("_", " ")


def unusual(words: Mapping[str, str]) -> dict[str, str]:
    """Leaves out the words that a prompt would use in any case."""
    return {label: word for label, word in words.items() if word != usual_word(label)}


@dataclass(frozen=True)
class Request:
    """One text to be written."""

    emotion: str
    topic: str
    """The corpus's topic, or the number of the prompt."""
    unit: str
    """The unit that a condition's texts are replicated over: the topic, the prompt, or the replicate."""
    prompt: str
    draw: int
    """A number that tells apart texts of one prompt; a sampled text's seed is derived from it."""


def plan_requests(
    prompts: Sequence[str],
    neutral: Sequence[str],
    conditions: Conditions,
    topics: Sequence[str],
    samples: int,
    replicates: int,
) -> list[Request]:
    """Plans every text of a run: each prompt for each condition, topic, replicate and sample.

    Args:
        prompts: each with {emotion} and, for all topics, {topic}.
        neutral: the same for the neutral condition, one for each of `prompts`.
        samples: texts of one prompt and replicate.
        replicates: independent repetitions; the unit where there is one prompt without topics.
    """
    requests = []
    for number, pair in enumerate(zip(prompts, neutral, strict=True)):
        crossed = TOPIC in pair[0]
        for emotion in conditions.labels:
            prompt = (pair[1] if emotion == conditions.neutral else pair[0]).replace(EMOTION, conditions.word(emotion))
            for topic in topics if crossed else [f"prompt-{number}"]:
                for draw in range(replicates * samples):
                    unit = topic if crossed or len(prompts) > 1 else f"replicate-{draw // samples}"
                    requests.append(Request(emotion, topic, unit, prompt.replace(TOPIC, _phrase(topic)), draw))
    return requests


def foreign(requests: Sequence[Request], words: Mapping[str, str]) -> str | None:
    """Gives the first label's word or topic that has letters beyond ASCII in a prompt that has none else.

    Args:
        words: the words of prompts, for conditions that are not called by their label.
    """
    asked = Conditions((), words=words)
    for request in requests:
        own = [name for name in (asked.word(request.emotion), _phrase(request.topic)) if name in request.prompt]
        rest = request.prompt
        for name in own:
            rest = rest.replace(name, "")
        found = next((name for name in own if not name.isascii()), None)
        if found is not None and rest.isascii():
            return found
    return None


def names_emotion(text: str, emotion: str, word: str | None = None) -> bool:
    """Whether a text uses the emotion's own word or one of its family.

    Args:
        word: the word that the prompt used for it, if that is not the label.
    """
    pattern = _pattern(tuple(own_words(emotion) + ([word] if word else [])))
    return pattern is not None and pattern.search(text) is not None


def own_words(condition: str) -> list[str]:
    """Gives the words that name a condition: its family where the package has one, else its label.

    A star also stands for longer words that begin so.
    """
    if condition in families():
        return families()[condition]
    label = condition.replace("_", " ").strip()
    return [f"{label}*" if len(label) >= STEM else label]


def _phrase(topic: str) -> str:
    return _phrases().get(topic, topic)


@cache
def _phrases() -> dict[str, str]:
    phrases: dict[str, str] = json.loads((_DATA / "topics.json").read_text(encoding="utf-8"))
    return phrases


@cache
def families() -> dict[str, list[str]]:
    """Words of each of the study's emotions."""
    words: dict[str, list[str]] = json.loads((_DATA / "emotion_words.json").read_text(encoding="utf-8"))
    return words


def families_of(conditions: Conditions) -> dict[str, list[str]]:
    """Gives the words that are banned, as a key holds them: the package's families, and those of other labels."""
    others = {label: own_words(label) for label in conditions.labels if label not in families()}
    asked = {label: [*own_words(label), word] for label, word in conditions.words.items()}
    return {**families(), **others, **asked}


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(_as_pattern, words)), re.IGNORECASE) if words else None


def _as_pattern(word: str) -> str:
    """A word between its boundaries, where the script has blanks between words."""
    plain = re.escape(word.removesuffix("*"))
    if UNSPACED.search(word):
        return plain
    longer = r"\w*" if word.endswith("*") else ""
    return rf"\b{plain}{longer}\b"
