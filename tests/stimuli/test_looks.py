"""What the values of a field look like."""

from __future__ import annotations

from emogeo.stimuli.looks import alone, are_apart, few, in_words, length, share_of_usual, single, words


def test_lengths() -> None:
    assert length(["ab", None, "abcd"]) == 3
    assert length([["ab", "abcd"]]) == 3
    assert length(["ab", 3]) == length([]) == length([[]]) == 0
    assert length([{"a": "xxxx", "b": "xxxxxx"}]) == 5
    assert length([{"a": "xx", "b": "xxxxxx"}]) == 0, "a title and a text, say"


def test_labels() -> None:
    assert few(["joy", "fear", "joy", "fear"])
    assert not few(["joy", "fear", "calm"])
    assert not few([1.5, 1.5, 2.5, 2.5])
    assert words(["joy", "at ease"])
    assert not words(["joy", "3"])
    assert share_of_usual(["Joy", "fear", "home", "work"]) == 0.5
    assert alone([["joy"], ["a", "b"], "fear"]) == ["joy", ["a", "b"], "fear"]
    assert single(["joy", 3])
    assert not single(["joy", ["a", "b"], {"a": "b"}])
    assert are_apart([True, "no", ""])
    assert not are_apart(["train", "kitchen"])
    assert not are_apart([])


def test_values_in_words() -> None:
    assert in_words({"a": "x" * 50, "b": ["y", "z"], "c": {"d": 1}}) == f"a → '{'x' * 40}'…, b → ['y', …], c → {{d: 1}}"
