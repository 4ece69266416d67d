"""Chat templates in the shapes that models have, and tokenizers that carry them."""

from __future__ import annotations

import json
from pathlib import Path

from transformers import PreTrainedTokenizerFast

from tests.tiny import write_tokenizer

TURNS = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}"
ASKS = "{% if add_generation_prompt %}<assistant>{% endif %}"
WITH_BOS = "{{ bos_token }}" + TURNS + ASKS
PARTS = (
    "{% for m in messages %}<{{ m.role }}>{% for p in m.content %}{% if p.type == 'text' %}{{ p.text }}{% endif %}"
    "{% endfor %}{% endfor %}" + ASKS
)
REFUSES_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}" + WITH_BOS
)
LAST_ALONE = "<user>{{ messages[-1].content }}" + ASKS
SWALLOWS = "<user>{% if add_generation_prompt %}<assistant>{% endif %}"
MALFORMED = "{% for m in messages %}{{ m.content }}"
TODAY = "<day>{{ strftime_now('%d %B %Y') }}" + TURNS + ASKS
BRITISH = "{% for m in messages %}<{{ m.role }}>{{ m.content | replace('z', 's') }}{% endfor %}" + ASKS

SWITCHED = (  # thinking can be turned off: an empty thought is written for the model
    TURNS + "{% if add_generation_prompt %}<assistant>\n"
    "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
SWITCHED_ONLY_WHERE_ASKED = (  # earlier answers stand without a thought
    "{% if enable_thinking is not defined %}{% set enable_thinking = true %}{% endif %}"
    "{% for m in messages %}<{{ m.role }}>\n{{ m.content }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>\n{% if not enable_thinking %}<think>\n\n</think>\n{% endif %}{% endif %}"
)
EFFORT = (
    "{% if reasoning_effort is not defined %}{% set reasoning_effort = 'high' %}{% endif %}"
    "{% if reasoning_effort not in ['none', 'high'] %}{{ raise_exception('effort') }}{% endif %}"
    "<effort>{{ reasoning_effort }}"
    "{% for m in messages %}<{{ m.role }}>{{ m.content.split('[/THINK]')[-1] }}{% endfor %}" + ASKS
)
ALWAYS = (  # a thought is open wherever the model answers, and taken out of earlier answers
    "{% for m in messages %}<{{ m.role }}>{{ m.content.split('</think>')[-1] }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant><think>\n{% endif %}"
)
CHANNELS = (
    "{% for m in messages %}<|start|>{{ m.role }}"
    "{% if m.role == 'assistant' %}<|channel|>final{% endif %}<|message|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant{% endif %}{# <|channel|>analysis<|message|> and"
    " <|channel|>final<|message|> #}"
)


def with_template(folder: Path, template: object, added: tuple[str, ...] = (), special: tuple[str, ...] = ()) -> Path:
    """Writes a tiny tokenizer with a template (or several by name) and more added tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    write_tokenizer(folder, None)
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    tokenizer.add_tokens(list(added))
    tokenizer.add_special_tokens({"extra_special_tokens": list(special)})
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    return folder


def edit_config(folder: Path, **fields: object) -> None:
    """Changes fields of tokenizer_config.json; None takes one out."""
    file = folder / "tokenizer_config.json"
    found = {**json.loads(file.read_text()), **fields}
    file.write_text(json.dumps({name: value for name, value in found.items() if value is not None}))


OPENS_ALONE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant><think>\n"
"""Opens a thought in plain letters and never writes an end."""
