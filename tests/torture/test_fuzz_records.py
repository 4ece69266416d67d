"""Three hundred altered records: each is left out by name or taken in without harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from emogeo.store.store import RUNS, Store
from tests.torture import fuzz_records
from tests.torture.fuzz_records import Fuzzed, Outcome, main, table

CASES, PARTS = 300, 6


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Fuzzed:
    return Fuzzed(tmp_path_factory.mktemp("fuzzed"))


@pytest.mark.parametrize("part", range(PARTS))
def test_altered_records_do_no_harm(fuzzed: Fuzzed, part: int) -> None:
    each = CASES // PARTS
    outcomes = [fuzzed.case(number) for number in range(part * each, (part + 1) * each)]
    assert [own for own in outcomes if own.became == "HARM"] == []
    assert {own.became for own in outcomes} == {"left out", "taken in"}


def test_the_store_is_whole_again_after_every_case(fuzzed: Fuzzed) -> None:
    for number in range(9_000, 9_010):
        fuzzed.case(number)
    store: Store = fuzzed.store
    assert {own.key for own in fuzzed.whole if own.kind == RUNS} == set(store.keys(RUNS))
    assert all(store.read(own.kind, own.key) == own.files for own in fuzzed.whole)


def test_it_goes_on_where_it_was_stopped_and_says_what_did_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = list[int]()

    class Planted:
        def __init__(self, folder: Path) -> None:
            pass

        def case(self, number: int) -> Outcome:
            tried.append(number)
            return Outcome(number, "geometry", "x", "HARM" if number == 2 else "left out", "a trace")

    monkeypatch.setattr(fuzz_records, "Fuzzed", Planted)
    kept = tmp_path / "kept.jsonl"
    assert main(["--cases", "2", "--kept", str(kept)]) == 0
    kept.write_text(kept.read_text() + '{"number": 2, "rec')
    assert main(["--cases", "4", "--kept", str(kept)]) == 1
    assert tried == [0, 1, 2, 3]
    assert "2: geometry: x: a trace" in capsys.readouterr().out
    assert json.loads(kept.read_text().splitlines()[0])["number"] == 0
    assert "HARM" in table([])
