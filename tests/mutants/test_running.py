"""Whether a fault is noticed, by tests in a process of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.mutants.running import KILLED, SURVIVED, TIMED_OUT, copied, files_of_tests, run_tests

TEST = "from one import twice\n\n\ndef test_twice() -> None:\n    assert twice(3) == 6\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [("return x * 2", SURVIVED), ("return x + 2", KILLED), ("while True: pass", TIMED_OUT), ("return (", KILLED)],
)
def test_a_fault_is_noticed_or_not(body: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(f"def twice(x):\n    {body}\n")
    (tmp_path / "test_one.py").write_text(TEST)
    found = run_tests(tmp_path, ["test_one.py"], limit=5)
    assert found.said == said, found.output


def test_a_module_is_tried_by_its_own_tests_first() -> None:
    found = files_of_tests(ROOT, "emogeo/geometry/halves.py", ["tests/geometry/test_calibration*.py"])
    assert found[0] == "tests/geometry/test_halves.py"
    assert "tests/geometry/test_inference.py" in found
    assert not [name for name in found if "calibration" in name or not name.startswith("tests/geometry/")]


def test_what_git_does_not_know_is_not_copied(tmp_path: Path) -> None:
    copied(ROOT, tmp_path / "tree")
    assert (tmp_path / "tree/emogeo/geometry/halves.py").is_file()
    assert not (tmp_path / "tree/.git").exists()
