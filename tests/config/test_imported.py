"""What is imported, and what its file does not say."""

from __future__ import annotations

import pytest

from emogeo.errors import ConfigError
from tests.conftest import CONF, compose_train

MODEL = ("mode=imported", "model.name=m", "model.family=f")


def test_fields_and_labels_are_typed_as_messages_say() -> None:
    got = compose_train(
        *MODEL,
        "imported.path=x.npz",
        "imported.labels=[joy, at ease, grief-stricken]",
        'imported.fields={axes: "block,label,width", vectors: "layer_{layer}__{label}"}',
        "imported.fields.label=affect",
        "imported.layers=[8,16]",
    ).imported
    assert got.labels == ["joy", "at ease", "grief-stricken"] and got.layers == [8, 16]
    assert got.fields == {"axes": "block,label,width", "vectors": "layer_{layer}__{label}", "label": "affect"}


@pytest.mark.parametrize("option", sorted(path.stem for path in (CONF / "imported").glob("*.yaml")))
def test_options_of_public_sets_say_where_these_are(option: str) -> None:
    assert compose_train(*MODEL, f"imported={option}", "imported.path=x").imported.path == "x"
    with pytest.raises(ConfigError, match="type imported.path=FILE" if option == "own" else "to be had from https://"):
        compose_train(*MODEL, f"imported={option}")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("imported.fields.colour=red", "imported.fields.colour is no field. Allowed: states, vectors"),
        ("imported.layers=[3,3]", "blocks counted from 0, each once"),
        ("imported.layers=[-1]", "blocks counted from 0, each once"),
        ("imported.n_layers=0", "1 or more"),
        ("max_depth=0.5", "needs a model that reads texts"),
    ],
)
def test_what_is_none_is_refused(given: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        compose_train(*MODEL, "imported.path=x", given)
