"""Passages become texts."""

from emogeo.stimuli.templates import Text, render


def test_plain_templates_leave_special_tokens_to_the_tokenizer() -> None:
    assert render(["a {b} c"], "<{passage}>", None) == [Text("<a {b} c>", special_tokens=True)]


def test_chat_templates_write_their_own_special_tokens() -> None:
    assert render(["x"], "{passage}?", lambda turn: Text(f"[{turn}]", False)) == [Text("[x?]", special_tokens=False)]
