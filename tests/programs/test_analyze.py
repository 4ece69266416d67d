"""`analyze.py` of a clone and `emogeo analyze` are one program."""

from __future__ import annotations

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
