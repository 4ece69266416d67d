"""A model's own chat template, rendered without importing torch."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from emogeo.errors import WeightsError

Turn = Mapping[str, str]
"""`role` (user or assistant) and `content`."""
FIXED_DATE = "26 Jul 2024"
"""Llama 3 templates print the day; a fixed one keeps texts, and so keys, the same tomorrow."""


def chat_template(folder: Path) -> str | None:
    """The template in a tokenizer's folder, or None."""
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    template = _tokenizer_config(folder).get("chat_template")
    if isinstance(template, list):
        template = next((t["template"] for t in template if t["name"] == "default"), None)
    return template


def chat_renderer(folder: Path, name: str) -> Callable[[str], str]:
    """Renders one user turn up to where the assistant would answer.

    Raises:
        WeightsError: the tokenizer has no chat template.
    """
    conversation = conversation_renderer(folder, name)
    return lambda content: conversation([{"role": "user", "content": content}])


def conversation_renderer(folder: Path, name: str) -> Callable[[Sequence[Turn]], str]:
    """Renders turns up to where the assistant would answer or, if the last turn is its own, up to where that ends.

    Raises:
        WeightsError: the tokenizer has no chat template.
    """
    from transformers.utils.chat_template_utils import render_jinja_template

    template = chat_template(folder)
    if template is None:
        raise WeightsError(
            f"This prompt template needs a chat template, and the tokenizer of {name} has none. "
            "Type prompt_template.chat=false (steering.chat=false in mode=steering), or take an instruct model."
        )
    tokens = _special_tokens(folder)

    def render(turns: Sequence[Turn]) -> str:
        answered = turns[-1]["role"] == "assistant"
        rendered, _ = render_jinja_template(
            [[dict(turn) for turn in turns]],
            chat_template=template,
            add_generation_prompt=not answered,
            continue_final_message=answered,
            date_string=FIXED_DATE,
            **tokens,
        )
        return str(rendered[0])

    return render


def _tokenizer_config(folder: Path) -> dict[str, Any]:
    file = folder / "tokenizer_config.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _special_tokens(folder: Path) -> dict[str, str]:
    config = _tokenizer_config(folder)
    names = ("bos_token", "eos_token", "pad_token", "unk_token")
    values = {name: config.get(name) for name in names}
    contents = {name: v.get("content") if isinstance(v, dict) else v for name, v in values.items()}
    return {name: content for name, content in contents.items() if content is not None}
