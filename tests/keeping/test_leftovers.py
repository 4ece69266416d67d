"""What nobody needs goes, and what a running sweep is at stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emogeo.keeping.leftovers import _age, in_use, leftovers
from emogeo.keeping.removing import carry_out
from emogeo.record.passes import activations_in
from emogeo.record.reading import read_run
from emogeo.store.store import ACTIVATIONS, GENERATIONS, RUNS, Store
from tests.conftest import ROOT
from tests.keeping.planted import LAST, NOBODY, OWN, SPARE, TEXTS, age, uses_of

Planted = tuple[Store, dict[str, str]]
OTHER = "e" * 64


def paths(store: Store, spares: bool = False) -> set[Path]:
    return {path for own in leftovers(uses_of(store), spares).doomed for path in own.paths}


def test_states_of_no_run_go_and_all_others_stay(planted: Planted) -> None:
    store, keys = planted
    assert paths(store) == {store.folder(ACTIVATIONS, NOBODY)}
    carry_out(store, leftovers(uses_of(store)).doomed)
    assert NOBODY not in store.keys(ACTIVATIONS)
    assert len(list(store.keys(ACTIVATIONS))) == 5
    for key in keys.values():
        read_run(store, key)
    assert leftovers(uses_of(store)).doomed == ()


def test_poolings_that_no_run_has_used_go_where_that_is_asked_for(planted: Planted) -> None:
    store, _ = planted
    assert paths(store, spares=True) == {store.folder(ACTIVATIONS, key) for key in (NOBODY, SPARE)}
    with store.lock(ACTIVATIONS, OWN):  # of another pooling of the same pass
        _, left = carry_out(store, leftovers(uses_of(store), spares=True).doomed)
    assert len(left) == 1
    assert store.has(ACTIVATIONS, SPARE)


def test_while_runs_are_computed_young_states_stay(planted: Planted) -> None:
    store, _ = planted
    with store.lock(RUNS, OTHER):
        assert in_use(store)
        assert paths(store) == set()
        assert "Kept, since runs are being computed here: 1 pass of no run" in leftovers(uses_of(store)).notes[0]
        age(store.folder(ACTIVATIONS, NOBODY), hours=25)
        assert paths(store) == {store.folder(ACTIVATIONS, NOBODY)}
    assert not in_use(store)


def test_what_killed_processes_were_writing_goes_once_it_is_old(planted: Planted) -> None:
    store, _ = planted
    scratch = store.path / ".tmp" / "abc-1" / "record"
    scratch.mkdir(parents=True)
    (scratch / "file").write_bytes(b"1")
    part = store.path / "partial" / ".part-x"
    part.parent.mkdir()
    part.write_bytes(b"1")
    assert paths(store) == {store.folder(ACTIVATIONS, NOBODY)}
    age(store.path / ".tmp", hours=2)
    age(part.parent, hours=2)
    assert paths(store) == {store.folder(ACTIVATIONS, NOBODY), scratch.parent, part}
    _, left = carry_out(store, leftovers(uses_of(store)).doomed)
    assert left == []
    assert list((store.path / ".tmp").iterdir()) == []


def test_partial_texts_go_only_where_their_record_is_whole(planted: Planted) -> None:
    store, _ = planted
    folder = store.path / "partial"
    folder.mkdir()
    for name in (f"{TEXTS}.jsonl", f"{OTHER}.jsonl", "notes.jsonl"):
        (folder / name).write_bytes(b"1")
    assert folder / f"{TEXTS}.jsonl" in paths(store)
    assert {folder / f"{OTHER}.jsonl", folder / "notes.jsonl"} & paths(store) == set()
    with store.lock(GENERATIONS, TEXTS):
        carry_out(store, leftovers(uses_of(store)).doomed)
    assert (folder / f"{TEXTS}.jsonl").exists()
    (store.folder(GENERATIONS, TEXTS) / "generations.jsonl").write_bytes(b"")
    assert folder / f"{TEXTS}.jsonl" not in paths(store)


def test_finished_batches_go_where_their_record_is_whole_and_nobody_is_at_it(planted: Planted) -> None:
    store, _ = planted
    folder = store.path / "partial"
    for name in (OWN, OTHER):
        (folder / name).mkdir(parents=True)
        (folder / name / "batch").write_bytes(b"1")
    (folder / f"{TEXTS}-{'d' * 12}.jsonl").write_bytes(b"1")
    assert paths(store) == {store.folder(ACTIVATIONS, NOBODY), folder / f"{TEXTS}-{'d' * 12}.jsonl"}
    age(folder, hours=2)
    assert {folder / OWN, folder / f"{TEXTS}-{'d' * 12}.jsonl"} == paths(store) - {store.folder(ACTIVATIONS, NOBODY)}


def test_offline_runs_of_wandb_that_were_cut_off_go(planted: Planted) -> None:
    store, keys = planted
    whole, broken, fresh = (store.path / "wandb" / keys[name] for name in ("one", "two", "wrote"))
    for folder in (whole, broken, fresh):
        (folder / "wandb" / "offline-run-1").mkdir(parents=True)
    (whole / "written.json").write_bytes(b"{}")
    age(whole, hours=2)
    age(broken, hours=2)
    assert paths(store) == {store.folder(ACTIVATIONS, NOBODY), broken / "wandb" / "offline-run-1"}


@pytest.mark.parametrize("what", [".tmp", "partial", "wandb"])
def test_nothing_that_a_link_leads_to_is_removed(what: str, planted: Planted, tmp_path: Path) -> None:
    store, keys = planted
    outside = tmp_path / "outside"
    (outside / keys["one"] / "wandb" / "offline-run-1").mkdir(parents=True)
    (outside / f"{TEXTS}.jsonl").write_bytes(b"precious")
    age(outside, hours=48)
    there = store.path / what
    if there.exists():
        there.rmdir()
    there.symlink_to(outside)
    carry_out(store, leftovers(uses_of(store), spares=True).doomed)
    assert (outside / keys["one"] / "wandb" / "offline-run-1").is_dir()
    assert (outside / f"{TEXTS}.jsonl").read_bytes() == b"precious"


def test_records_that_are_links_stay_with_what_they_lead_to(planted: Planted, tmp_path: Path) -> None:
    store, _ = planted
    outside = tmp_path / "outside"
    store.folder(ACTIVATIONS, NOBODY).rename(outside)
    store.folder(ACTIVATIONS, NOBODY).symlink_to(outside)
    _, left = carry_out(store, leftovers(uses_of(store)).doomed)
    assert "is a link to" in left[0]
    assert (outside / "manifest.json").is_file()


WRITER = """
import sys
from tests.keeping.planted import a_pass, a_run, write_pass
from tests.planted_records import write
from emogeo.store.store import ACTIVATIONS, RUNS, Store
store = Store(sys.argv[1])
for number in range(12):
    key, made = f"{number:x}" * 64, a_pass(1000.0 + number)
    record, files = a_run(f"sweep {number}", key, {"passages": made})
    with store.lock(RUNS, record.key), store.lock(ACTIVATIONS, key):
        write_pass(store, key, made)
        write(store, record, files)
print("done")
"""


def test_beside_a_sweep_no_state_of_its_runs_is_lost(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    (store.path / "runs").mkdir(parents=True)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(store.path)], cwd=ROOT, stdout=subprocess.PIPE)
    rounds = 0
    while writer.poll() is None:
        carry_out(store, leftovers(uses_of(store), spares=True).doomed)
        rounds += 1
    assert (writer.returncode, rounds > 1) == (0, True)
    assert len(list(store.keys(RUNS))) == len(list(store.keys(ACTIVATIONS))) == 12
    for key in store.keys(RUNS):
        read_run(store, key)
    for key in store.keys(ACTIVATIONS):
        activations_in(store.read(ACTIVATIONS, key), key)


def test_a_run_that_cannot_be_read_is_said(planted: Planted) -> None:
    store, keys = planted
    (store.folder(RUNS, keys["two"]) / "run.json").write_bytes(b"{")
    (store.folder(RUNS, keys["refused"]) / "run.json").write_bytes(b"{")
    assert store.folder(ACTIVATIONS, LAST) not in paths(store), "one of them may have used it"
    assert "2 runs cannot be read and may have used them" in leftovers(uses_of(store)).notes[0]


def test_what_vanishes_while_it_is_looked_at_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer renames its folder away between the moment when it is listed and that when it is entered."""
    inner = tmp_path / "scratch" / "record"
    inner.mkdir(parents=True)
    scan = os.scandir

    def gone(path: object) -> object:
        if str(path) == str(inner):
            inner.rmdir()
        return scan(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", gone)
    assert _age([tmp_path / "scratch"]) < 60
