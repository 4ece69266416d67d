"""`--help` in the terminal's columns."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from omegaconf import OmegaConf

from emogeo.config.help import fields_shown, groups_shown, register_help
from tests.conftest import CONF


def test_every_group_is_listed_with_its_options_in_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = groups_shown(CONF).split("\n")
    assert max(map(len, lines)) <= 80
    assert "tracking: disabled, offline, online" in lines
    assert any(line.startswith("model/more: ") for line in lines)
    words = groups_shown(CONF).replace(",", " ").split()
    assert {file.stem for file in CONF.glob("model/*.yaml")} <= set(words)


def test_fields_are_the_configuration_without_hydra_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    root = OmegaConf.create({"a": "word " * 40, "b": {"c": "${a}"}, "hydra": {"x": 1}})
    text = fields_shown(_root_=root)
    assert max(map(len, text.split("\n"))) <= 80
    assert yaml.safe_load(text.replace("$$", "$")) == {"a": "word " * 40, "b": {"c": "${a}"}}


def test_a_template_may_use_both(tmp_path: Path) -> None:
    register_help(tmp_path)
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "one.yaml").touch()
    root = OmegaConf.create({"a": 1, "hydra": {"help": "${emogeo_groups:} ${emogeo_fields:}"}})
    assert root.hydra.help == "g: one a: 1"
