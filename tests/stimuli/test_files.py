"""Which files a path means."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emogeo.errors import StimuliError
from emogeo.stimuli import files
from emogeo.stimuli.files import find, safe, shown


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def names(path: object) -> list[str]:
    return [file.shown for file in find(str(path)).files]


def test_a_folder_is_read_recursively_in_order_without_hidden_files(tmp_path: Path) -> None:
    touch(tmp_path / "corpus", "b.csv", "a/2.jsonl", "a/1.JSON", ".hidden.csv", ".git/x.csv", "README.md")
    found = find(str(tmp_path / "corpus"))
    assert [file.shown for file in found.files] == ["a/1.JSON", "a/2.jsonl", "b.csv"]
    assert [file.parts for file in found.files] == [("a", "1"), ("a", "2"), ("b",)]
    assert found.name == "corpus"
    assert found.notes == ("1 file(s) of another kind not read: README.md",)


@pytest.mark.parametrize(
    ("name", "stem", "kind"),
    [
        ("mine.csv", "mine", "csv"),
        ("mine.v2.tsv", "mine.v2", "csv"),
        ("mine.jsonl.gz", "mine", "jsonl"),
        ("mine.NDJSON.XZ", "mine", "jsonl"),
        ("mine.parquet", "mine", "parquet"),
        ("mine.txt.bz2", "mine", "txt"),
        ("mine.zip", "mine", ""),
        ("mine.csv.zip", "mine", "csv"),
    ],
)
def test_a_file_is_called_by_its_stem(tmp_path: Path, name: str, stem: str, kind: str) -> None:
    touch(tmp_path, name)
    found = find(str(tmp_path / name))
    assert (found.name, found.files[0].kind) == (stem, kind)


def test_globs_are_read_below_their_fixed_part(tmp_path: Path) -> None:
    touch(tmp_path / "c", "joy/1.txt", "joy/2.txt", "fear/1.txt", "notes.csv", "joy/.no.txt")
    assert names(tmp_path / "c/*/*.txt") == ["fear/1.txt", "joy/1.txt", "joy/2.txt"]
    assert names(tmp_path / "c/**/*.txt") == ["fear/1.txt", "joy/1.txt", "joy/2.txt"]
    assert names(tmp_path / "c/j*") == ["joy/1.txt", "joy/2.txt"]
    assert find(str(tmp_path / "c/*/*.txt")).name == "c"
    assert find(str(tmp_path / "c/n*.csv")).name == "notes"
    with pytest.raises(StimuliError, match="no file matches"):
        find(str(tmp_path / "c/*.parquet"))


def test_a_name_with_brackets_is_a_file_first(tmp_path: Path) -> None:
    touch(tmp_path, "a[1].csv", "a1.csv")
    assert names(tmp_path / "a[1].csv") == ["a[1].csv"]


def test_what_is_not_read_is_listed(tmp_path: Path) -> None:
    touch(tmp_path, "mine.docx", "mine.tar.gz")
    for name in ("mine.docx", "mine.tar.gz", ""):
        with pytest.raises(StimuliError, match=r"\.csv, .*\.parquet, .*\.gz"):
            find(str(tmp_path / name))
    with pytest.raises(StimuliError, match="no such file"):
        find(str(tmp_path / "nowhere.csv"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(StimuliError, match="holds no file"):
        find(str(tmp_path / "empty"))


def test_links_are_named(tmp_path: Path) -> None:
    touch(tmp_path, "real/a.csv")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real/a.csv")
    assert names(tmp_path / "link.csv") == ["link.csv"]
    (tmp_path / "c").mkdir()
    (tmp_path / "c/gone.csv").symlink_to(tmp_path / "nowhere")
    for path in ("c", "c/gone.csv"):
        with pytest.raises(StimuliError, match=r"gone\.csv is a link that leads nowhere"):
            find(str(tmp_path / path))
    (tmp_path / "c/gone.csv").unlink()
    (tmp_path / "c/loop").symlink_to(tmp_path / "c")
    with pytest.raises(StimuliError, match="loop is a link to a folder"):
        find(str(tmp_path / "c"))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.csv")
    with pytest.raises(StimuliError, match="no regular file"):
        find(str(tmp_path / "a.csv"))


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(StimuliError, match="cannot be read: Permission denied"):
        find(str(tmp_path))


def test_a_whole_disk_is_not_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_FILES", 2)
    touch(tmp_path, "1.csv", "2.csv", "3.csv")
    with pytest.raises(StimuliError, match="more than 2 files"):
        find(str(tmp_path))


def test_values_are_shown_short_and_without_control_characters() -> None:
    assert shown("a\x1b[31m\u202eb") == r"'a\x1b[31m\u202eb'"
    assert shown("x" * 100, 5) == "'xxxxx'…"
    assert shown([1, 2]) == "[1, 2]"
    assert safe("a\nb") == r"a\nb"
    assert safe("joie é") == "joie é"


def test_files_about_the_texts_are_left_out(tmp_path: Path) -> None:
    names = ("joy.txt", "README.txt", "LICENSE.txt", "readme.csv", "sub/CHANGELOG.json", "CITATION.txt", "notice.txt")
    touch(tmp_path / "c", *names)
    found = find(str(tmp_path / "c"))
    assert [file.shown for file in found.files] == ["joy.txt", "notice.txt"]
    assert found.notes[0].startswith("5 file(s) about the texts, by their names, not read: ")
    assert [file.shown for file in find(str(tmp_path / "c/README.txt")).files] == ["README.txt"]
