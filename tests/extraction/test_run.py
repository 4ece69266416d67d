"""Runs end to end on tiny models: what is recorded, what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from emogeo.errors import NonFiniteError
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.geometry.criteria import reliability_by_layer
from emogeo.geometry.layers import choosing_half
from emogeo.geometry.options import Centring
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.geometry.states import LabelledStates
from emogeo.models import activations
from emogeo.record.reading import read_record
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.stimuli.corpus import load_corpus
from emogeo.store.store import ACTIVATIONS, RUNS, Store
from emogeo.store.tensors import unpack
from tests.conftest import Composer
from tests.extraction.recorded import tensors
from tests.tiny import BLOCKS, WIDTH


def test_a_record_holds_what_the_design_says(tiny_run: Composer, tmp_path: Path) -> None:
    config = tiny_run("layer_selection=separation")
    outcome = run_extraction(config)
    n = len(load_corpus(topics=6).passages)
    vectors, rdms = (tensors(config, outcome.key, f"{name}.safetensors") for name in ("vectors", "rdm"))
    assert vectors["vectors"].shape == (21, BLOCKS, WIDTH)
    assert vectors["vectors"].dtype == np.float32
    assert vectors["passages"].shape == (n, WIDTH)
    assert rdms["rdm"].shape == (21, 21)
    assert rdms["rdm_by_layer"].shape == (BLOCKS, 210)
    layer = outcome.record.result.layer.index
    np.testing.assert_array_equal(upper(rdms["rdm"]), rdms["rdm_by_layer"][layer])
    assert outcome.record.result.layer.criterion == "highest separation"
    assert outcome.record.result.layer.n_choosing == 3
    assert outcome.record.result.layer.held_out[1:] == (None, None)
    assert vectors["embeddings"].shape == (n, WIDTH)
    stored = Store(config.store.path).read(RUNS, outcome.key)["texts.jsonl"].decode()
    (tmp_path / "again.jsonl").write_text(stored)
    assert load_corpus(str(tmp_path / "again.jsonl")).passages == load_corpus(topics=6).passages
    assert outcome.record.precision == "fp32"
    assert outcome.record.provenance.readings["passages"].tokens_per_s > 0
    assert outcome.record.provenance.libraries["transformers"]


def test_one_half_chooses_the_layer_and_the_other_reports_it(tiny_run: Composer) -> None:
    """From the stored activations, with the halves and the reliabilities computed anew."""
    config = tiny_run("layer_selection=reliability", "stimuli.topics=12", "centring=topic_mean")
    outcome = run_extraction(config)
    store, passages = Store(config.store.path), plan_run(config).passages
    states = unpack(store.read(ACTIVATIONS, passages.key)["activations.safetensors"])["states"].astype(float)
    labelled = plan_run(config).labelled
    texts = LabelledStates(states, labelled.emotions, labelled.units, CONDITIONS)
    choosing, reporting = choosing_half(labelled.units, 0)
    curve = [r.value for r in reliability_by_layer(texts.of_units(choosing), Centring.grand_mean, 0)]
    chosen = outcome.record.result.layer.index
    assert chosen == int(np.argmax(curve))
    held_out = reliability_by_layer(texts.of_units(reporting), Centring.grand_mean, 0)[chosen]
    assert outcome.record.result.layer.held_out == pytest.approx([held_out.value, held_out.low, held_out.high])
    whole = reliability_by_layer(texts, Centring.grand_mean, 0)[chosen]
    assert outcome.record.result.by_layer["reliability"][chosen] == pytest.approx(whole.value)
    assert outcome.record.result.by_layer["reliability_ci_low"][chosen] == pytest.approx(whole.low)


def test_a_reread_names_the_run_that_it_repeats(tiny_run: Composer) -> None:
    first = run_extraction(tiny_run())
    again = run_extraction(tiny_run("reread=true"))
    assert first.record.reread_of is None
    assert again.record.reread_of == first.key != again.key


def test_the_rdm_follows_from_the_stored_passages(tiny_run: Composer) -> None:
    """From the record alone, by the published protocol written out: means, grand mean, 1 - cosine."""
    config = tiny_run("layer_selection=index", "layer_selection.index=1")
    outcome = run_extraction(config)
    states = tensors(config, outcome.key, "vectors.safetensors")["passages"].astype(float)
    emotions = np.array(outcome.record.emotions)
    means = np.array([states[emotions == c].mean(0) for c in CONDITIONS])
    rdm = cosine_rdm(means - means.mean(0), CONDITIONS)
    np.testing.assert_allclose(tensors(config, outcome.key, "rdm.safetensors")["rdm"], rdm, atol=1e-9)


def test_overflow_is_refused_by_name_and_stays_in_the_store(
    tiny_run: Composer, tiny_overflowing: Path, forward_passes: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    config = tiny_run("precision=fp16", weights=tiny_overflowing)
    with pytest.raises(NonFiniteError, match=r"tiny-gemma at fp16 .* from block 1 .* text 0: .*precision=bf16"):
        run_extraction(config)
    assert caplog.text.count("States are not finite from block 1 on") == 2, "once a pass"
    key = plan_run(config).key
    record = read_record(Store(config.store.path), key)
    assert record.status == "refused"
    assert sum(record.nonfinite["passages"]) > 0
    with pytest.raises(NonFiniteError, match="refused before"):
        run_extraction(config)
    assert len(forward_passes) == 2
    run_extraction(tiny_run("precision=bf16", weights=tiny_overflowing))


def test_finite_layers_go_on_with_what_is_finite(
    tiny_run: Composer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = activations.read

    def overflowing_from_block_2(model: Any, texts: Any, plan: Any) -> Any:
        result = original(model, texts, plan)
        result.states[5, 2:] = np.inf
        result.nonfinite[5, 2:] = WIDTH
        return result

    monkeypatch.setattr(activations, "read", overflowing_from_block_2)
    outcome = run_extraction(tiny_run("nonfinite=finite_layers", "layer_selection=all"))
    assert outcome.record.result.layer.layers == (0, 1)
    assert outcome.record.result.metrics.nonfinite == 2 * WIDTH
    config = tiny_run("nonfinite=finite_layers", "layer_selection=index", "layer_selection.index=3")
    with pytest.raises(NonFiniteError, match=r"Block 3, which is selected.* one of the blocks \[0, 1\]"):
        run_extraction(config)
    assert read_record(Store(config.store.path), plan_run(config).key).status == "refused"


def test_neutral_centring_leaves_twenty_conditions(tiny_run: Composer) -> None:
    outcome = run_extraction(tiny_run("centring=neutral"))
    assert "neutral" not in outcome.record.result.conditions
    assert len(outcome.record.result.conditions) == 20
