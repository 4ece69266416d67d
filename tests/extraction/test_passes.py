"""One pass serves all that differs after it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emogeo.config.texts import Context
from emogeo.errors import ConfigError
from emogeo.extraction.passes import context_of, written_at_once
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.models import activations
from emogeo.stimuli.corpus import load_corpus
from tests.conftest import Composer
from tests.extraction.recorded import LOOSE, states, tensors


def test_a_pass_is_locked_alike_whatever_is_pooled(tiny_run: Composer) -> None:
    poolings = (["pooling.position=last"], ["pooling.position=mean"], ["pooling.position=mean", "pooling.skip=2"])
    passes = [plan_run(tiny_run(*pooling)).passages for pooling in poolings]
    assert len({own.key for own in passes}) == 3
    assert len({own.lock for own in passes}) == 1
    assert plan_run(tiny_run("prompt_template=question")).passages.lock != passes[0].lock


def test_one_pass_serves_everything_that_differs_after_it(
    tiny_run: Composer, forward_passes: list[int], loads: list[str]
) -> None:
    after = ["layer_selection=all", "layer_selection=depth", "centring=none", "norm=unit", "centring=neutral"]
    keys = {run_extraction(tiny_run(change)).key for change in ["force=false", *after]}
    assert len(keys) == len(after) + 1
    assert forward_passes == [len(load_corpus(topics=6).passages), 100]
    run_extraction(tiny_run("denoising.method=neutral_pcs"))
    assert forward_passes[2:] == [], "raw neutral texts, last token: those of the anisotropy"
    run_extraction(tiny_run("pooling.position=mean", "pooling.skip=2"))
    assert forward_passes[2:] == [len(load_corpus(topics=6).passages)]
    assert loads == ["tiny-llama fp32"]


def test_one_pass_serves_every_token_position(
    tiny_run: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (*LOOSE, "generation.replicates=2", "generation.min_new_tokens=4")
    run_extraction(tiny_run(*asked, "pooling.position=last"))
    with monkeypatch.context() as patched:
        patched.setattr(activations, "read", None)
        configs = [tiny_run(*asked, f"pooling.position={position}") for position in ("middle", "mean")]
        found = [states(config, run_extraction(config)) for config in configs]
    for position, own in zip(("middle", "mean"), found, strict=True):
        config = tiny_run(*asked, f"pooling.position={position}", f"store.path='{tmp_path / position}'")
        np.testing.assert_array_equal(own, states(config, run_extraction(config)))
    assert np.abs(found[0] - found[1]).max() > 0


def test_max_depth_reads_the_same_states_and_no_more(tiny_run: Composer) -> None:
    half, whole = (run_extraction(tiny_run(f"max_depth={depth}", "layer_selection=all")) for depth in (0.5, 1.0))
    config = tiny_run()
    a, b = (tensors(config, o.key, "rdm.safetensors")["rdm_by_layer"] for o in (half, whole))
    np.testing.assert_allclose(a, b[:2], atol=1e-6)
    with pytest.raises(ConfigError, match="max_depth stops after 2 of 4"):
        plan_run(tiny_run("max_depth=0.5", "layer_selection=index", "layer_selection.index=3"))


def test_a_reread_has_other_batches_and_nearly_the_same_states(tiny_run: Composer) -> None:
    first, second = (run_extraction(tiny_run(f"reread={answer}")) for answer in ("false", "true"))
    batches = [o.record.provenance.readings["passages"].batches for o in (first, second)]
    assert batches[0] != batches[1]
    assert sorted(r for b in batches[1] for r in b) == list(range(len(load_corpus(topics=6).passages)))
    config = tiny_run()
    a, b = (tensors(config, o.key, "vectors.safetensors")["passages"] for o in (first, second))
    np.testing.assert_allclose(a, b, atol=1e-4)
    assert first.key != second.key


def test_the_usual_context_is_in_no_key() -> None:
    assert [context_of(context) for context in Context] == [{}, {"context": "none"}, {"context": "neutral"}]


@settings(deadline=None)
@given(asked=st.none() | st.integers(1, 200), device=st.sampled_from(["cpu", "cuda"]), n_texts=st.integers(1, 200))
def test_a_batch_that_takes_all_texts_has_one_size(asked: int | None, device: str, n_texts: int) -> None:
    size, usual = written_at_once(asked, device, n_texts), written_at_once(asked, device)
    assert -(-n_texts // size) == -(-n_texts // usual), "as many batches as were asked for"
    if usual < n_texts:
        assert size == usual, "batches are those that were asked for"
    else:
        assert {written_at_once(more, device, n_texts) for more in (n_texts, n_texts + 1, 1000)} == {size}
