"""A tokenizer's files say whether it ends texts with a special token, as the tokenizer itself does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers.processors import BertProcessing, ByteLevel, RobertaProcessing, Sequence, TemplateProcessing
from transformers import AutoTokenizer

from emogeo.models.weights.endings import puts_token_after
from tests.tiny import write_tokenizer

SPECIAL = [("<bos>", 0), ("<eos>", 1)]
PROCESSORS = {
    "none": (None, False),
    "begins": (TemplateProcessing(single="<bos> $A", special_tokens=SPECIAL), False),
    "ends": (TemplateProcessing(single="$A <eos>", special_tokens=SPECIAL), True),
    "both": (TemplateProcessing(single="<bos> $A <eos>", special_tokens=SPECIAL), True),
    "bert": (BertProcessing(("<eos>", 1), ("<bos>", 0)), True),
    "roberta": (RobertaProcessing(("<eos>", 1), ("<bos>", 0)), True),
    "bytes": (ByteLevel(), False),
    "a sequence": (Sequence([ByteLevel(), TemplateProcessing(single="$A <eos>", special_tokens=SPECIAL)]), True),
}


@pytest.mark.parametrize("name", PROCESSORS)
def test_the_files_say_what_the_tokenizer_does(name: str, tmp_path: Path) -> None:
    processor, wanted = PROCESSORS[name]
    write_tokenizer(tmp_path, None)
    own = AutoTokenizer.from_pretrained(tmp_path)
    if processor is not None:
        own._tokenizer.post_processor = processor
    own.save_pretrained(tmp_path)
    whole, plain = (AutoTokenizer.from_pretrained(tmp_path)("a", add_special_tokens=add) for add in (True, False))
    assert (whole["input_ids"][-1] != plain["input_ids"][-1]) is wanted
    assert puts_token_after(tmp_path) is wanted


def test_the_older_way_of_saying_so(tmp_path: Path) -> None:
    assert not puts_token_after(tmp_path)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"add_eos_token": True}))
    assert puts_token_after(tmp_path)
    (tmp_path / "tokenizer_config.json").write_text("broken")
    (tmp_path / "tokenizer.json").write_text('{"post_processor": {"type": ')
    assert not puts_token_after(tmp_path)


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    config = tmp_path / "tokenizer_config.json"
    assert not puts_token_after(tmp_path)
    config.write_text('{"add_eos_token": true}')
    assert puts_token_after(tmp_path)
    config.write_text('{"add_eos_token": false}')
    assert not puts_token_after(tmp_path)
