"""Labels and texts in messages."""

from __future__ import annotations

from emogeo.stimuli.messages import hint, listed, short


def test_what_messages_show() -> None:
    assert listed([]) == "none"
    assert listed([str(i) for i in range(26)]).endswith("22, 23 and 2 more")
    assert short("a\x1b[31m\n" + "b" * 60) == "a [31m " + "b" * 33 + "…"
    assert hint("x", ["happy"]) == ""
    assert hint("hapy", ["happy"]) == " Did you mean happy?"
