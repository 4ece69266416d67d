"""Words that name or go with an emotion, for what steering does to their probability."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


@cache
def steering_words() -> dict[str, list[str]]:
    """Eight words of each emotion (not of neutral), most of them one token in common vocabularies."""
    text = (files("emogeo.stimuli") / "data" / "steering_words.json").read_text(encoding="utf-8")
    words: dict[str, list[str]] = json.loads(text)
    return words
