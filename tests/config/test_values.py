"""Values that a field does not take."""

from __future__ import annotations

import pytest

from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.overrides import check_overrides
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError
from tests.conftest import CONF


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("store=/tmp/x", "store=/tmp/x: it has one field, path: type store.path=/tmp/x."),
        ("pooling=last", "pooling=last: it has fields: position, skip. Type pooling.position=VALUE, say."),
        ("seed=x", "seed=x: it takes a whole number: type seed=VALUE."),
        ("generation.temperature=hot", "it takes a number, or null"),
        ("force=maybe", "it takes true or false"),
        ("pooling.position=firs", "pooling.position=firs: allowed are last, middle, mean."),
        ("stimuli.conditions=joy", "it takes a list, or null: type 'stimuli.conditions=[A,B]'."),
        ("model.name=", "model.name= gives no value; it takes a text: type model.name=VALUE."),
        ("stimuli.path={a: 1}", "it takes a text, or null"),
        ("tracking=foo", "tracking=foo is not an option"),
        ("stimuli.path=[a", "cannot be read as FIELD=VALUE"),
    ],
)
def test_a_refusal_says_what_the_field_takes_and_what_to_type(word: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        check_overrides([word], TrainConfig, CONF)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("output=[1]", "output=[1]: it takes a text: type output=VALUE."),
        ("runs=x", "runs=x: it has fields: model, mode, precision, keys"),
        ("runs.mode=[foo]", "it takes a list of comprehension, generation"),
        ("norms=3", "it has fields: path, word, columns, rdm."),
        ("effects.recentre=maybe", "it takes true or false"),
    ],
)
def test_the_analysis_refuses_in_the_same_words(word: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        check_overrides([word], AnalyzeConfig, CONF)
    assert said in str(error.value)


def test_each_value_of_a_sweep_is_tried() -> None:
    check_overrides(["-m", "seed=1,2", "layer_selection.index=range(0,5)", "max_depth=.5,null"], TrainConfig, CONF)
    with pytest.raises(ConfigError, match="seed=x: it takes a whole number"):
        check_overrides(["-m", "seed=1,x"], TrainConfig, CONF)


@pytest.mark.parametrize(
    "word",
    [
        *("seed=3", "max_depth=null", "store.path='my store'", "stimuli.fields={emotion: label}", "model.params_b=1"),
        *("store.path=${oc.env:HOME}", "tracking.tags=[a,b]", "+stimuli.rename={a: b}", "stimuli.path=1984"),
    ],
)
def test_what_hydra_takes_passes(word: str) -> None:
    check_overrides([word], TrainConfig, CONF)
