"""The command."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from emogeo.export.__main__ import main
from emogeo.store.store import RUNS, Store
from tests.conftest import ROOT


def test_it_prints_the_files_that_it_writes(
    odd: tuple[Store, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, key = odd
    words = [str(store.folder(RUNS, key)), key[:9], "--store", str(store.path), "--output", str(tmp_path)]
    assert main([*words, "--to", "gguf", "--blocks", "all"]) == 0
    note, *files = capsys.readouterr().out.splitlines()
    assert note == f"{key[:12]}: Block 0 is left out: llama.cpp adds nothing to it."
    assert len(files) == 7
    assert all(Path(file).is_file() for file in files)


def test_nothing_is_written_where_one_run_is_not_found(
    odd: tuple[Store, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, key = odd
    words = [key, "zzz", "--to", "npz", "--store", str(store.path), "--output", str(tmp_path / "out")]
    assert main(words) == 1
    assert capsys.readouterr().err.startswith("emogeo: zzz: no key of a run")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [["3fa9"], ["3fa9", "--to", "onnx"], ["--to", "npz"]])
def test_what_is_missing_or_unknown_is_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: python -m emogeo.export" in capsys.readouterr().err


def test_help_is_quick() -> None:
    code = "import sys, emogeo.export.__main__ as m; m._parser(); assert not {'torch', 'numpy'} & set(sys.modules)"
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert time.perf_counter() - started < 1


def test_an_unknown_format_is_answered_with_plain_names(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["3fa9", "--to", "foo"])
    said = capsys.readouterr().err
    assert "choose from" in said
    assert "Format." not in said
