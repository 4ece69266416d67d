"""Whether a tokenizer puts a special token after a text, told from its files without loading it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

_PROCESSOR = '"post_processor":'


def puts_token_after(folder: Path) -> bool:
    """Whether the tokenizer in a folder ends every text with a special token, as its files say."""
    return _puts_token_after(folder, _stamp(folder / "tokenizer_config.json"), _stamp(folder / "tokenizer.json"))


def _stamp(file: Path) -> tuple[int, ...]:
    """Gives what the file system says of a file's content; nothing where there is none."""
    if not file.is_file():
        return ()
    found = file.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


@lru_cache(maxsize=64)
def _puts_token_after(folder: Path, config: tuple[int, ...], tokenizer: tuple[int, ...]) -> bool:
    """Reads the files, which may be large, once until they change.

    Args:
        config: what the file system says of `tokenizer_config.json`.
        tokenizer: the same of `tokenizer.json`.
    """
    said = _object((folder / "tokenizer_config.json").read_text(encoding="utf-8")) if config else {}
    if said.get("add_eos_token") is True:
        return True
    return bool(tokenizer) and any(
        _ends(own) for own in _processors(_processor_in((folder / "tokenizer.json").read_text(encoding="utf-8")))
    )


def _processor_in(content: str) -> Any:
    """Decodes the post-processor alone: the vocabulary after it may take a second."""
    at = content.find(_PROCESSOR)
    if at < 0:
        return None
    try:
        return json.JSONDecoder().raw_decode(content[at + len(_PROCESSOR) :].lstrip())[0]
    except ValueError:
        return None


def _processors(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        yield found
        for inner in found.get("processors") or []:
            yield from _processors(inner)


def _ends(processor: dict[str, Any]) -> bool:
    """Whether a post-processor puts a token after a single text."""
    if processor.get("type") in {"BertProcessing", "RobertaProcessing"}:
        return True
    single = processor.get("single")
    return isinstance(single, list) and bool(single) and "SpecialToken" in single[-1]


def _object(content: str) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
