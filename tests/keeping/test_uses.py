"""Who has used which passes and texts."""

from __future__ import annotations

from emogeo.keeping.uses import named_passes, run_behind
from emogeo.store.store import Store
from tests.keeping.planted import FACTS_PASS, LAST, NOBODY, OWN, SPARE, TEXTS, WROTE, a_run, uses_of
from tests.planted_records import steering


def test_a_pass_is_used_by_those_that_name_it_or_have_recorded_it(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    name = {key: called for called, key in keys.items()}
    found = {own.keys[0]: {name[key] for key in own.users} for own in uses_of(store).passes}
    assert found[OWN] == {"one"}
    assert found[LAST] == {"two", "refused"}
    assert found[FACTS_PASS] == {"one", "two", "refused", "reread", "wrote", "steered"}
    assert found[WROTE] == {"wrote"}  # whose meaning does not name it
    assert found[NOBODY] == set()


def test_poolings_of_one_pass_are_one_and_those_of_no_run_are_spare(planted: tuple[Store, dict[str, str]]) -> None:
    own = next(own for own in uses_of(planted[0]).passes if OWN in own.keys)
    assert set(own.keys) == {OWN, SPARE}
    assert [each.key for each in own.spare] == [SPARE]
    assert own.size == sum(each.size for each in own.poolings)


def test_where_a_run_does_not_say_which_pooling_it_has_used_none_is_spare(
    planted: tuple[Store, dict[str, str]],
) -> None:
    assert next(own for own in uses_of(planted[0]).passes if WROTE in own.keys).spare == ()


def test_texts_and_runs_that_build_on_others(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    uses = uses_of(store)
    assert [(own.key, users) for own, users in uses.texts] == [(TEXTS, {keys["wrote"]})]
    assert [own.key for own in uses.texts_of(keys["wrote"])] == [TEXTS]
    assert {run.key for run in uses.built_on({keys["one"]})} == {keys["steered"], keys["reread"]}
    assert uses.built_on({keys["one"], keys["steered"], keys["reread"]}) == []


def test_what_a_record_names() -> None:
    assert list(named_passes(a_run("one", OWN, {})[0])) == [OWN, FACTS_PASS]
    assert run_behind(steering(vectors="a" * 64)[0]) == "a" * 64
