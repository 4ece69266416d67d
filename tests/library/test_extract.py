"""States of a model in memory: those that a run records, and errors before anything is read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from emogeo.errors import ConfigError, NonFiniteError, StimuliError
from emogeo.library.extract import corpus_given, extract
from emogeo.library.models import load_model
from emogeo.models.kinds import loader_of
from emogeo.stimuli.corpus import load_corpus
from tests.models_table.checkpoints import write_checkpoint

Loaded = tuple[PreTrainedModel, PreTrainedTokenizerBase]


@pytest.fixture(scope="module")
def loaded(tiny_llama: Path) -> Loaded:
    return AutoModelForCausalLM.from_pretrained(tiny_llama), AutoTokenizer.from_pretrained(tiny_llama)


ROWS = [{"emotion": p.emotion, "topic": p.topic, "text": p.text} for p in load_corpus(topics=6).passages]


@pytest.mark.parametrize(("position", "index"), [("last", -1), ("mean", None)])
def test_states_are_those_of_a_loop_of_one_text_at_a_time(loaded: Loaded, position: str, index: int | None) -> None:
    model, tokenizer = loaded
    states = extract(model, tokenizer, ROWS, position=position, progress=False)
    assert states.values.shape == (126, 4, 32)
    for row in (0, 50, 125):
        ids = tokenizer(states.texts[row], return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            block = model.model(ids, output_hidden_states=True).hidden_states[2][0]
        wanted = block.mean(dim=0) if index is None else block[index]
        np.testing.assert_allclose(states.values[row, 1], wanted.numpy(), atol=2e-5)


def test_passages_come_in_many_forms(tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    forms = (ROWS, pd.DataFrame(ROWS), file, str(file), corpus_given(ROWS))
    assert len({corpus_given(form).passages for form in forms}) == 1
    assert len(corpus_given(None).passages) == 504


def test_a_model_is_left_as_it_was(loaded: Loaded) -> None:
    model, tokenizer = loaded
    model.train()
    model.model.layers[1].eval()
    states = extract(model, tokenizer, ROWS, max_depth=0.5, progress=False, name="mine")
    assert [layer.training for layer in model.model.layers] == [True, False, True, True]
    assert len(model.model.layers) == 4
    assert states.values.shape[1] == 2
    assert states.n_layers == 4
    assert str(states).startswith("States of mine: 126 × 2 × 32")
    model.eval()


def test_bad_input_is_named_before_anything_is_read(loaded: Loaded) -> None:
    model, tokenizer = loaded
    with pytest.raises(ConfigError, match=r"position='first'.*last, middle, mean"):
        extract(model, tokenizer, ROWS, position="first")
    with pytest.raises(ConfigError, match="only for pooling.position=mean"):
        extract(model, tokenizer, ROWS, skip=3)
    with pytest.raises(ConfigError, match="max_depth=2"):
        extract(model, tokenizer, ROWS, max_depth=2)
    with pytest.raises(ConfigError, match="model is a str"):
        extract("gpt2", tokenizer, ROWS)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="tokenizer is a str"):
        extract(model, "gpt2", ROWS)  # type: ignore[arg-type]
    with pytest.raises(StimuliError, match="3 conditions"):
        extract(model, tokenizer, [row for row in ROWS if row["emotion"] in {"sad", "calm", "happy"}])
    with pytest.raises(StimuliError, match=r"passages\[126\]: no topic, which other texts have"):
        extract(model, tokenizer, [*ROWS, {"emotion": "sad", "text": "x"}])
    with pytest.raises(StimuliError, match="passages is a int"):
        extract(model, tokenizer, 3)  # type: ignore[arg-type]
    with pytest.raises(StimuliError, match="passages is a Series"):
        extract(model, tokenizer, pd.Series(["x"]))
    with pytest.raises(ConfigError, match=r"skip=1\.5: a whole number"):
        extract(model, tokenizer, ROWS, skip=1.5)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="token_budget=0: a whole number of at least 1"):
        extract(model, tokenizer, ROWS, token_budget=0)
    with pytest.raises(ConfigError, match="max_depth='0.5'"):
        extract(model, tokenizer, ROWS, max_depth="0.5")  # type: ignore[arg-type]


def test_states_that_overflow_are_an_error_with_a_name(tiny_overflowing: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(tiny_overflowing, dtype=torch.float16)
    with pytest.raises(NonFiniteError, match="from block 1 on"):
        extract(model, AutoTokenizer.from_pretrained(tiny_overflowing), ROWS, progress=False)


def test_frames_whose_columns_have_other_names() -> None:
    labels = ("joy", "fear", "anger", "calm")
    rows = pd.DataFrame([{"emotion": e, "topic": t, "text": f"{e} at {t}."} for e in labels for t in ("home", "work")])
    assert corpus_given(rows.set_index(["emotion", "topic"])) == corpus_given(rows)
    with pytest.raises(StimuliError, match="^passages: expected 'emotion' among its fields. Its fields are label, top"):
        corpus_given(rows.rename(columns={"emotion": "label"}))
    with pytest.raises(StimuliError, match="columns of several levels"):
        corpus_given(rows.set_axis(pd.MultiIndex.from_product([["a"], rows.columns]), axis=1))


@pytest.mark.parametrize("architecture", ["qwen2_vl", "gpt2", "mamba"])
def test_a_model_with_its_head_is_read_as_without(architecture: str, tmp_path: Path) -> None:
    """The base model of one beside images is the whole of it, with its head."""
    folder = write_checkpoint(tmp_path / architecture, architecture)
    head, tokenizer = loader_of(architecture).from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    body, _ = load_model(folder, precision="fp32", device="cpu", cache=tmp_path / "cache", progress=False)
    found, wanted = (
        extract(own, tokenizer, ROWS, max_depth=0.5, position="mean", progress=False) for own in (head, body)
    )
    np.testing.assert_allclose(found.values, wanted.values, atol=1e-5)
