"""The files that describe a model and its tokenizer, beside its weights."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

_SUFFIXES = {".json", ".jinja", ".model", ".txt"}
_TEMPLATES = "additional_chat_templates/*.jinja"
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt")
"""Any of these makes a tokenizer."""
_OF_TOKENIZERS = (
    *TOKENIZERS,
    *("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "merges.txt"),
    *("chat_template.jinja", "chat_template.json", _TEMPLATES, "*.model", "*.spm", "*.tiktoken"),
)


def described_by(folder: Path) -> list[str]:
    """Lists all files that describe a model: configuration, tokenizer, chat templates, and indexes of weights."""
    beside = (file for file in folder.iterdir() if file.suffix in _SUFFIXES)
    return sorted(_names(folder, [*beside, *folder.glob(_TEMPLATES)]))


def tokenizer_files(folder: Path) -> list[str]:
    """Lists the files of a folder's tokenizer, with its chat templates."""
    return sorted(_names(folder, (file for pattern in _OF_TOKENIZERS for file in folder.glob(pattern))))


def has_tokenizer(folder: Path) -> bool:
    """Whether a folder holds a tokenizer."""
    return any((folder / name).is_file() for name in TOKENIZERS)


def copy_files(folder: Path, names: Iterable[str], target: Path) -> None:
    """Copies files of a folder to another, within folders of the same names."""
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target / name)


def _names(folder: Path, files: Iterable[Path]) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in files if file.is_file()}
