"""The arrows between rooms point one way, no room has a circle, and tests mirror rooms."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
WITHOUT_A_TEST_OF_THEIR_OWN = {
    "arrays.py": "one alias",
    "imported/types.py": "types without logic; tests/imported/test_measuring.py makes them",
    "record/files.py": "names of files",
    "record/origin.py": "types without logic; tests/record/test_json.py reads and writes every field",
    "record/types.py": "types without logic; tests/record/test_json.py reads and writes every field",
}
"""Modules, with the reason."""


def test_imports_keep_to_the_layers_and_make_no_circle() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_import_is_ignored_but_that_of_a_command() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["type"] for contract in contracts} == {"layers", "acyclic_siblings"}
    ignored = {name for contract in contracts for name in contract.get("ignore_imports", [])}
    assert ignored == {"emogeo.store.__main__ -> emogeo.keeping.commands"}


def test_every_module_has_a_test_file_of_its_name() -> None:
    modules = [file for file in (ROOT / "emogeo").rglob("*.py") if not file.name.startswith("__")]
    names = {file.relative_to(ROOT / "emogeo").as_posix() for file in modules}
    tested = {file.relative_to(ROOT / "tests").as_posix() for file in (ROOT / "tests").rglob("test_*.py")}
    missing = {name for name in names if str(Path(name).parent / f"test_{Path(name).name}") not in tested}
    assert missing == set(WITHOUT_A_TEST_OF_THEIR_OWN)
