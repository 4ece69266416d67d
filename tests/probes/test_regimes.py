"""The published rule on texts whose regime a reader can tell, and the rule on perplexity."""

from __future__ import annotations

import pytest

from emogeo.probes.regimes import NO_REFERENCE, is_short, regime, regime_by_perplexity, repeats_itself


@pytest.mark.parametrize(
    ("text", "repeats"),
    [
        ("the cat sat on the mat and the dog lay by the door", False),
        ("I am calm I am calm I am calm", True),
        ("calm calm calm calm calm", True),
        ("calm calm calm calm", False),
        ("one two three one two three", False),
        ("", False),
    ],
)
def test_three_words_in_a_row_three_times(text: str, repeats: bool) -> None:
    assert repeats_itself(text) is repeats


def test_short_is_fewer_than_three_words() -> None:
    assert [is_short(text) for text in ("", "\n", "two words", "now three words")] == [True, True, True, False]


@pytest.mark.parametrize(
    ("repeated", "short", "expected"),
    [
        (5, 0, "surgical"),
        (6, 0, "repetitive collapse"),
        (0, 3, "surgical"),
        (0, 4, "explosive"),
        (6, 4, "repetitive collapse"),
        (5, 4, "explosive"),
    ],
)
def test_the_published_rule(repeated: int, short: int, expected: str) -> None:
    assert regime([row < repeated for row in range(10)], [row < short for row in range(10)]) == expected


@pytest.mark.parametrize(
    ("steered", "expected"),
    [
        ([2.0] * 10, "surgical"),
        ([2.0] * 7 + [9.0] * 3, "surgical"),
        ([2.0] * 6 + [9.0] * 4, "explosive"),
        ([2.0] * 6 + [None] * 4, "explosive"),
        ([1.1] * 6 + [2.0] * 4, "repetitive collapse"),
        ([1.3] * 6 + [2.0] * 4, "surgical"),
    ],
)
def test_the_rule_on_perplexity(steered: list[float | None], expected: str) -> None:
    """Unsteered 2, as greedy text has it: ln 2 = .69 nats per token, a quarter of which is a perplexity of 1.19."""
    assert regime_by_perplexity([(own, 2.0) for own in steered]) == expected


def test_a_scenario_without_an_unsteered_text_says_nothing() -> None:
    assert regime_by_perplexity([(9.0, None)] * 4 + [(2.0, 2.0)]) == "surgical"
    assert regime_by_perplexity([(9.0, None)] * 4) == NO_REFERENCE
