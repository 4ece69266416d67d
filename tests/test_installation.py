"""Where the groups lie, and how commands are typed, in a clone and from a wheel (`tests/test_wheel.py` builds one)."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from emogeo import installation
from tests.conftest import CONF, ROOT


def test_a_clone_types_files_and_has_the_groups_beside_the_package() -> None:
    assert (installation.FROM_WHEEL, installation.CONF) == (False, CONF)
    assert installation.command("train") == "python train.py"
    assert installation.command("stimuli") == "python -m emogeo.stimuli"
    assert installation.install("slurm") == "pip install -c constraints.txt -e '.[slurm]'"
    assert installation.install("ray", pinned=False) == "pip install -e '.[ray]'"


def test_a_wheel_types_emogeo_and_installs_what_its_metadata_say(monkeypatch: pytest.MonkeyPatch) -> None:
    said = ["numpy>=2.0", 'bitsandbytes>=0.48; extra == "quantized"', 'one>=1 ; extra == "two"', "b; extra == 'two'"]
    monkeypatch.setattr(installation, "FROM_WHEEL", True)
    monkeypatch.setattr(installation, "requires", lambda name: said)
    assert [installation.command(name) for name in ("train", "tracking")] == ["emogeo train", "emogeo tracking"]
    assert installation.install("quantized") == "pip install 'bitsandbytes>=0.48'"
    assert installation.install("two") == "pip install 'one>=1' b"


def test_no_message_names_a_command_of_the_clone_by_itself() -> None:
    """Only docstrings may, which users do not see; all else asks `command`, which knows what the user has."""
    names = ("python train.py", "python analyze.py", "python -m emogeo.", "constraints.txt")
    for file in (ROOT / "emogeo").rglob("*.py"):
        text = "".join(part for at, part in enumerate(file.read_text().split('"""')) if at % 2 == 0)
        found = [name for name in names if name in text]
        assert not found or file.name in {"installation.py", "__main__.py"}, f"{file}: {found}"
    helps = [(CONF / name).read_text().partition("  help:")[2] for name in ("config.yaml", "analyze.yaml")]
    assert all("${emogeo_command:" in text and "python " not in text for text in helps)


def test_the_commands_are_listed_at_once_and_a_word_that_is_none_is_answered(tmp_path: Path) -> None:
    code = "import sys, runpy; sys.argv = ['emogeo', *sys.argv[1:]]; import emogeo.__main__ as own; code = own.main()"
    code += "\nassert not {'hydra', 'numpy', 'torch'} & set(sys.modules)\nsys.exit(code)"

    def said(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False
        )

    shown = said("--help")
    assert (shown.returncode, said().stdout) == (0, shown.stdout)
    assert {line.split()[1] for line in shown.stdout.split("\n") if line.startswith("  emogeo ")} == {
        *installation.SCRIPTS,
        *(file.parent.name for file in (ROOT / "emogeo").glob("*/__main__.py")),
    }
    assert max(map(len, shown.stdout.split("\n"))) <= 80
    assert said("--version").stdout.startswith("emogeo 0.")
    none = said("trian")
    assert (none.returncode, none.stdout) == (2, "")
    assert "there is no command trian. Did you mean train?" in none.stderr


@pytest.mark.parametrize("words", [["stimuli", "show", "nowhere.csv"], ["train", "modle=x"]])
def test_a_command_gets_its_own_words_and_ends_with_its_own_code(tmp_path: Path, words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "emogeo", *words],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert words[-1].partition("=")[0] in done.stderr and "Traceback" not in done.stderr


def test_without_metadata_there_is_no_answer_about_extras(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "FROM_WHEEL", True)

    def absent(name: str) -> list[str]:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installation, "requires", absent)
    with pytest.raises(PackageNotFoundError):
        installation.install("quantized")


def test_code_has_a_digest_that_a_change_of_any_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = installation.code_digest.__wrapped__
    (tmp_path / "room").mkdir()
    (tmp_path / "other").mkdir()
    module = tmp_path / "room" / "a.py"
    module.write_text("x = 1")
    monkeypatch.setattr(installation, "_PACKAGE", tmp_path)
    before = digest("room"), digest()
    (tmp_path / "other" / "b.py").write_text("y = 1")
    assert digest("room") == before[0] and digest() != before[1]
    module.write_text("x = 2")
    assert digest("room") != before[0]
    before = digest("room"), digest()
    (tmp_path / "room" / "norms.csv").write_text("calm,5.9")
    assert digest("room") != before[0] and digest() != before[1], "numbers follow from data, too"
    before = digest("room"), digest()
    (tmp_path / "room" / "__pycache__").mkdir()
    (tmp_path / "room" / "__pycache__" / "a.cpython-311.pyc").write_bytes(b"1")
    assert digest("room") == before[0] and digest() == before[1]
