"""What was asked for last is kept, and the rest is made again."""

from __future__ import annotations

import gc
import weakref
from functools import partial

from emogeo.geometry.recent import Recent


class _Owner:
    def __init__(self) -> None:
        self.made: list[str] = []

    def make(self, name: str) -> str:
        self.made.append(name)
        return name * 4


def test_the_last_values_are_kept_and_older_ones_are_made_again() -> None:
    recent, one, other = Recent(8), _Owner(), _Owner()

    def ask(owner: _Owner, name: str) -> str:
        return recent.of(owner, name, lambda: owner.make(name), len)

    assert [ask(one, "a"), ask(one, "b"), ask(one, "a")] == ["aaaa", "bbbb", "aaaa"]
    assert one.made == ["a", "b"]
    assert ask(other, "a") == "aaaa", "another owner's value, and b leaves"
    assert ask(one, "a") == "aaaa" and one.made == ["a", "b"]
    assert ask(one, "b") == "bbbb" and one.made == ["a", "b", "b"]
    assert other.made == ["a"]


def test_a_value_that_is_too_large_is_kept_until_the_next() -> None:
    recent, owner = Recent(1), _Owner()
    for _ in range(2):
        assert recent.of(owner, "a", lambda: owner.make("a"), len) == "aaaa"
    assert owner.made == ["a"]
    recent.of(owner, "b", lambda: owner.make("b"), len)
    recent.of(owner, "a", lambda: owner.make("a"), len)
    assert owner.made == ["a", "b", "a"]


def test_a_value_goes_with_its_owner() -> None:
    recent, owner, other = Recent(8), _Owner(), _Owner()
    recent.of(owner, "a", lambda: "aaaa", len)
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None, "what was made of it does not keep it"
    for name in ("b", "c"):
        recent.of(other, name, partial(other.make, name), len)
    assert recent.of(other, "b", partial(other.make, "b"), len) == "bbbb"
    assert other.made == ["b", "c"], "and the room is there for others"


def test_what_keeps_values_goes_at_once_with_all_of_them() -> None:
    """Nothing of it waits for the collector of cycles, which comes late to much memory."""
    recent, owner = Recent(8), _Owner()
    gone = weakref.ref(recent.of(owner, "a", _Owner, lambda _: 1))
    gc.disable()
    try:
        del recent
        assert gone() is None
    finally:
        gc.enable()
    del owner  # and nothing is asked of what has gone


def test_an_owner_that_has_the_place_of_another_has_values_of_its_own() -> None:
    recent = Recent(100)
    for number in range(20):
        owner = _Owner()
        assert recent.of(owner, "a", lambda made=str(number): made, len) == str(number)
        del owner


def test_an_end_that_ends_another_owner_leaves_no_size_behind() -> None:
    """A value may be the last that holds the owner of another one."""
    recent, first = Recent(6), _Owner()
    recent.of(first, "a", _Owner, lambda _: 4)
    recent.of(recent.of(first, "a", _Owner, lambda _: 4), "b", lambda: "bb", len)
    other = _Owner()
    for name in ("c", "d", "c", "d"):
        recent.of(other, name, partial(other.make, name), lambda _: 3)
    assert other.made == ["c", "d"], "there is room for both"
