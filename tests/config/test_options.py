"""Options of a group lie in its folder or in one within it; a glob takes the first alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.config.options import option_named, options_in
from emogeo.config.overrides import check_overrides
from emogeo.config.train import TrainConfig
from emogeo.config.typed import typed
from emogeo.errors import ConfigError
from tests.conftest import CONF, compose_train


@pytest.fixture
def group(tmp_path: Path) -> Path:
    for name in ("b.yaml", "a-1.5.yaml", "more/c.yaml", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


def test_those_of_the_folder_come_first(group: Path) -> None:
    assert options_in(group) == ["a-1.5", "b", "more/c"]


def test_an_option_is_found_by_name(group: Path) -> None:
    found = {name: option_named(group, name) for name in ("b", "a-1.5", "c", "more/c", "other")}
    assert found == {"b": "b", "a-1.5": "a-1.5", "c": "more/c", "more/c": "more/c", "other": "other"}


def test_what_lies_deeper_can_be_typed_and_no_glob_takes_it() -> None:
    check_overrides(["-m", "model=smollm2-1.7b,more/qwen3-4b"], TrainConfig, CONF)
    with pytest.raises(ConfigError, match=r"Did you mean more/qwen3-0\.6b\?"):
        check_overrides(["model=qwen3-0.6b"], TrainConfig, CONF)
    with pytest.raises(ConfigError, match=r"glob\(more/\*\) matches none") as error:
        check_overrides(["-m", "model=glob(more/*)"], TrainConfig, CONF)
    assert "more/qwen3" not in str(error.value).partition("matches none")[2]


def test_what_to_type_again_names_the_folder() -> None:
    assert typed(compose_train("model=more/qwen3-1.7b"), ["model"]) == ["model=more/qwen3-1.7b"]
