"""An analysis appears whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emogeo.analysis.output import LISTED, check_place, whole
from emogeo.errors import ConfigError


def write(output: Path, **files: str) -> None:
    with whole(output) as folder:
        for name, text in files.items():
            (folder / "figures").mkdir(exist_ok=True)
            (folder / name).write_text(text)


def content(output: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in output.rglob("*") if file.is_file() and file.name != LISTED}


def test_the_new_takes_the_place_of_the_old(tmp_path: Path) -> None:
    output = tmp_path / "new" / "results"
    write(output, a="1", b="1")
    write(output, a="2", c="2")
    assert content(output) == {"a": "2", "c": "2"}, "b belonged to the analysis before"
    assert [path.name for path in output.parent.iterdir()] == ["results"], "nothing is left beside it"


def test_one_that_fails_leaves_the_old(tmp_path: Path) -> None:
    write(tmp_path / "results", a="1")
    with pytest.raises(RuntimeError), whole(tmp_path / "results") as folder:
        (folder / "a").write_text("2")
        raise RuntimeError
    assert content(tmp_path / "results") == {"a": "1"}
    assert len(list(tmp_path.iterdir())) == 1


def test_files_of_others_stay(tmp_path: Path) -> None:
    output = tmp_path / "results"
    output.mkdir()
    (output / "notes.txt").write_text("mine")
    (output / "a").write_text("before there were lists")
    write(output, a="1")
    write(output, b="2")
    assert content(output) == {"notes.txt": "mine", "b": "2"}


def test_others_may_read_it_as_they_may_read_any_folder(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    write(tmp_path / "results", a="1")
    assert (tmp_path / "results").stat().st_mode == plain.stat().st_mode


def test_killed_between_two_renames(tmp_path: Path) -> None:
    write(tmp_path / "results", a="1")
    (tmp_path / "results").rename(tmp_path / ".results.before")
    with pytest.raises(RuntimeError), whole(tmp_path / "results"):
        raise RuntimeError
    assert content(tmp_path / "results") == {"a": "1"}


def test_killed_while_it_is_written(tmp_path: Path) -> None:
    write(tmp_path / "results", a="1")
    code = (
        "from pathlib import Path; import os, signal; from emogeo.analysis.output import whole\n"
        f"with whole(Path({str(tmp_path / 'results')!r})) as folder:\n"
        "    (folder / 'a').write_text('2'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == -signal.SIGKILL
    assert content(tmp_path / "results") == {"a": "1"}
    assert len(list(tmp_path.iterdir())) == 2
    write(tmp_path / "results", a="3")
    assert [path.name for path in tmp_path.iterdir()] == ["results"], "what it left is removed"
    assert content(tmp_path / "results") == {"a": "3"}


def test_a_folder_that_somebody_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "results"
    write(output, a="1", b="1")
    (output / "notes.txt").write_text("mine")
    monkeypatch.chdir(output)
    write(Path(), a="2", c="2")
    assert content(output) == {"a": "2", "c": "2", "notes.txt": "mine"}
    assert Path.cwd() == output


def test_a_folder_of_other_files_is_refused_and_stays(tmp_path: Path) -> None:
    output = tmp_path / "docs"
    (output / "pages").mkdir(parents=True)
    (output / "pages" / "report.html").write_text("mine")
    with pytest.raises(ConfigError) as error:
        check_place(output)
    assert str(error.value).startswith(
        f"output={output} is no result of an analysis, and pages/report.html lies in it. Type output=FOLDER"
    )
    assert content(output) == {"report.html": "mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["docs"], "nothing is left beside it"


def test_places_of_analyses_and_new_ones_are_taken(tmp_path: Path) -> None:
    earlier = tmp_path / "results" / "demo"
    write(earlier, a="1")
    (earlier / "notes.txt").write_text("mine")
    (tmp_path / "empty" / "empty").mkdir(parents=True)
    for output in (earlier, earlier.parent, tmp_path / "empty", tmp_path / "new" / "results"):
        check_place(output)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "results"], "nothing is made"
    (earlier.parent / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match="notes.txt lies in it"):
        check_place(earlier.parent)


def test_a_link_to_other_files_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", a="1")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="link lies in it"):
        check_place(tmp_path / "results")


@pytest.mark.parametrize("output", ["/proc/x", "/proc/x/results"])
def test_a_place_that_cannot_be_written_is_said_as_it_was_typed(output: str) -> None:
    with pytest.raises(ConfigError, match=f"^output={output} cannot be written: .*Type output=FOLDER"):
        check_place(Path(output))


def test_a_folder_whose_files_were_replaced_in_part_is_one_of_an_analysis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "results"
    output.mkdir()
    monkeypatch.chdir(output)
    replace = Path.replace

    def cut_short(path: Path, target: Path) -> Path:
        if path.name == "b":
            raise KeyboardInterrupt
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", cut_short)
    with pytest.raises(KeyboardInterrupt):
        write(output, a="1", b="1")
    assert content(output) == {"a": "1"}
    check_place(output)
