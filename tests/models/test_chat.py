"""Chat turns equal the tokenizer's own rendering."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import AutoTokenizer

from emogeo.errors import WeightsError
from emogeo.models.chat import FIXED_DATE, chat_renderer
from emogeo.models.weights import resolve_weights
from tests.conftest import compose_train
from tests.tiny import write_tokenizer


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
