"""Constraints on an answer that a program can check; white space around the answer does not count."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+")
_BULLET = re.compile(r"[-*•]\s+\S")
_NUMBER = re.compile(r"(\d+)[.)]\s+\S")


def words(text: str) -> list[str]:
    """Runs of letters and digits; an apostrophe or a hyphen inside joins them."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Sentences, which end in . ! ? or …, or at the end of the text."""
    return [part for part in _END_OF_SENTENCE.split(text.strip()) if words(part)]


def lines(text: str) -> list[str]:
    """Lines with something on them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def paragraphs(text: str) -> list[str]:
    """Stretches between empty lines."""
    return [part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()]


def has_words(text: str, n: int) -> bool:
    return len(words(text)) == n


def has_words_at_most(text: str, n: int) -> bool:
    """Also asks for one word at least, or an empty answer would meet it."""
    return 1 <= len(words(text)) <= n


def has_words_at_least(text: str, n: int) -> bool:
    return len(words(text)) >= n


def has_sentences(text: str, n: int) -> bool:
    return len(sentences(text)) == n


def has_lines(text: str, n: int) -> bool:
    return len(lines(text)) == n


def has_paragraphs(text: str, n: int) -> bool:
    return len(paragraphs(text)) == n


def is_lowercase(text: str, wanted: bool) -> bool:
    return text.islower() == wanted


def is_uppercase(text: str, wanted: bool) -> bool:
    return text.isupper() == wanted


def contains(text: str, phrases: Sequence[str]) -> bool:
    """Whether a text contains every phrase, as whole words in any case."""
    return all(_has(text, phrase) for phrase in phrases)


def omits(text: str, phrases: Sequence[str]) -> bool:
    """Whether a text has words and none of the phrases."""
    return bool(words(text)) and not any(_has(text, phrase) for phrase in phrases)


def is_without(text: str, characters: Sequence[str]) -> bool:
    """Whether a text has words and none of the characters."""
    return bool(words(text)) and not any(character in text for character in characters)


def starts_with(text: str, opening: str) -> bool:
    return text.strip().startswith(opening)


def ends_with(text: str, ending: str) -> bool:
    return text.strip().endswith(ending)


def has_json_keys(text: str, keys: Sequence[str]) -> bool:
    """Whether the whole text is a JSON object with exactly these keys."""
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return isinstance(found, dict) and set(found) == set(keys)


def has_bullets(text: str, n: int) -> bool:
    return sum(_BULLET.match(line) is not None for line in lines(text)) == n


def is_numbered(text: str, n: int) -> bool:
    """Whether lines are numbered from 1 to n, in order."""
    numbers = [match.group(1) for match in map(_NUMBER.match, lines(text)) if match]
    return numbers == [str(number) for number in range(1, n + 1)]


def has_comma_items(text: str, n: int) -> bool:
    """Whether a text is n items between commas, none over more than one line."""
    parts = text.strip().rstrip(".").split(",")
    return len(parts) == n and all(words(part) and len(lines(part)) == 1 for part in parts)


CONSTRAINTS: Mapping[str, Callable[[str, Any], bool]] = {
    "words": has_words,
    "words_at_most": has_words_at_most,
    "words_at_least": has_words_at_least,
    "sentences": has_sentences,
    "lines": has_lines,
    "paragraphs": has_paragraphs,
    "lowercase": is_lowercase,
    "uppercase": is_uppercase,
    "contains": contains,
    "omits": omits,
    "without": is_without,
    "starts_with": starts_with,
    "ends_with": ends_with,
    "json_keys": has_json_keys,
    "bullets": has_bullets,
    "numbered": is_numbered,
    "comma_items": has_comma_items,
}


_LASTING = {"words_at_least", "contains", "starts_with"}
"""Constraints that a text, once it meets them, meets however it goes on."""


def met(text: str, constraints: Mapping[str, Any], finished: bool = True) -> dict[str, bool]:
    """Says by name which of the constraints a text meets.

    Args:
        finished: False for an answer that was cut off, of which most constraints cannot be said to be met.
    """
    return {
        name: CONSTRAINTS[name](text, value) and (finished or name in _LASTING) for name, value in constraints.items()
    }


def _has(text: str, phrase: str) -> bool:
    return re.search(rf"\b{re.escape(phrase)}\b", text, re.IGNORECASE) is not None
