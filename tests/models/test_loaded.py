"""Texts become tokens without what a tokenizer puts after them."""

from __future__ import annotations

from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast

from emogeo.models.loaded import LoadedModel
from emogeo.stimuli.templates import Text
from tests.models.lent import lent

SPECIAL = [("<bos>", 0), ("<eos>", 1)]


def test_a_token_before_a_text_stays_and_one_after_it_goes() -> None:
    plain = lent("llama")
    own = PreTrainedTokenizerFast(tokenizer_object=plain.tokenizer._tokenizer, bos_token="<bos>", eos_token="<eos>")
    own._tokenizer.post_processor = TemplateProcessing(single="<bos> $A <eos>", special_tokens=SPECIAL)
    model = LoadedModel(plain.body, own)
    cut = model.tokenize(Text("A letter", False))
    assert model.ending == [1]
    assert model.tokenize(Text("A letter", True)) == [0, *cut]
    assert model.tokenize(Text("A letter", True, (7, 1))) == [0, 7, 1], "tokens that are known are left as they are"
    assert model.attention == "sdpa"
