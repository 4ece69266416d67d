"""The nulls of a pair: which words, whose twins, and over what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.analysis.comparing.nulls import Level, Twins, pair_nulls
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.config.model import Init
from tests.analysis.tables.test_beyond import network
from tests.planted_records import altered


@pytest.fixture(scope="module")
def pair() -> tuple[PreparedRun, PreparedRun]:
    first, second = (network(name, seed, 1.0, Init.trained) for seed, name in enumerate(["one", "two"]))
    return first, second


def names(pair: tuple[PreparedRun, PreparedRun], others: list[PreparedRun], level: Level) -> list[tuple[str, int]]:
    found = pair_nulls(*pair, Twins([*pair, *others]), level)
    assert found.a.products.units == found.b.products.units
    assert all(null.members[0].products.units == found.a.products.units for null in found.nulls)
    return [(null.name, len(null.members)) for null in found.nulls]


def test_words_of_the_same_texts_are_one_null_and_embeddings_are_each_models_own(
    pair: tuple[PreparedRun, PreparedRun],
) -> None:
    words = [("bag of words", 1), ("character n-grams", 1)]
    assert names(pair, [], Level.words) == words
    assert names(pair, [], Level.meanings) == [
        *words,
        ("input embeddings of one 0", 1),
        ("input embeddings of two 1", 1),
    ]


def test_twins_of_one_architecture_and_kind_are_one_null(pair: tuple[PreparedRun, PreparedRun]) -> None:
    twins = [network("one", 3), network("one", 4), network("one", 5, init=Init.shuffled), network("two", 6)]
    assert names(pair, twins, Level.words)[2:] == [("untrained one", 2), ("shuffled one", 1), ("untrained two", 1)]
    lacking = pair_nulls(*pair, Twins([*pair, *twins]), Level.words).without_twins
    assert [run.name for run in lacking] == ["two 1"]


def test_two_runs_of_one_architecture_share_their_twins_and_their_embeddings(
    pair: tuple[PreparedRun, PreparedRun],
) -> None:
    first, _ = pair
    again = replace(first, run=altered(first.run, key="again"), name="again")
    twins = [network("one", 3), network("one", 4)]
    found = names((first, again), twins, Level.meanings)
    assert found[2:] == [("input embeddings of one 0", 1), ("untrained one 0", 2)]


def test_a_twin_is_no_twin_of_itself() -> None:
    first, second = network("one", 3), network("two", 6)
    found = Twins([first, second, network("one", 4)])
    assert [twin.name for twin in found.of(first, Init.random)] == ["one 4"]
    assert found.of(second, Init.random) == ()
