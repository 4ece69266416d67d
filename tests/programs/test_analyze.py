"""`analyze.py` of a clone and `emogeo analyze` are one program."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emogeo.config.analyze import AnalyzeConfig, RecordSource, StoreConfig
from emogeo.errors import ConfigError
from emogeo.programs import analyze


def test_it_starts_after_the_command_line_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    monkeypatch.setattr(analyze, "prepare", lambda schema, conf: steps.append(f"{schema.__name__} {conf.name}"))
    monkeypatch.setattr(analyze, "main", lambda: steps.append("main"))
    analyze.start()
    assert steps == ["AnalyzeConfig conf", "main"]


@pytest.mark.parametrize(("given", "used"), [(None, "1"), ("4", "4")])
def test_one_thread_multiplies_unless_the_environment_says_otherwise(given: str | None, used: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    environment |= {} if given is None else {"OMP_NUM_THREADS": given}
    code = (
        "import os, sys; from emogeo.programs import analyze; analyze.main = lambda: None; sys.argv = ['analyze.py']; "
        "analyze.start(); print('numpy' in sys.modules, os.environ['OMP_NUM_THREADS'])"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", used], "numpy reads it when it is imported"


def test_it_gives_the_folder_of_the_results(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Any] = []

    def made(config: Any) -> Path:
        asked.append(config)
        return tmp_path

    monkeypatch.setattr(analyze, "parse_analyze", lambda config: config)
    monkeypatch.setattr("emogeo.analysis.analyze.analyze", made)
    config: Any = AnalyzeConfig(store=StoreConfig(str(tmp_path)))
    with pytest.raises(ConfigError, match="it holds no run. Run `"):
        analyze._analyze(config)
    (tmp_path / "runs" / "a key").mkdir(parents=True)
    assert analyze._analyze(config) == tmp_path
    assert asked == [config]
    config.store.path = str(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="nowhere: there is no such folder"):
        analyze._analyze(config)
    config.source = RecordSource.wandb  # fills the folder
    assert analyze._analyze(config) == tmp_path


def test_a_store_that_may_not_be_read_is_not_called_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(folder: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    (tmp_path / "runs").mkdir()
    monkeypatch.setattr(os, "listdir", refused)
    monkeypatch.setattr(os, "scandir", refused)  # whichever pathlib calls, and for root, who may read everything
    with pytest.raises(PermissionError):
        analyze._refuse_no_runs(AnalyzeConfig(store=StoreConfig(str(tmp_path))))
