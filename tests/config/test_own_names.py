"""Names of the user's own come through Hydra as they were typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emogeo.config.own_names import as_hydra_wants, decoded, in_quotes
from emogeo.config.typed import override
from tests.conftest import compose_train

FILE = "stimuli.path=mine.csv"
NAMES = {
    "喜悦": "快乐",
    "a, b": "ab",
    "0": "joy",
    "at ease": "calm",
    "100%": "all",
    "{x}": "y",
    "it's": "its",
    "null": "none",
}


@pytest.mark.parametrize("name", NAMES)
def test_each_name_comes_through(name: str) -> None:
    for field in ("stimuli.rename", "stimuli.words"):
        own = compose_train(FILE, override(field, {name: NAMES[name]})).stimuli
        assert (own.rename or own.words) == {name: NAMES[name]}


def test_all_of_them_at_once_and_one_by_one() -> None:
    assert compose_train(FILE, override("stimuli.rename", NAMES)).stimuli.rename == NAMES
    assert compose_train(FILE, "stimuli.rename.joyful=happy").stimuli.rename == {"joyful": "happy"}
    typed = "steering.words={喜悦: [快乐, 高兴], anger: [mad, cross]}"
    assert compose_train(FILE, typed).steering.words == {"喜悦": ["快乐", "高兴"], "anger": ["mad", "cross"]}


def test_words_of_other_scripts_need_no_quotes() -> None:
    own = compose_train(FILE, "stimuli.neutral=中性", "stimuli.conditions=[中性,喜悦,b c,d]").stimuli
    assert (own.neutral, own.conditions) == ("中性", ["中性", "喜悦", "b c", "d"])
    assert compose_train(FILE, "stimuli.neutral='中性'").stimuli.neutral == "中性"


NAME = st.text(min_size=1, max_size=6).filter(lambda own: own.isprintable() and own == own.strip())


@given(st.dictionaries(NAME, st.just("x"), min_size=1, max_size=3))
def test_names_are_decoded_as_they_were(names: dict[str, str]) -> None:
    typed = as_hydra_wants(override("stimuli.rename", names))
    assert typed.startswith("+stimuli.rename={") and typed.isascii()
    pairs = [pair.partition(": ")[0] for pair in typed.removeprefix("+stimuli.rename={").removesuffix("}").split(", ")]
    assert list(decoded(dict.fromkeys(pairs))) == list(names)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("model.weights=~/a", "model.weights=/home/me/a"),
        ("model.weights=[~/a,~/b]", "model.weights=[/home/me/a,/home/me/b]"),
        ("imported.path=~/a,~/b", "imported.path=/home/me/a,/home/me/b"),
        ("store.path='~/a'", "store.path='~/a'"),
        ("store.path=a~/b", "store.path=a~/b"),
    ],
)
def test_a_tilde_is_the_home_directory(monkeypatch: pytest.MonkeyPatch, typed: str, wanted: str) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert as_hydra_wants(typed) == wanted


def test_other_arguments_stay() -> None:
    for argument in ("model=a,b", "-m", "stimuli.path=x y", "stimuli.fields={emotion: label}", "+study=texts"):
        assert as_hydra_wants(argument) == argument
    assert as_hydra_wants("stimuli.fields=[a,b]") == "stimuli.fields.columns=[a,b]"
    assert in_quotes("it's") == r"'it\'s'"


@pytest.mark.parametrize("typed", ["runs.filters={state: finished}", "runs.filters.state=finished"])
def test_filters_of_wandb_need_no_plus_sign(typed: str) -> None:
    assert as_hydra_wants(typed) == as_hydra_wants(f"+{typed}") == f"+{typed}"


@pytest.mark.parametrize("part", ["runs.filters", "stimuli.rename", "runs.model"])
def test_a_field_that_is_shown_stays_as_it_is(part: str) -> None:
    assert as_hydra_wants(part) == part
