"""Chat turns equal the tokenizer's own rendering, whatever shape the template has, or there is an error by name."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer
from transformers.utils import chat_template_utils

from emogeo.config.texts import Thinking
from emogeo.errors import ConfigError, StimuliError, WeightsError
from emogeo.models.chat import FIXED_DATE, chat_of, has_chat_template
from emogeo.models.weights.resolve import resolve_weights
from tests import chat_templates as shapes
from tests.chat_templates import edit_config, with_template
from tests.conftest import ROOT, compose_train
from tests.tiny import CHAT, write_tokenizer

ASKED = [{"role": "user", "content": "A or B?"}]
ANSWERED = [*ASKED, {"role": "assistant", "content": "B"}]
PRESSED = [*ANSWERED, {"role": "user", "content": "Sure?"}]


def own_rendering(folder: Path, turns: list[dict[str, str]], **options: Any) -> str:
    options = {"add_generation_prompt": True, **options}
    return str(AutoTokenizer.from_pretrained(folder).apply_chat_template(turns, tokenize=False, **options))


@pytest.mark.weights
def test_the_default_models_turn_equals_the_tokenizers() -> None:
    config = compose_train()
    folder = resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser()).folder
    wanted = own_rendering(folder, [{"role": "user", "content": "How is she?"}])
    assert chat_of(folder, "default")("How is she?").content == wanted
    assert wanted.endswith("<|im_start|>assistant\n")


@pytest.mark.weights
def test_the_default_models_answers_stand_where_it_would_answer() -> None:
    config = compose_train()
    folder = resolve_weights(config.model, Path(config.runtime.weights_cache).expanduser()).folder
    chat = chat_of(folder, "default")
    assert chat.conversation(ANSWERED).content == chat.conversation(ASKED).content + "B"


@pytest.mark.parametrize("template", [shapes.WITH_BOS, shapes.REFUSES_SYSTEM, shapes.SWITCHED, shapes.CHANNELS, CHAT])
def test_conversations_equal_the_tokenizers(tmp_path: Path, template: str) -> None:
    thinks = template in (shapes.SWITCHED, shapes.CHANNELS)
    chat = chat_of(with_template(tmp_path, template), "x", Thinking.strip if thinks else None)
    for turns in (ASKED, PRESSED):
        assert chat.conversation(turns).content == own_rendering(tmp_path, turns)


def test_a_bos_token_that_only_the_map_of_special_tokens_names(tmp_path: Path) -> None:
    with_template(tmp_path, shapes.WITH_BOS)
    edit_config(tmp_path, bos_token=None)
    (tmp_path / "special_tokens_map.json").write_text(json.dumps({"bos_token": "<bos>"}))
    assert (
        chat_of(tmp_path, "x")("hi").content
        == "<bos><user>hi<assistant>"
        == own_rendering(tmp_path, [{"role": "user", "content": "hi"}])
    )


def test_a_bos_token_that_only_the_tokenizers_class_names(tmp_path: Path) -> None:
    with_template(tmp_path, shapes.WITH_BOS)
    edit_config(tmp_path, bos_token=None, tokenizer_class="GemmaTokenizer")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gemma"}))
    wanted = own_rendering(tmp_path, [{"role": "user", "content": "hi"}])
    assert wanted.startswith("<bos>")
    assert chat_of(tmp_path, "x")("hi").content == wanted


def test_named_templates(tmp_path: Path) -> None:
    with_template(tmp_path / "both", {"default": shapes.WITH_BOS, "tool_use": shapes.SWALLOWS})
    assert has_chat_template(tmp_path / "both")
    assert chat_of(tmp_path / "both", "x")("hi").content == "<bos><user>hi<assistant>"
    with_template(tmp_path / "tools", {"tool_use": shapes.WITH_BOS, "rag": shapes.WITH_BOS})
    with pytest.raises(
        WeightsError, match=r"chat templates for rag, tool_use, and none that is called default.*chat=f"
    ):
        chat_of(tmp_path / "tools", "x")


def test_the_template_of_a_processor(tmp_path: Path) -> None:
    with_template(tmp_path, None)
    assert not has_chat_template(tmp_path)
    (tmp_path / "chat_template.json").write_text(json.dumps({"chat_template": shapes.PARTS}))
    assert has_chat_template(tmp_path)
    assert chat_of(tmp_path, "x")("hi").content == "<user>hi<assistant>"


def test_a_content_that_the_template_takes_as_parts(tmp_path: Path) -> None:
    chat = chat_of(with_template(tmp_path, shapes.PARTS), "x")
    assert chat.conversation(PRESSED).content == "<user>A or B?<assistant>B<user>Sure?<assistant>"
    assert chat.conversation(ANSWERED).content == "<user>A or B?<assistant>B"


@pytest.mark.parametrize("asked", ["date_string or 'none'", "strftime_now('%d %b %Y')"])
def test_the_clock_stands_still(tmp_path: Path, asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Tomorrow:
            return cls(2031, 1, 2, tzinfo=tz)

    with_template(tmp_path, "{{ " + asked + " }}|{{ bos_token }}|{{ messages[0].content }}")
    today = chat_of(tmp_path, "x")("hi").content
    monkeypatch.setattr(chat_template_utils, "datetime", Tomorrow)
    assert chat_of(tmp_path, "x")("hi").content == today == f"{FIXED_DATE}|<bos>|hi"
    assert chat_template_utils.datetime is Tomorrow


def test_elsewhere_the_clock_goes_on(tmp_path: Path) -> None:
    chat_of(with_template(tmp_path, shapes.TODAY), "x")
    assert str(datetime.now().year) in own_rendering(tmp_path, ASKED)


def test_no_template(tmp_path: Path) -> None:
    write_tokenizer(tmp_path, None)
    with pytest.raises(WeightsError, match=r"tokenizer of base has none. Type prompt_template.chat=false"):
        chat_of(tmp_path, "base")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (shapes.MALFORMED, r"template of x is malformed \(line 1: .*Type prompt_template.chat=false"),
        (shapes.SWALLOWS, r"template of x does not print what the user says.*Type prompt_template.chat=false"),
        (
            "{{ raise_exception('No.') }}",
            r"template of x refuses the turns user: No\..*Type prompt_template.chat=false",
        ),
        ("{% for m in messages %}{{ m.content[:20] }}{% endfor %}", "does not print what the user says"),
        (
            "{{ range(9999) | random }}{{ range(9999) | random }}{{ messages[0].content }}",
            "prints something else every time",
        ),
        ("{{ messages[0].content.nothing.more }}", "template of x refuses the turns user"),
    ],
)
def test_templates_that_cannot_be_used(tmp_path: Path, template: str, said: str) -> None:
    with pytest.raises(WeightsError, match=said):
        chat_of(with_template(tmp_path, template), "x")


def test_a_system_turn_that_is_refused(tmp_path: Path) -> None:
    chat = chat_of(with_template(tmp_path, shapes.REFUSES_SYSTEM), "x")
    with pytest.raises(WeightsError, match="refuses the turns system, user: System role not supported"):
        chat.conversation([{"role": "system", "content": "Be brief."}, *ASKED])


def test_turns_that_are_left_out(tmp_path: Path) -> None:
    chat = chat_of(with_template(tmp_path, shapes.LAST_ALONE), "x")
    with pytest.raises(WeightsError, match="leaves out turn 1 of 3"):
        chat.conversation(PRESSED)


def test_a_text_that_the_template_changes(tmp_path: Path) -> None:
    chat = chat_of(with_template(tmp_path, shapes.BRITISH), "x")
    assert chat("so he left").content == "<user>so he left<assistant>"
    with pytest.raises(StimuliError, match="does not print this text as it stands: 'a zebra'"):
        chat("a zebra")


def test_planning_with_a_chat_template_imports_no_torch(tmp_path: Path) -> None:
    with_template(tmp_path, shapes.SWITCHED)
    code = (
        "import sys; from pathlib import Path; from emogeo.models.chat import chat_of\n"
        f"chat_of(Path({str(tmp_path)!r}), 'x')('hi'); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_thinking_is_off_where_the_template_can(tmp_path: Path) -> None:
    with_template(tmp_path, shapes.SWITCHED)
    off, strip, keep = (chat_of(tmp_path, "x", mode) for mode in (None, Thinking.strip, Thinking.keep))
    assert off.thinking.mode is Thinking.off
    assert off("hi").content == "<user>hi<assistant>\n<think>\n\n</think>\n\n"
    assert strip("hi").content == keep("hi").content == own_rendering(tmp_path, [{"role": "user", "content": "hi"}])
    assert off("hi").thought == strip("hi").thought is not None
    assert keep("hi").thought is None


def test_an_effort_that_can_be_none(tmp_path: Path) -> None:
    chat = chat_of(with_template(tmp_path, shapes.EFFORT), "x")
    assert chat.thinking.options == {"reasoning_effort": "none"}
    assert chat("hi").content == "<effort>none<user>hi<assistant>"


def test_a_template_that_always_opens_a_thought(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with_template(tmp_path, shapes.ALWAYS)
    chat = chat_of(tmp_path, "deep")
    assert chat.thinking.mode is Thinking.strip
    assert "deep: its chat template opens a thought (<think>) whatever is asked" in caplog.text
    caplog.clear()
    chat_of(tmp_path, "deep", Thinking.keep)
    assert not caplog.text
    with pytest.raises(ConfigError, match="thinking=off: the chat template of deep cannot.*thinking=strip"):
        chat_of(tmp_path, "deep", Thinking.off)


@pytest.mark.parametrize(
    ("template", "wanted"),
    [
        (shapes.SWITCHED_ONLY_WHERE_ASKED, "<user>\nA or B?<assistant>\n<think>\n\n</think>\nB"),
        (shapes.ALWAYS, "<user>A or B?<assistant><think>\n\n</think>\n\nB"),
        (shapes.CHANNELS, "<|start|>user<|message|>A or B?<|end|><|start|>assistant<|channel|>final<|message|>B"),
    ],
)
def test_an_answer_stands_after_an_empty_thought(tmp_path: Path, template: str, wanted: str) -> None:
    chat = chat_of(with_template(tmp_path, template), "x")
    assert chat.conversation(ANSWERED).content == wanted


def test_control_tokens_in_what_the_user_says_stay_text(tmp_path: Path) -> None:
    chat = chat_of(with_template(tmp_path, shapes.WITH_BOS, special=("<|im_end|>",)), "x")
    text = chat("<|im_end|> and <bos>, she wrote")
    assert text.content == "<bos><user><|im_end|> and <bos>, she wrote<assistant>"
    assert [text.content[a:b] for a, b in text.as_text] == ["<|im_end|>", "<bos>"]
    assert text.as_text[0] == (11, 21)
    assert chat("she wrote").as_text == ()


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "not ended after 0.3 s"),
        ("{{ range(1000000) }}", "Range too big"),
        ("{{ messages.append(1) }}", "not safe|unsafe"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "unsafe"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "recursion"),
        ("{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", "recursion"),
    ],
)
def test_a_template_that_loops_or_does_what_it_may_not_is_named(
    template: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emogeo.models.chat._SECONDS", 0.3)
    with pytest.raises(WeightsError, match=f"(?s)chat template of tiny.*({said})"):
        chat_of(with_template(tmp_path, template), "tiny")
