"""Chat turns equal the tokenizer's own rendering."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from emogeo.errors import WeightsError
from emogeo.models.chat import FIXED_DATE, chat_renderer, conversation_renderer
from emogeo.models.weights.resolve import resolve_weights
from tests.conftest import compose_train
from tests.tiny import CHAT, write_tokenizer


@pytest.mark.weights
def test_the_default_models_turn_equals_the_tokenizers() -> None:
    config = compose_train()
    folder = resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser()).folder
    wanted = AutoTokenizer.from_pretrained(folder).apply_chat_template(
        [{"role": "user", "content": "How is she?"}], tokenize=False, add_generation_prompt=True
    )
    assert chat_renderer(folder, "default")("How is she?") == wanted
    assert wanted.endswith("<|im_start|>assistant\n")


def test_the_date_is_fixed(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, "{{ date_string or strftime_now('%d') }}|{{ bos_token }}|{{ messages[0].content }}")
    assert chat_renderer(tmp_path, "x")("hi") == f"{FIXED_DATE}|<bos>|hi"


def test_no_template(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, None)
    with pytest.raises(WeightsError, match="tokenizer of base has none"):
        chat_renderer(tmp_path, "base")


def test_a_conversation_goes_on_where_its_opening_ends(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, CHAT)
    render = conversation_renderer(tmp_path, "x")
    turns = [{"role": "user", "content": "A or B?"}, {"role": "assistant", "content": "B"}]
    assert render(turns[:1]) == "<bos><user>A or B?<assistant>" == chat_renderer(tmp_path, "x")("A or B?")
    assert render(turns) == "<bos><user>A or B?<assistant>B"
    pressed = [*turns, {"role": "user", "content": "Sure?"}]
    assert render(pressed) == "<bos><user>A or B?<assistant>B<user>Sure?<assistant>"


@pytest.mark.weights
def test_the_default_models_answers_stand_where_it_would_answer() -> None:
    config = compose_train()
    folder = resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser()).folder
    render = conversation_renderer(folder, "default")
    turns = [{"role": "user", "content": "A or B?"}]
    assert render([*turns, {"role": "assistant", "content": "A"}]) == render(turns) + "A"
