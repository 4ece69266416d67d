"""The words that the commands take."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from emogeo.keeping.commands import main
from emogeo.store.store import Store
from tests.conftest import ROOT


@pytest.mark.parametrize("words", [[], ["list"], ["show"], ["rm", "--kind", "runs"]])
def test_what_is_missing_or_unknown_is_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: python -m emogeo.store" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        *(["ls", name, value] for name in ("--model", "--keys", "--tags", "--status") for value in ("", ",,")),
        *([name, f"{option}="] for name in ("ls", "rm") for option in ("--store", "--since", "--until", "--group")),
        ["verify", "--kind", ""],
    ],
)
def test_an_empty_value_is_refused_with_what_to_type(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(words)
    option = words[1].rstrip("=")
    assert f"argument {option}: '{words[2] if len(words) > 2 else ''}' is empty: type {option} " in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("words", [["--store", "x", "ls"], ["--store=x", "ls"]])
def test_the_store_is_named_after_the_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(words)
    assert "--store comes after the command: type python -m emogeo.store COMMAND --store" in capsys.readouterr().err


def test_help_imports_neither_torch_nor_numpy() -> None:
    code = "import sys, emogeo.store.__main__ as m; m.main(['--help'])"
    slow = "{'torch', 'numpy', 'pydantic'} & set(sys.modules)"
    after = f"import atexit, sys; atexit.register(lambda: print(sorted({slow})));"
    before = os.times().children_user
    done = subprocess.run([sys.executable, "-c", after + code], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.stdout.endswith("[]\n")
    assert "migrate" in done.stdout
    assert os.times().children_user - before < 1


def test_listing_does_without_torch(planted: tuple[Store, dict[str, str]]) -> None:
    after = "import atexit, sys; atexit.register(lambda: print('torch' in sys.modules));"
    code = f"{after} from emogeo.keeping.commands import main; main(['ls', '--store', {str(planted[0].path)!r}])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.endswith("False\n")


def test_as_a_module_it_ends_quietly_with_whoever_reads_its_output(planted: tuple[Store, dict[str, str]]) -> None:
    words = [sys.executable, "-m", "emogeo.store", "ls", "--json", "--store", str(planted[0].path)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait() == -signal.SIGPIPE


def test_as_a_module_it_says_an_error_in_a_sentence() -> None:
    words = [sys.executable, "-m", "emogeo.store", "du", "--store", "/nowhere/at/all"]
    done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "emogeo: There is no store /nowhere/at/all: give its folder, by --store.\n"
