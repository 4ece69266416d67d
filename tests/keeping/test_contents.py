"""What a store holds, read without arrays."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.errors import StoreError
from emogeo.keeping.contents import contents_of, files_of, opened, size_of, stored_run
from emogeo.record.files import FACTS, PASS_FILE, RUN_FILE
from emogeo.store.store import ACTIVATIONS, GENERATIONS, RUNS, Store
from tests.keeping.planted import OWN, SPARE, TEXTS


def test_all_records_are_found_with_the_bytes_of_their_files(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    found = contents_of(store)
    assert {run.key for run in found.runs} == set(keys.values())
    assert (len(found.passes), [own.key for own in found.texts], found.texts[0].tokens) == (6, [TEXTS], 3)
    for run in found.runs:
        assert run.size == sum(file.stat().st_size for file in store.folder(RUNS, run.key).iterdir())
    assert {run.status for run in found.runs} == {"finished", "refused"}


def test_poolings_of_one_pass_share_a_digest(planted: tuple[Store, dict[str, str]]) -> None:
    digest = {own.key: own.digest for own in contents_of(planted[0]).passes}
    assert digest[OWN] == digest[SPARE]
    assert len(set(digest.values())) == 5


def test_what_cannot_be_read_is_there_with_the_reason(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    (store.folder(RUNS, keys["one"]) / RUN_FILE).write_bytes(b"{")
    (store.folder(RUNS, keys["two"]) / RUN_FILE).unlink()
    (store.folder(ACTIVATIONS, OWN) / PASS_FILE).write_bytes(b"[]")
    (store.folder(GENERATIONS, TEXTS) / FACTS).write_bytes(b"[]")
    runs = {run.key: run for run in contents_of(store).runs}
    assert "not JSON" in runs[keys["one"]].reason
    assert "No such file" in runs[keys["two"]].reason
    assert runs[keys["one"]].status == runs[keys["two"]].status == "broken"
    found = contents_of(store)
    assert next(own for own in found.passes if own.key == OWN).made is None
    assert found.texts[0].tokens is None


def test_the_record_of_another_run_is_not_taken_for_this_one(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    store.folder(RUNS, keys["one"]).rename(store.folder(RUNS, "f" * 64))
    assert "that of another run" in stored_run(store, "f" * 64).reason


def test_a_reason_is_one_line_that_steers_no_terminal(planted: tuple[Store, dict[str, str]]) -> None:
    store, keys = planted
    (store.folder(RUNS, keys["one"]) / RUN_FILE).write_text('{"mode": "\\u001b[2J\\n", "schema": 3}')
    assert stored_run(store, keys["one"]).reason.isprintable()


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "big").write_bytes(b"0" * 1000)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "file").write_bytes(b"1")
    (tmp_path / "own" / "link").symlink_to(tmp_path / "far")
    assert size_of(tmp_path / "own") == 1
    assert files_of(tmp_path / "own") == {"file": 1}
    assert size_of(tmp_path / "own" / "link") < 1000


def test_a_folder_that_is_no_store_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no store"):
        opened(str(tmp_path / "absent"))
    with pytest.raises(StoreError, match="is no store: it has no folder runs.* Give another by --store"):
        opened(str(tmp_path))


@pytest.mark.parametrize("left", ["partial", ".locks", "wandb"])
def test_what_a_killed_first_run_has_left_is_a_store(left: str, tmp_path: Path) -> None:
    (tmp_path / left).mkdir()
    assert contents_of(opened(str(tmp_path))).runs == ()
