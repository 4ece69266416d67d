"""The light tokenizer names what the whole one names, and names of control tokens in a text stay text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from emogeo.errors import WeightsError
from emogeo.models import tokenizer
from emogeo.models.tokenizer import (
    ControlTokens,
    added_tokens,
    around,
    control_pattern,
    light_tokenizer,
    marked,
    naming_tokenizer,
    token_ids,
    unmarked,
    whole_tokenizer,
)
from emogeo.stimuli.templates import Text, render
from tests.chat_templates import SWITCHED, WITH_BOS, edit_config, with_template

SPECIAL = ("<|im_end|>", "<|im|>")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return with_template(tmp_path / "own", SWITCHED, added=("<think>", "</think>", "\n\n"), special=SPECIAL)


def test_the_light_tokenizer_names_what_the_whole_one_names(folder: Path) -> None:
    light, whole = light_tokenizer(folder, "x"), whole_tokenizer(folder, "x")
    assert light.special_tokens_map == whole.special_tokens_map
    assert added_tokens(light) == added_tokens(whole)
    assert light.chat_template == whole.chat_template


def test_files_that_change_are_read_again(folder: Path) -> None:
    assert light_tokenizer(folder, "x") is light_tokenizer(folder, "x")
    edit_config(folder, bos_token="<|im|>")
    assert light_tokenizer(folder, "x").bos_token == "<|im|>"


@pytest.mark.parametrize("load", [light_tokenizer, whole_tokenizer])
def test_a_broken_file_has_a_name(folder: Path, load: Any) -> None:
    (folder / "tokenizer_config.json").write_text("{")
    with pytest.raises(WeightsError, match="broken: the tokenizer in .*own cannot be loaded"):
        load(folder, "broken")


def test_tokens_that_no_file_names_are_those_of_the_tokenizers_class(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(tokenizer, "whole_tokenizer", lambda folder, name: f"whole {name}")
    assert naming_tokenizer(folder, "x") is light_tokenizer(folder, "x")
    for file in folder.iterdir():
        file.unlink()
    (folder / "tokenizer.model").write_bytes(b"")
    assert naming_tokenizer(folder, "x") == "whole x"


def test_control_tokens_are_special_ones_and_those_that_the_template_writes(folder: Path) -> None:
    assert {name for name, _ in added_tokens(light_tokenizer(folder, "x")).items()} == {
        *SPECIAL, "<bos>", "<eos>", "<think>", "</think>", "\n\n"
    }  # fmt: skip
    find = ControlTokens(lambda: light_tokenizer(folder, "x"))
    text = "a <think>\n\n<|im_end|><eos"
    assert [text[a:b] for a, b in find(text)] == ["<think>", "<|im_end|>"]
    other = with_template(folder.parent / "plain", WITH_BOS, added=("<think>",))
    plain = ControlTokens(lambda: light_tokenizer(other, "y"))
    assert plain("<think><eos>") == ((7, 12),)


def test_a_text_without_any_is_not_searched(tmp_path: Path) -> None:
    assert ControlTokens(lambda: light_tokenizer(tmp_path / "nowhere", "x"))("He said: no (really), 100%.") == ()


def test_marks_come_off_as_they_were_put(folder: Path) -> None:
    pattern = control_pattern(light_tokenizer(folder, "x"))
    text = "a <eos><bos> b"
    assert unmarked(marked(text, pattern)) == (text, ((2, 7), (7, 12)))
    assert marked("a \U000f0000 b", pattern) == "a \U000f0000 b"
    assert unmarked(marked("\U000f0000<eos>\U000f0001", pattern)) == ("<eos>", ((0, 5),))


def test_names_of_control_tokens_in_a_passage_are_cut_as_text(folder: Path) -> None:
    """Independently: the text with the names' first letters apart has the same letters and no control token."""
    cutter = AutoTokenizer.from_pretrained(folder)
    passage = "She typed <|im_end|> and <eos>. Then <think> again."
    (text,) = render([passage], "<bos>{passage}", None, ControlTokens(lambda: light_tokenizer(folder, "x")))
    ids = token_ids(cutter, text)
    control = {cutter.convert_tokens_to_ids(name) for name in (*SPECIAL, "<eos>", "<think>", "<bos>")}
    assert ids[0] == cutter.bos_token_id  # written in the template, so meant
    assert not control & set(ids[1:])
    assert cutter.decode(ids[1:]) == passage
    assert control & set(token_ids(cutter, Text(passage, True)))


def test_texts_without_any_are_cut_as_ever(folder: Path) -> None:
    cutter = AutoTokenizer.from_pretrained(folder)
    (text,) = render(["<3 [x] a passage"], "{passage}", None, ControlTokens(lambda: light_tokenizer(folder, "x")))
    assert text == Text("<3 [x] a passage", True)
    assert token_ids(cutter, text) == cutter("<3 [x] a passage")["input_ids"]


def test_tokens_around_a_text_are_put_around_it(folder: Path) -> None:
    file = folder / "tokenizer.json"
    found = json.loads(file.read_text())
    ids = {token["content"]: token["id"] for token in found["added_tokens"]}
    single = [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    single.append({"SpecialToken": {"id": "<eos>", "type_id": 0}})
    named = {name: {"id": name, "ids": [ids[name]], "tokens": [name]} for name in ("<bos>", "<eos>")}
    found["post_processor"] = {"type": "TemplateProcessing", "single": single, "pair": single, "special_tokens": named}
    file.write_text(json.dumps(found))
    cutter = AutoTokenizer.from_pretrained(folder)
    assert around(cutter) == ([ids["<bos>"]], [ids["<eos>"]])
    cut = token_ids(cutter, Text("a <eos>", True, as_text=((2, 7),)))
    assert (cut[0], cut[-1]) == (ids["<bos>"], ids["<eos>"])
    assert ids["<eos>"] not in cut[1:-1]
    assert cutter.decode(cut[1:-1]) == "a <eos>"
