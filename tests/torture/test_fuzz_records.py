"""Three hundred altered records: each is left out by name or taken in without harm."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from emogeo.store.store import ACTIVATIONS, GENERATIONS, RUNS, Store
from tests.torture.fuzz_records import Case, Fuzzed, Outcome, found_of

CASES, PARTS = 300, 6


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Fuzzed:
    return Fuzzed(tmp_path_factory.mktemp("fuzzed"))


@pytest.mark.parametrize("part", range(PARTS))
def test_altered_records_do_no_harm(fuzzed: Fuzzed, part: int) -> None:
    each = CASES // PARTS
    outcomes = fuzzed.cases(range(part * each, (part + 1) * each))
    assert [own for own in outcomes if own.became == "HARM"] == []
    assert {own.became for own in outcomes} == {"left out", "taken in"}
    assert [own.number for own in outcomes] == list(range(part * each, (part + 1) * each))


def test_the_store_is_whole_again_after_every_case(fuzzed: Fuzzed) -> None:
    fuzzed.cases(range(9_000, 9_010))
    fuzzed.case(9_011)
    store: Store = fuzzed.store
    assert {own.key for own in fuzzed.whole if own.kind == RUNS} == set(store.keys(RUNS))
    assert all(store.read(own.kind, own.key) == own.files for own in fuzzed.whole)


def test_harm_is_told_of_the_case_that_did_it(fuzzed: Fuzzed, monkeypatch: pytest.MonkeyPatch) -> None:
    def tried(cases: Sequence[Case]) -> list[Outcome]:
        if any(case.number == 4 for case in cases):
            raise RuntimeError("planted")
        return [Outcome(case.number, case.own.name, "x", "taken in") for case in cases]

    monkeypatch.setattr(fuzzed, "_tried", tried)
    outcomes = fuzzed.cases(range(3, 7))
    assert [own.became for own in outcomes] == ["taken in", "HARM", "taken in", "taken in"]
    assert outcomes[1].said.startswith("RuntimeError: planted (test_fuzz_records.py:")


def test_a_group_is_summed_up() -> None:
    taken = Outcome(2, "geometry", "x", "HARM", "AssertionError: taken in (here:1)")
    outcomes = [Outcome(0, "geometry", "x", "left out"), Outcome(1, "geometry", "x", "HARM", "KeyError: 1"), taken]
    found = found_of(outcomes)
    assert (found.of, found.left_out, found.believed, found.broken) == (3, 1, 1, 1)
    assert "1: geometry: x: KeyError: 1; 2: " in found.note


def test_texts_and_lies_are_among_the_cases(fuzzed: Fuzzed) -> None:
    drawn = [fuzzed._drawn(number) for number in range(CASES)]
    assert {case.own.name for case in drawn} == {own.name for own in fuzzed.whole} - {"beside"}
    assert sum(case.found.manifest is not None for case in drawn) > 3
    assert {case.own.kind for case in drawn} == {RUNS, ACTIVATIONS, GENERATIONS}
