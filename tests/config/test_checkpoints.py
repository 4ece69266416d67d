"""Lists of checkpoints become a sweep over weights, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from emogeo.config.checkpoints import as_sweep
from emogeo.errors import ConfigError
from tests.conftest import CONF

COMMIT = "0123456789" * 4


def swept(*arguments: str) -> list[str]:
    """The weights that Hydra would sweep over."""
    (found,) = OverridesParser.create().parse_overrides([own for own in arguments if own.startswith("model.weights=")])
    return [str(getattr(own, "text", own)) for own in found.sweep_iterator()]


@pytest.mark.parametrize("words", [[], ["model=a"], ["-m", "model.weights=a,b"], ["-m", "precision=fp32,bf16"]])
def test_other_words_stay(words: list[str]) -> None:
    assert as_sweep(words, CONF) == words


def test_revisions_of_an_option_are_its_hub_id_s() -> None:
    found = as_sweep(["-m", "model=more/smollm3-3b", f"model.revisions=[main,{COMMIT}]", "precision=fp32"], CONF)
    assert [*found[:2], found[3]] == ["-m", "model=more/smollm3-3b", "precision=fp32"]
    assert swept(*found) == ["HuggingFaceTB/SmolLM3-3B@main", f"HuggingFaceTB/SmolLM3-3B@{COMMIT}"]


@pytest.mark.parametrize("given", ["[stage1-step1000,main]", "stage1-step1000,main"])
def test_revisions_of_any_model_of_the_hub(given: str) -> None:
    found = as_sweep(["-m", "model.weights=allenai/Olmo-3-1025-7B", f"model.revisions={given}"], CONF)
    assert swept(*found) == [f"allenai/Olmo-3-1025-7B@{name}" for name in ("stage1-step1000", "main")]


def test_folders_are_swept() -> None:
    assert swept(*as_sweep(["--multirun", "model.weights=[./a b,/c/checkpoint-100]"], CONF)) == [
        "./a b",
        "/c/checkpoint-100",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["model=more/smollm3-3b", "model.revisions=[a,b]"], "type -m"),
        (["model.weights=[a,b]"], "type -m"),
        (["-m", "model=more/smollm3-3b", "model.revisions=[]"], "is empty"),
        (["-m", "model.revisions=[a,b]"], "of one model of the hub"),
        (["-m", "model=gemma-3-270m", "model.revisions=[a,b]"], "of one model of the hub"),
        (["-m", "model=llama-3.2-3b,llama-3.1-8b", "model.revisions=[a,b]"], "of one model of the hub"),
        (
            ["-m", "model.weights=Org/Name@a", "model.revisions=[a,b]"],
            r"For folders type model.weights=\[FOLDER,FOLDER\]",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        as_sweep(words, CONF)


def test_revisions_of_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="of one model of the hub"):
        as_sweep(["-m", f"model.weights={tmp_path}", "model.revisions=[a,b]"], CONF)
