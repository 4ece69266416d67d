"""Counts of tokens without torch."""

from __future__ import annotations

from pathlib import Path

from emogeo.forecast.tokens import can_cut, count_tokens
from emogeo.models.tokenizer import cut_of
from emogeo.stimuli.templates import Text

TEXTS = [Text("A quiet morning by the sea.", True), Text("He ran.", False), Text("", False, ids=(1, 2, 3))]


def test_tokens_are_those_of_the_loaded_tokenizer(tiny_llama: Path) -> None:
    cut = cut_of(tiny_llama, "tiny")
    assert can_cut(tiny_llama)
    assert count_tokens(TEXTS, tiny_llama) == sum(len(cut(text)) for text in TEXTS[:2]) + 3


def test_without_a_tokenizer_letters_are_counted() -> None:
    assert not can_cut(None)
    assert count_tokens(TEXTS, None) == round((27 + 7) / 4) + 3
