"""Commands that are joined ask for the very runs that they asked for alone."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from emogeo.analysis.summary.twins import merged

FIXED = ["python", "train.py", "-m", "model.init=random", "model.init_seed=1,2"]


def runs(words: list[str]) -> set[tuple[str, ...]]:
    """Every run that a command starts: the plain product of its sweeps."""
    fields = [(name, value.split(",") if value[:1] not in "'[" else [value]) for name, _, value in map(parted, words)]
    return set(product(*([f"{name}={value}" for value in values] for name, values in fields)))


def parted(word: str) -> tuple[str, str, str]:
    name, equals, value = word.partition("=")
    return (name, equals, value) if equals else ("", "", word)


VALUES = {"model": "abc", "precision": "xyz", "pooling.position": "pq"}


@given(st.lists(st.tuples(*(st.sampled_from(values) for values in VALUES.values())), min_size=1, max_size=10))
def test_no_run_is_added_and_none_is_lost(chosen: list[tuple[str, ...]]) -> None:
    commands = [[*FIXED, *(f"{name}={value}" for name, value in zip(VALUES, own, strict=True))] for own in chosen]
    joined = merged(commands)
    assert set().union(*map(runs, joined)) == set().union(*map(runs, commands))
    assert sum(len(runs(words)) for words in joined) == len(set().union(*map(runs, commands)))


def test_commands_that_differ_in_one_field_are_one() -> None:
    commands = [[*FIXED, f"precision={name}", "x=1"] for name in ("int8", "nf4", "int8")]
    assert merged(commands) == [[*FIXED, "precision=int8,nf4", "x=1"]]


def test_commands_with_other_fields_other_seeds_or_values_in_quotes_stay_apart() -> None:
    apart = [
        [*FIXED, "precision=bf16"],
        [*FIXED, "precision=bf16", "mode=replay"],
        [*FIXED[:-1], "model.init_seed=2,3", "precision=bf16"],
        [*FIXED, "stimuli.path='a, b'"],
        [*FIXED, "stimuli.path='c'"],
    ]
    assert merged(apart) == apart
