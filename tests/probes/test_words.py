"""Words of one token, neutral words that match them, and the shift between the two."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emogeo.errors import StimuliError
from emogeo.probes.words import Vocabulary, match_gap, matched, shift, vocabulary
from emogeo.stimuli.templates import Text

CALM, PLAIN = ["calm", "serene", "still"], ["square", "local", "recent", "narrow"]


class Tokenizer:
    """Cuts at spaces; some words in two, some otherwise after one context, some into the token before them."""

    def __init__(self, in_two: str = "", after_i: str = "", joined: str = "") -> None:
        self.ids: dict[str, int] = {}
        self.in_two, self.after_i, self.joined = in_two.split(), after_i.split(), joined.split()

    def tokenize(self, text: Text) -> list[int]:
        assert text.special_tokens
        parts: list[str] = ["<bos>"]
        for word in text.content.split():
            if word in self.joined:
                parts[-1] += word
            elif word in self.in_two:
                parts += [word[:2], word[2:]]
            else:
                parts.append(word + "'" * (word in self.after_i and "I" in parts))
        return [self.ids.setdefault(part, len(self.ids)) for part in parts]


def known(model: Any = None, **emotions: list[str]) -> Vocabulary:
    return vocabulary((model or Tokenizer()).tokenize, ["I feel", "She is"], emotions or {"calm": CALM}, PLAIN)


def test_words_that_are_not_one_and_the_same_token_everywhere_are_left_out() -> None:
    model = Tokenizer(in_two="quiet", after_i="mild", joined="ness")
    found = known(model, calm=["quiet", *CALM, "mild", "ness"])
    assert found.emotions == {"calm": CALM}
    assert found.neutral == PLAIN
    assert found.tokens == {word: model.ids[word] for word in (*CALM, *PLAIN)}
    assert found.contexts == [[model.ids[part] for part in ("<bos>", *c.split())] for c in ("I feel", "She is")]
    assert found.column == {word: place for place, word in enumerate((*CALM, *PLAIN))}


def test_a_word_of_two_emotions_is_one_token_in_both() -> None:
    found = known(calm=CALM, sad=["still", "low", "blue"])
    assert found.emotions["sad"][0] == "still"
    assert len(found.tokens) == 5 + len(PLAIN)


@pytest.mark.parametrize(
    ("words", "neutral", "said"),
    [
        (CALM[:2], PLAIN, "Of the words of calm, 2 are one token of this model, and 4 neutral ones; at least 3, and"),
        (CALM, PLAIN[:2], "Of the words of calm, 3 are one token of this model, and 2 neutral ones; at least 3, and"),
    ],
)
def test_too_few_words_are_refused(words: list[str], neutral: list[str], said: str) -> None:
    with pytest.raises(StimuliError) as error:
        vocabulary(Tokenizer().tokenize, ["I feel"], {"calm": words}, neutral)  # type: ignore[arg-type]
    assert str(error.value).startswith(said)
    assert "steering.neutral_words" in str(error.value)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**31))
def test_no_other_match_is_closer_in_sum(seed: int) -> None:
    plain = np.random.default_rng(seed).normal(-8, 2, size=7).astype(np.float32)
    pairs = matched(known(), "calm", plain)
    column = known().column
    least = min(
        sum(abs(plain[column[word]] - plain[column[other]]) for word, other in zip(CALM, others, strict=True))
        for others in permutations(PLAIN, 3)
    )
    assert [word for word, _ in pairs] == CALM
    assert len({other for _, other in pairs}) == 3
    assert match_gap(known(), pairs, plain) == pytest.approx(least / 3, rel=1e-5)


def test_a_shift_is_that_of_words_beyond_that_of_their_neutral_ones() -> None:
    pairs = [("calm", "local"), ("still", "square")]
    moved = np.array([[1, 9, 3, 0.5, 0.25, 9, 9], [2, 9, 4, 0.5, 0.75, 9, 9]], dtype=np.float32)
    found = shift(known(), pairs, moved)
    assert found == {"shift": 2.5 - 0.5, "shift_words": 2.5, "shift_neutral": 0.5}
