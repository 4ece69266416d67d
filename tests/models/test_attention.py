"""The implementation of attention: sdpa where an architecture has it, else its own default."""

from __future__ import annotations

import pytest
from transformers import AutoConfig, AutoModel

from emogeo.models.attention import attention_for, attention_used
from tests.models_table.configs import shrunk


@pytest.mark.parametrize(
    ("architecture", "asked", "used"),
    [
        ("llama", "sdpa", "sdpa"),
        ("qwen2_vl", "sdpa", "sdpa"),
        ("gemma2", None, "eager"),
        ("bloom", None, "eager"),
        ("gpt_oss", None, "eager"),
    ],
)
def test_sdpa_is_asked_for_where_there_is_one(architecture: str, asked: str | None, used: str) -> None:
    assert attention_for(AutoConfig.for_model(architecture)) == asked
    body = AutoModel.from_config(shrunk(architecture), attn_implementation=asked)
    assert attention_used(body) == used
