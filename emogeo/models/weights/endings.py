"""Whether a tokenizer puts a special token after a text, told from its files without loading it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PROCESSOR = '"post_processor":'


def puts_token_after(folder: Path) -> bool:
    """Whether the tokenizer in a folder ends every text with a special token, as its files say."""
    config = folder / "tokenizer_config.json"
    if config.is_file() and _object(config.read_text(encoding="utf-8")).get("add_eos_token") is True:
        return True
    file = folder / "tokenizer.json"
    return file.is_file() and any(_ends(own) for own in _processors(_processor_in(file.read_text(encoding="utf-8"))))


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
