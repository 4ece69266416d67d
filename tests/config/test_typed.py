"""What to type: overrides that lead back to the configuration that they were made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from emogeo.config.train import TrainConfig
from emogeo.config.typed import in_store, override, typed
from tests.conftest import CONF, compose_train

PARTS = (
    *("model", "precision", "prompt_template", "stimuli", "layer_selection", "pooling", "centring", "denoising"),
    *("norm", "max_depth", "nonfinite", "seed"),
)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("recipe=jeong_comprehension",),
        ("model=gemma-3-270m", "model.init=random", "model.init_seed=3"),
        ("precision=int8", "precision.threshold=5", "precision.dtype=bf16", "max_depth=0.5", "seed=7"),
        ("prompt_template=chat", "prompt_template.text=\"it's {passage}\\n, 'so'\"", "norm=unit"),
        ("layer_selection=depth", "layer_selection.depth=0.95", "pooling.position=mean", "pooling.skip=2"),
        ("stimuli=passages6", "stimuli.path='my file.csv'", "denoising.method=neutral_pcs", "denoising.share=0.3"),
        ("centring=topic_mean", "nonfinite=finite_layers", "stimuli.topics=8"),
    ],
)
def test_what_is_typed_gives_the_same_configuration(words: tuple[str, ...]) -> None:
    config = compose_train(*words)
    found = typed(config, PARTS)
    again = compose_train(*found)
    assert {part: getattr(again, part) for part in PARTS} == {part: getattr(config, part) for part in PARTS}
    assert len(found) <= len(words) + 3


def test_the_usual_configuration_needs_nothing() -> None:
    assert typed(compose_train(), PARTS) == []


def test_the_main_file_sets_plain_fields_to_their_schemas_defaults() -> None:
    assert all(getattr(compose_train(), name) == getattr(TrainConfig(), name) for name in PARTS[5:])


def test_an_option_that_has_no_file_is_named_with_all_its_content(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text((CONF / "config.yaml").read_text())
    found = typed(compose_train("prompt_template=feeling"), ["prompt_template"], tmp_path)
    assert found[0] == "prompt_template=feeling"
    assert "prompt_template.text='{passage} What is felt in this moment is'" in found


@pytest.mark.parametrize(
    "value",
    [
        *(
            "plain",
            "Org/Name@main",
            "./folder",
            "12e4",
            "1",
            "true",
            "None",
            "",
            "it's",
            "a\\",
            "a\\'b",
            "a b,c[d]{e}=f",
        ),
        *("two\nlines", '"quoted"', "~/home", None, True, 3, 0.25, -1),
    ],
)
def test_any_value_is_read_back_as_it_was(value: Any) -> None:
    assert OverridesParser.create().parse_override(override("field", value)).value() == value


def test_a_store_is_named_where_it_is_not_the_usual_one() -> None:
    assert in_store("store") == []
    assert compose_train(*in_store("my store")).store.path == "my store"
