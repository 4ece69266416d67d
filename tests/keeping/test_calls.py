"""The commands at work."""

from __future__ import annotations

import errno
import io
import json
import os
from pathlib import Path

import pytest

from emogeo.keeping.commands import main
from emogeo.locks import lockable
from emogeo.record.files import ACTIVATIONS_FILE
from emogeo.store.store import ACTIVATIONS, RUNS, Store
from emogeo.terminal import cells
from tests.keeping.planted import NOBODY, OWN

Planted = tuple[Store, dict[str, str]]


@pytest.fixture(autouse=True)
def narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_ls_takes_the_filters_of_an_analysis(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    store, keys = planted
    assert main(["ls", "--store", str(store.path), "--model", "one*,two*", "--no-rereads", "--json"]) == 0
    assert {row["key"] for row in json.loads(capsys.readouterr().out)} == {keys[n] for n in ("one", "two", "refused")}
    assert main(["ls", "--store", str(store.path), "--mode", "steering", "--since", "2026-11-25"]) == 0
    assert keys["steered"][:8] in capsys.readouterr().out
    assert main(["ls", "--store", str(store.path), "--model", "three"]) == 1
    assert "fits --model three" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["ls"], ["du"], ["gc", "--yes"], ["rm", "--model", "*", "--yes"]])
def test_nothing_is_wider_than_the_terminal(
    words: list[str], planted: Planted, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(planted[0].path.parent)
    assert main(words) == 0
    assert max(map(cells, capsys.readouterr().out.splitlines())) <= 80


def test_show_and_du(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    store, keys = planted
    assert main(["show", keys["one"][:9], "--store", str(store.path)]) == 0
    assert keys["one"] in capsys.readouterr().out
    assert main(["du", "--store", str(store.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kinds"][0]["number"] == 6


def test_a_store_whose_first_run_was_killed_has_what_that_has_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "partial" / OWN).mkdir(parents=True)
    (tmp_path / "partial" / OWN / "batches").write_bytes(b"0" * 5000)
    where = ["--store", str(tmp_path)]
    assert [main([command, *where]) for command in ("ls", "du", "gc")] == [0, 0, 0]
    text = capsys.readouterr().out
    assert "holds no run." in text
    assert "unfinished work  5.00 kB" in text
    assert "By model" not in text
    assert text.endswith("Everything in this store is needed.\n")


def test_rm_wants_to_know_which_and_whether(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    store, keys = planted
    where = ["--store", str(store.path)]
    assert main(["rm", *where]) == 1
    assert "Which runs?" in capsys.readouterr().err
    assert main(["rm", *where, "--since", "2026"]) == 1
    assert "--since 2026 is no date" in capsys.readouterr().err
    assert main(["rm", *where, "--model", "one*,nope", "--yes"]) == 1
    assert "fits --model nope. It has runs of" in capsys.readouterr().err
    assert main(["rm", keys["one"], *where]) == 1
    assert "Nothing was removed" in capsys.readouterr().err
    assert store.has(RUNS, keys["one"])
    assert main(["rm", keys["one"], *where, "--states", "--yes"]) == 0
    assert (store.has(RUNS, keys["one"]), store.has(ACTIVATIONS, OWN)) == (True, False)
    assert main(["rm", keys["one"], *where, "--states"]) == 0
    assert "Nothing to remove" in capsys.readouterr().out
    assert main(["rm", "--status", "refused", *where, "--yes"]) == 0
    assert not store.has(RUNS, keys["refused"])


def test_ctrl_c_at_the_question_removes_nothing(
    planted: Planted, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(io.StringIO):
        def isatty(self) -> bool:
            return True

        def readline(self, *_: int | None) -> str:
            raise KeyboardInterrupt

    store, keys = planted
    monkeypatch.setattr("sys.stdin", Interrupted())
    assert main(["rm", keys["one"], "--store", str(store.path)]) == 130
    assert capsys.readouterr().out.endswith("[y/N] \nNothing was removed.\n")
    assert store.has(RUNS, keys["one"])


def test_rm_exits_with_1_where_something_was_left(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    store, keys = planted
    with store.lock(RUNS, keys["steered"]):
        assert main(["rm", keys["steered"], "--store", str(store.path), "--yes"]) == 1
    assert "left, because another process is at it" in capsys.readouterr().out.replace("\n  ", " ")


def test_a_link_is_not_counted_among_what_is_removed(
    planted: Planted, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, keys = planted
    where, folder = ["--store", str(store.path), "--yes"], store.folder(RUNS, keys["one"])
    folder.rename(tmp_path / "far")
    folder.symlink_to(tmp_path / "far")
    assert main(["rm", keys["one"], *where]) == 1
    text = capsys.readouterr().out.replace("\n  ", " ")
    assert text.startswith("Nothing was removed.\n")
    assert "is a link to" in text
    assert "states 11111111" in text
    assert "left, because a run that uses it was left" in text
    assert main(["rm", keys["one"], keys["steered"], *where]) == 1
    assert "Removing 1 run frees" in capsys.readouterr().out
    assert (folder.is_symlink(), store.has(ACTIVATIONS, OWN), store.has(RUNS, keys["steered"])) == (True, True, False)


def test_gc_says_when_everything_is_needed(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    store, _ = planted
    where = ["--store", str(store.path)]
    assert main(["gc", *where, "--yes"]) == 0
    assert not store.has(ACTIVATIONS, NOBODY)
    assert main(["gc", *where]) == 0
    assert capsys.readouterr().out.endswith("Everything in this store is needed.\n")


def test_verify_ends_with_1_where_a_record_is_not_whole(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    store, _ = planted
    where = ["--store", str(store.path)]
    assert main(["verify", *where]) == 0
    assert "13 records read (6 in runs, 6 in activations, 1 in generations" in capsys.readouterr().out
    (store.folder(ACTIVATIONS, OWN) / ACTIVATIONS_FILE).write_bytes(b"")
    assert main(["verify", *where]) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"activations/{OWN[:8]}: ")
    assert last.endswith("1 is not whole.")
    assert main(["verify", *where, "--kind", "runs,generations"]) == 0
    assert main(["verify", *where, "--kind", "texts"]) == 1


def test_a_store_that_cannot_be_written_is_said_without_options_of_another_program(
    planted: Planted, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(planted[0].path))

    where = ["--store", str(planted[0].path)]
    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    lockable.cache_clear()
    assert main(["migrate", *where]) == 1
    said = f"The store {planted[0].path} cannot be written: Read-only file system. Give another folder."
    assert said in capsys.readouterr().err
    (planted[0].path / ".locks").mkdir(exist_ok=True)
    assert main(["gc", *where, "--yes"]) == 1
    error = capsys.readouterr().err
    assert "Read-only file system. Give a folder that can be written" in error
    assert "store.path=" not in error


def test_migrate_says_what_became_of_records(planted: Planted, capsys: pytest.CaptureFixture[str]) -> None:
    store, keys = planted
    (store.folder(RUNS, keys["two"]) / "run.json").write_bytes(b"{")
    assert main(["migrate", "--store", str(store.path)]) == 0
    text = capsys.readouterr().out
    assert f"runs/{keys['two'][:8]}: left:" in text
    assert "0 records migrated, 6 as they are, 1 left." in text or "1 record migrated, 5 as they are, 1 left." in text
