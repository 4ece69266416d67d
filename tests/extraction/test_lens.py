"""The words of vectors, as a run records them, against a plain product; and where there are none, why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from emogeo.extraction.lens import ISOTROPIC, RELABELLED, SHOWN
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.models import session
from emogeo.models.lens import extremes, token_text
from emogeo.models.loading import load_model
from emogeo.models.unembedding import unembedding_of
from emogeo.record.reading import read_record, read_run
from emogeo.store.store import RUNS, Store
from tests.conftest import Composer, compose_train
from tests.extraction.recorded import tensors


def plain(folder: Path, vectors: np.ndarray) -> np.ndarray:
    """Logits [condition, token] of vectors scaled to unit length, by the whole model's own parts."""
    whole = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    directions = torch.tensor(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=torch.float32)
    with torch.inference_mode():
        return np.asarray(whole.lm_head(whole.model.norm(directions)))


def test_a_run_records_the_tokens_of_the_plain_product(tiny_run: Composer, tiny_llama: Path) -> None:
    config = tiny_run()
    outcome = run_extraction(config)
    result = outcome.record.result
    found = result.lens
    assert found.reason is None and found.normed and (found.n_relabelled, found.n_isotropic) == (RELABELLED, ISOTROPIC)
    assert tuple(row.condition for row in found.rows) == result.conditions
    vectors = tensors(config, outcome.key, "vectors.safetensors")["vectors"][:, result.layer.index]
    model = plan_run(config).session.loaded
    logits = plain(tiny_llama, vectors)[:, : len(model.tokenizer)]
    for row, own in zip(found.rows, logits, strict=True):
        order = np.argsort(-own)
        for tokens, ids in ((row.up, order[:SHOWN]), (row.down, order[::-1][:SHOWN])):
            assert [text for text, _ in tokens] == [token_text(model.tokenizer, int(token)) for token in ids]
            assert [logit for _, logit in tokens] == pytest.approx(own[ids], abs=2e-4)
        assert min(row.p_up, row.p_down) >= 1 / 501 and max(row.p_up, row.p_down) <= 1
    assert found.up_isotropic > 0 > found.down_isotropic and found.up_relabelled > 0 > found.down_relabelled
    again = read_run(Store(config.store.path), outcome.key)
    assert again.record.result.lens == found


def test_random_labels_promote_no_more_than_their_null(tiny_run: Composer) -> None:
    """The tiny model has random weights: p of its vectors is spread, and small ones are few."""
    rows = run_extraction(tiny_run()).record.result.lens.rows
    assert np.mean([row.p_up <= 0.05 for row in rows] + [row.p_down <= 0.05 for row in rows]) < 0.3


def test_states_from_the_store_without_a_model_say_so(tiny_run: Composer, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_extraction(tiny_run())
    other = tiny_run("layer_selection=middle")
    with_model = run_extraction(other).record.result.lens
    assert with_model.reason is None, "the model is still loaded"
    monkeypatch.setattr(session, "LOADED", type(session.LOADED)())
    found = run_extraction(tiny_run("layer_selection=depth", "layer_selection.depth=0.5")).record.result.lens
    assert found.rows == () and "were in the store" in found.reason and "force=true" in found.reason
    assert read_record(Store(other.store.path), first.key).result.lens.rows
    assert not session.LOADED, "nothing was loaded for it"


def test_what_has_no_single_block_or_has_learned_nothing_says_so(tiny_run: Composer) -> None:
    side_by_side = run_extraction(tiny_run("layer_selection=all")).record.result.lens
    assert "every block is used" in side_by_side.reason
    twin = run_extraction(tiny_run("model.init=random", "model.init_seed=1")).record.result.lens
    assert twin.reason == "an untrained twin's unembedding has learned no words"


def test_a_head_that_cannot_be_read_does_not_end_the_run(
    tiny_run: Composer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from transformers import LlamaForCausalLM

    monkeypatch.setattr(LlamaForCausalLM, "get_output_embeddings", lambda self: None)
    found = run_extraction(tiny_run()).record
    assert found.status == "finished" and found.result.lens.reason.endswith("has no unembedding")
    assert "no words of vectors" in caplog.text


def test_the_key_is_that_of_a_run_without_it(tiny_run: Composer) -> None:
    config = tiny_run()
    assert "lens" not in str(plan_run(config).meaning) and run_extraction(config).key == plan_run(config).key
    assert (Store(config.store.path).folder(RUNS, plan_run(config).key) / "run.json").is_file()


def test_the_lens_of_real_weights_is_the_plain_product() -> None:
    """SmolLM2-135M: its tied unembedding of 49,152 tokens in bf16, and vectors of the word embeddings themselves."""
    plan = plan_run(compose_train("tracking=disabled", "precision=bf16", "runtime.device=cpu"))
    model = load_model(plan.weights, plan.precision, "cpu", None)
    own = unembedding_of(model, plan.weights)
    assert own.tied and own.weight.shape == (49_152, 576)
    ids = [model.tokenizer.encode(word, add_special_tokens=False)[0] for word in (" happy", " sad", " calm")]
    others = np.random.default_rng(0).choice(len(own.weight), 200, replace=False)
    directions = own.weight[[*ids, *others]].double().numpy()
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    found = extremes(own, directions, slice(3, None), SHOWN)
    norm = model.body.norm
    scaled = directions / np.sqrt((directions**2).mean(axis=1, keepdims=True) + norm.variance_epsilon)
    logits = (scaled * norm.weight.detach().double().numpy()) @ own.weight.double().numpy().T
    np.testing.assert_allclose(found.up_logits, -np.sort(-logits, axis=1)[:, :SHOWN], rtol=1e-4)
    np.testing.assert_allclose(found.down_logits, np.sort(logits, axis=1)[:, :SHOWN], rtol=1e-4)
    assert [token_text(model.tokenizer, int(row[0])) for row in found.telling[:3]] == [" happy", " sad", " calm"]
