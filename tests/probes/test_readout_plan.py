"""What names a readout, where its vectors and templates come from, and what is refused before a model is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emogeo.errors import ConfigError, StoreError
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.probes.readout_plan import ReadoutPlan, _kept, plan_readout
from emogeo.store.store import Store
from tests.conftest import Composer
from tests.planted_records import geometry, model_card, refused, steering, usual_config, write
from tests.tiny import CHAT, write_model

READ = ("mode=readout",)


def planned(tiny_run: Composer, *overrides: str, **options: Path) -> ReadoutPlan:
    return plan_readout(tiny_run(*READ, *overrides, **options))


def test_without_a_source_the_vectors_are_those_of_the_same_configuration(tiny_run: Composer) -> None:
    plan = planned(tiny_run, "pooling.position=mean")
    own = plan_run(tiny_run("pooling.position=mean"))
    assert (plan.vectors, plan.texts) == (own.key, own.passages.texts)
    assert plan.read.labels == own.labelled.emotions
    assert plan.title == f"tiny-llama fp32 readout passages6 {own.key[:12]}"


def test_texts_are_read_as_the_source_has_read_its_own(tiny_run: Composer, tmp_path: Path) -> None:
    source = run_extraction(tiny_run("prompt_template=feeling", "pooling.position=mean", "pooling.skip=1"))
    (tmp_path / "mine.txt").write_text("All is well.\n")
    plan = planned(tiny_run, f"mode.source='{source.key[:12]}'", f"stimuli.path='{tmp_path / 'mine.txt'}'")
    assert plan.vectors == source.key
    assert (plan.template, plan.pooling.position.value, plan.pooling.skip) == ("feeling", "mean", 1)
    (text,) = plan.texts
    assert "All is well." in text.content != "All is well."
    assert plan.read.labels == (None,)


def test_the_key_follows_texts_vectors_and_draws(tiny_run: Composer) -> None:
    usual = planned(tiny_run).key
    assert planned(tiny_run, "runtime.threads=2").key == usual
    changes = ("readout.draws=99", "readout.directions=isotropic", "readout.tokens=3", "seed=1", "norm=unit")
    assert len({planned(tiny_run, change).key for change in changes} | {usual}) == len(changes) + 1


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("layer_selection=all", "lays every block side by side"),
        ("centring=topic_mean", "keeps states without their topics' means"),
    ],
)
def test_vectors_without_a_block_or_a_centre_are_refused(tiny_run: Composer, override: str, said: str) -> None:
    with pytest.raises(StoreError, match=said):
        planned(tiny_run, override)
    source = run_extraction(tiny_run(override))
    with pytest.raises(StoreError, match=said):
        planned(tiny_run, f"mode.source='{source.key}'")


def test_a_source_that_is_none_is_named(tiny_run: Composer, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="mode.source=abc: 0 runs of"):
        planned(tiny_run, "mode.source=abc")
    store = Store(tmp_path / "store")
    for record, said in (
        (steering()[0], "a run of mode=steering without states"),
        (refused(geometry()[0]), "was refused and has no vectors \\(it overflowed\\)"),
    ):
        with pytest.raises(StoreError, match=said):
            planned(tiny_run, f"mode.source='{write(store, record)}'")


def test_vectors_of_another_model_are_refused(tiny_run: Composer, tmp_path: Path) -> None:
    source = run_extraction(tiny_run())
    other = write_model(tmp_path / "tiny-other", "qwen2.5", CHAT)
    with pytest.raises(StoreError, match="vectors of tiny-llama, but the model is tiny-other"):
        planned(tiny_run, f"mode.source='{source.key}'", weights=other)
    with pytest.raises(StoreError, match="but the model is tiny-llama random"):
        planned(tiny_run, f"mode.source='{source.key}'", "model.init=random")
    record, files = geometry(model=model_card("tiny-llama"), title="of another revision")
    with pytest.raises(StoreError, match="vectors of tiny-llama, but"):
        planned(tiny_run, f"mode.source='{write(Store(tmp_path / 'store'), record, files)}'")


def test_a_model_that_is_not_here_cannot_read() -> None:
    with pytest.raises(ConfigError, match="mode=readout needs a model that reads: type model=NAME"):
        usual_config("mode=readout", "model=more/elsewhere")
    with pytest.raises(ConfigError, match="readout.draws=3: at least 19"):
        usual_config("mode=readout", "readout.draws=3")
    with pytest.raises(ConfigError, match="readout.tokens=-1"):
        usual_config("mode=readout", "readout.tokens=-1")


@settings(deadline=None)
@given(asked=st.none() | st.integers(0, 500), n_texts=st.integers(1, 500))
def test_all_texts_have_one_spelling(asked: int | None, n_texts: int) -> None:
    found = _kept(asked, n_texts)
    if asked is not None and asked < n_texts:
        assert found == asked
    else:
        assert found == _kept(None, n_texts) == (200 if n_texts <= 200 else None)


def test_tokens_of_all_texts_are_one_meaning_and_own_draws_keep_their_seed(tiny_run: Composer) -> None:
    usual = plan_readout(tiny_run("mode=readout"))
    assert len(usual.texts) <= 200
    for spelling in ("readout.tokens=null", "readout.tokens=900", f"readout.tokens={len(usual.texts)}"):
        assert plan_readout(tiny_run("mode=readout", spelling)).key == usual.key
    twin = ("mode=readout", "model.init=random", "stimuli.topics=3", "layer_selection=index", "layer_selection.index=1")
    plans = [plan_readout(tiny_run(*twin, f"seed={seed}")) for seed in (0, 4)]
    assert plans[0].vectors == plans[1].vectors, "where nothing is drawn"
    assert plans[0].key != plans[1].key, "random directions are"
    assert plans[1].config.seed == 4
