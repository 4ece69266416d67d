"""The tokens that directions promote, against a plain matrix product."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

from emogeo.models import lens
from emogeo.models.lens import extremes, token_text
from emogeo.models.unembedding import Unembedding
from tests.tiny import write_tokenizer


@pytest.fixture(scope="module")
def unembedding() -> Unembedding:
    torch.manual_seed(0)
    return Unembedding(torch.randn(101, 8).bfloat16(), None, False, torch.device("cpu"))


@pytest.mark.parametrize("rows", [7, 101, 1000])
def test_both_ends_are_those_of_the_plain_product_however_it_is_cut(
    unembedding: Unembedding, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(lens, "_ROWS", rows)
    directions = np.random.default_rng(1).normal(size=(5, 8))
    found = extremes(unembedding, directions, slice(2, 5), 10)
    logits = directions @ unembedding.weight.double().numpy().T
    order = np.argsort(-logits, axis=1)
    assert (found.up == order[:, :10]).all() and (found.down == order[:, :-11:-1]).all()
    np.testing.assert_allclose(found.up_logits, np.take_along_axis(logits, order[:, :10], 1), rtol=1e-5)
    z = (logits - logits[2:].mean(axis=0)) / logits[2:].std(axis=0, ddof=1)
    assert (found.telling == np.argsort(-z, axis=1)[:, :10]).all()
    np.testing.assert_allclose(found.telling_z, -np.sort(-z, axis=1)[:, :10], rtol=1e-4)
    np.testing.assert_allclose(found.down_logits, np.take_along_axis(logits, order[:, :-11:-1], 1), rtol=1e-5)


def test_a_gpu_without_memory_leaves_it_to_the_cpu(
    unembedding: Unembedding, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The next run of a sweep may be reading there."""
    directions, usual, full = np.eye(8), lens._extremes, [True]

    def extremes_there(*given: Any) -> lens.Extremes:
        if full.pop():
            full.append(False)
            raise torch.OutOfMemoryError("full")
        assert given[0].device.type == "cpu"
        return usual(*given)

    monkeypatch.setattr(lens, "_extremes", extremes_there)
    caplog.set_level(logging.INFO)
    found = extremes(unembedding, directions, slice(2, 5), 3)
    np.testing.assert_array_equal(found.up, usual(unembedding, directions, slice(2, 5), 3).up)
    assert "computed on the CPU" in caplog.text


def test_a_vocabulary_of_few_tokens_gives_all_of_them(unembedding: Unembedding) -> None:
    few = Unembedding(unembedding.weight[:4], None, False, unembedding.device)
    assert extremes(few, np.ones((3, 8)), slice(1, 3), 10).up.shape == (3, 4)


def test_tokens_keep_the_blank_before_them_and_parts_of_characters_their_names(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, None)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    (blank,) = (own for own in tokenizer.encode(" the", add_special_tokens=False)[:1])
    assert token_text(tokenizer, blank) == " the"
    (part, *_) = tokenizer.encode("é", add_special_tokens=False)
    assert token_text(tokenizer, part) == tokenizer.convert_ids_to_tokens(part) == "Ã"
    (line,) = tokenizer.encode("\n", add_special_tokens=False)
    assert token_text(tokenizer, line) == "\n"
    assert token_text(tokenizer, tokenizer.eos_token_id) == "<eos>"
