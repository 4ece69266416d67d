"""A few cases of each trial, by the command that runs them all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.torture import watched
from tests.torture.trial import Case, Found, NoSuchCaseError, Trial, faults, main_of, markdown, rows, run_trial, tried


@pytest.mark.parametrize(
    ("trials", "cases"),
    [
        (["kills"], 6),
        (["flipped_bytes"], 40),
        (["full_disk", "two_users"], 4),
        (["records"], 1),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_a_few_cases_of_trials(trials: list[str], cases: int, tmp_path: Path) -> None:
    """In a process of their own: forks want one without threads."""
    words = ["--only", *trials, "--most", str(cases), "--kept", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.torture", *words],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    if trials == ["kills"]:
        assert "exit codes -9" in (tmp_path / "kills.jsonl").read_text(), "something was killed"
    counts = [line.split(" | ")[1:6] for line in done.stdout.splitlines() if line.startswith("| ")][2:]
    assert counts
    assert {tuple(own[1:]) for own in counts} == {("0",) * 4}


def made(of: dict[int, Found]) -> Trial:
    def attempt(number: int, folder: Path) -> Found:
        assert list(folder.iterdir()) == []
        (folder / "left").touch()
        if number not in of:
            raise NoSuchCaseError
        return of[number]

    return Trial("planted", "planted", 9, lambda folder: attempt)


def test_cases_are_kept_and_a_line_that_was_cut_off_is_tried_again(tmp_path: Path) -> None:
    first, second = Found("a"), Found("b", lost=1)
    assert [case.found for case in run_trial(made({0: first}), 1, tmp_path)] == [first]
    file = tmp_path / "planted.jsonl"
    file.write_text(file.read_text() + '{"number": 1, "fou')
    again = run_trial(made({1: second}), 9, tmp_path, workers=3)
    assert [case.found for case in again] == [first, second], "what was tried is not tried again; there are no more"
    assert sorted(tried(file)) == [0, 1]


def test_a_case_that_fails_by_itself_is_a_fault(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def attempt(number: int, folder: Path) -> Found:
        raise OSError("planted")

    trial = Trial("planted", "planted", 1, lambda folder: attempt)
    cases = run_trial(trial, 1, tmp_path)
    assert faults(trial, cases) == ["planted 0: (the trial itself): OSError: planted"]


def test_the_table_sums_up_and_faults_are_named() -> None:
    trial = made({})
    cases = [
        Case(0, Found("a", again=1, again_most=1)),
        Case(1, Found("a", again=2, again_most=2, note="x")),
        Case(2, Found("b", believed=1, of=14)),
    ]
    table = markdown(rows(trial, cases))
    assert "| planted: a | 2 | 0 | 0 | 0 | 0 | 3 (2) |" in table
    assert "| planted: b | 14 | 0 | 1 | 0 | 0 | 0 (0) |" in table
    assert [re.sub(": .*", "", line) for line in faults(trial, cases)] == ["planted 1", "planted 2"]


def test_something_happens_at_the_nth_change(tmp_path: Path) -> None:
    """In a child, because a hook cannot be taken away."""
    child = os.fork()
    if not child:
        watched.at_write(tmp_path, 3, lambda: os._exit(7))
        (tmp_path / "a").mkdir()
        (tmp_path.parent / "beside").write_text("not counted")
        (tmp_path / "a" / "b").write_text("2")
        (tmp_path / "a" / "b").read_text()
        (tmp_path / "a").rename(tmp_path / "c")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert (tmp_path / "a" / "b").read_text() == "2"


def test_the_command_of_one_trial(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trial = made({0: Found("a"), 1: Found("a", half=1, note="left")})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.torture.trial.warm_up", lambda: None)
        assert main_of(trial, ["--cases", "1", "--kept", str(tmp_path)]) == 0
        assert main_of(trial, ["--cases", "2", "--kept", str(tmp_path)]) == 1
    assert "planted 1: a: left" in capsys.readouterr().out
