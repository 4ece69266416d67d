"""Requests to write texts, and the words that a model may be asked to avoid."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from emogeo.geometry.options import NEUTRAL
from emogeo.stimuli.conditions import CONDITIONS

EMOTION, TOPIC = "{emotion}", "{topic}"
_DATA = files("emogeo.stimuli") / "data"


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
    prompts: Sequence[str], neutral: Sequence[str], topics: Sequence[str], samples: int, replicates: int
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
        for emotion in CONDITIONS:
            prompt = (pair[1] if emotion == NEUTRAL else pair[0]).replace(EMOTION, emotion)
            for topic in topics if crossed else [f"prompt-{number}"]:
                for draw in range(replicates * samples):
                    unit = topic if crossed or len(prompts) > 1 else f"replicate-{draw // samples}"
                    requests.append(Request(emotion, topic, unit, prompt.replace(TOPIC, _phrase(topic)), draw))
    return requests


def names_emotion(text: str, emotion: str) -> bool:
    """Whether a text uses the emotion's own word or one of its family."""
    pattern = _pattern(emotion)
    return pattern is not None and pattern.search(text) is not None


def _phrase(topic: str) -> str:
    return _phrases().get(topic, topic)


@cache
def _phrases() -> dict[str, str]:
    phrases: dict[str, str] = json.loads((_DATA / "topics.json").read_text(encoding="utf-8"))
    return phrases


@cache
def families() -> dict[str, list[str]]:
    """Words of each emotion; one with a star also stands for longer words that begin so."""
    words: dict[str, list[str]] = json.loads((_DATA / "emotion_words.json").read_text(encoding="utf-8"))
    return words


@cache
def _pattern(emotion: str) -> re.Pattern[str] | None:
    words = [re.escape(w.removesuffix("*")) + (r"\w*" if w.endswith("*") else "") for w in families()[emotion]]
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE) if words else None
