"""The files that describe a model are named in one place."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.models.weights.description import TOKENIZERS, copy_files, described_by, has_tokenizer, tokenizer_files

TOKENIZER = (
    *("added_tokens.json", "additional_chat_templates/rag.jinja", "chat_template.jinja", "chat_template.json"),
    *("merges.txt", "special_tokens_map.json", "spiece.model", "tokenizer.json", "tokenizer.model"),
    *("tokenizer_config.json", "vocab.json", "vocab.txt"),
)
BESIDE = ("config.json", "generation_config.json", "model.safetensors.index.json", "preprocessor_config.json")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "own"
    for name in (*TOKENIZER, *BESIDE, "model.safetensors", "README.md", "checkpoints/config.json"):
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(name)
    (own / "a.json").mkdir()
    return own


def test_what_describes_a_model_and_its_tokenizer(folder: Path) -> None:
    assert described_by(folder) == sorted([*TOKENIZER, *BESIDE])
    assert tokenizer_files(folder) == sorted(TOKENIZER)


def test_files_are_copied_with_their_folders(folder: Path, tmp_path: Path) -> None:
    copy_files(folder, tokenizer_files(folder), tmp_path / "target")
    assert tokenizer_files(tmp_path / "target") == sorted(TOKENIZER)
    assert (tmp_path / "target" / "additional_chat_templates" / "rag.jinja").read_text().endswith("rag.jinja")


@pytest.mark.parametrize("name", TOKENIZERS)
def test_any_of_several_files_makes_a_tokenizer(name: str, tmp_path: Path) -> None:
    assert not has_tokenizer(tmp_path)
    (tmp_path / name).touch()
    assert has_tokenizer(tmp_path)
