"""A `tokenizer.model` alone is read where its tokens are sentencepiece's, and refused otherwise."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from emogeo.errors import WeightsError
from emogeo.models.weights import sentencepiece as own
from emogeo.models.weights.sentencepiece import check_tokenizer
from emogeo.stimuli.corpus import load_facts


def test_other_tokenizers_are_no_matter_here(tmp_path: Path) -> None:
    check_tokenizer(tmp_path, tmp_path)
    (tmp_path / "tokenizer.model").write_text("x")
    (tmp_path / "tokenizer.json").write_text("x")
    check_tokenizer(tmp_path, tmp_path)


def test_without_sentencepiece_one_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "find_spec", lambda name: None)
    (tmp_path / "tokenizer.model").write_text("x")
    with pytest.raises(
        WeightsError, match=r"no tokenizer\.json\. Type: pip install sentencepiece, or where it is installed"
    ):
        check_tokenizer(tmp_path, tmp_path / "cache")
    assert not (tmp_path / "cache" / "tokenizers").exists()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A byte-pair tokenizer as Llama 2 has it, which changes no white space and puts one before the first word."""
    trainer = pytest.importorskip("sentencepiece").SentencePieceTrainer
    written = io.BytesIO()
    trainer.train(
        sentence_iterator=iter(load_facts()), model_writer=written, vocab_size=350, model_type="bpe", minloglevel=2,
        byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
    )  # fmt: skip
    (tmp_path / "tokenizer.model").write_bytes(written.getvalue())
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    tokens = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "LlamaTokenizer", **tokens}))
    return tmp_path


def test_the_right_tokens_pass_and_are_remembered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_tokenizer(folder, folder / "cache")
    monkeypatch.delattr(own, "_compare")
    check_tokenizer(folder, folder / "cache")


def test_other_tokens_are_refused_with_a_text(folder: Path) -> None:
    (folder / "tokenizer_config.json").unlink()  # transformers then loses the first space
    with pytest.raises(WeightsError, match="transformers gives other tokens than sentencepiece itself"):
        check_tokenizer(folder, folder / "cache")
