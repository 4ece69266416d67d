"""A model's own chat template, rendered by transformers' own `apply_chat_template` without importing torch."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from emogeo.config.texts import Thinking
from emogeo.errors import StimuliError, WeightsError, first_line
from emogeo.models.patience import within
from emogeo.models.thinking import Policy, closed, is_open, policy_of, variables
from emogeo.models.tokenizer import added_tokens, control_pattern, marked, naming_tokenizer, unmarked, whole_tokenizer
from emogeo.stimuli.templates import Places, Text

log = logging.getLogger(__name__)
Turn = Mapping[str, str]
"""`role` (user or assistant) and `content`."""
FIXED_DATE = "26 Jul 2024"
"""The day that every template is told; a fixed one keeps texts, and so keys, the same tomorrow."""
_SECONDS = 10.0
"""The processor time that a template has for one conversation; it takes milliseconds."""
_FIXED_NOW = datetime(2024, 7, 26)
_INSTEAD = (
    "Type prompt_template.chat=false (steering.chat=false in mode=steering), or take an instruct "
    "model whose template can be used."
)
_AS_DATA = re.compile(r"""['"]type['"]: *['"]text['"]""")
"""How a list of parts looks that a template prints as it is."""
_PROBE = "Which day follows the third of May?"


def has_chat_template(folder: Path) -> bool:
    """Says whether a tokenizer's folder holds a chat template."""
    if (folder / "chat_template.jinja").is_file() or any(folder.glob("additional_chat_templates/*.jinja")):
        return True
    return bool(_json(folder / "tokenizer_config.json").get("chat_template") or _of_processor(folder))


def _of_processor(folder: Path) -> str | None:
    """The template that a model of texts and images has beside its tokenizer."""
    return _json(folder / "chat_template.json").get("chat_template")


def _json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise WeightsError(f"{file} is not JSON ({error}).") from error
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Chat:
    """A chat template with all that it is given: turns go in, and a text for the tokenizer comes out."""

    name: str
    """What the model is called."""
    tokenizer: Any = field(repr=False)
    template: str
    thinking: Policy
    control: re.Pattern[str]
    """The names of control tokens."""
    as_parts: bool = False
    """Whether the template takes the content of a turn as a list of parts."""

    def __call__(self, content: str) -> Text:
        """Renders one user turn up to where the assistant would answer.

        Raises:
            WeightsError, StimuliError: see `conversation`.
        """
        return self.conversation([{"role": "user", "content": content}])

    def conversation(self, turns: Sequence[Turn]) -> Text:
        """Renders turns up to where the assistant would answer or, if the last is its own, up to where that ends.

        Names of control tokens in a turn's content stay ordinary text.

        Raises:
            WeightsError: the template refuses the turns, or leaves one out.
            StimuliError: the template changes a turn's content.
        """
        if len(turns) > 1:
            self._refuse_dropped(turns)
        answered = turns[-1]["role"] == "assistant"
        content, places = self._answered(turns) if answered else self._whole(turns, add_generation_prompt=True)
        return Text(content, special_tokens=False, as_text=places, thought=self.thinking.stripped)

    def _answered(self, turns: Sequence[Turn]) -> tuple[str, Places]:
        """Renders an answer where a thinking model would give it: after its thought, which is empty."""
        continued, places = self._whole(turns, continue_final_message=True)
        markers = self.thinking.markers
        if markers is None:
            return continued, places
        before, own = self._whole(turns[:-1], add_generation_prompt=True)
        if continued.startswith(before) and not is_open(markers, before):
            return continued, places
        answer, named = unmarked(marked(turns[-1]["content"], self.control))
        before = closed(markers, before)
        return before + answer, (*own, *((len(before) + a, len(before) + b) for a, b in named))

    def _whole(self, turns: Sequence[Turn], **options: bool) -> tuple[str, Places]:
        """Renders turns, each of whose contents must be in what is rendered, in their order."""
        given = [{**turn, "content": marked(turn["content"], self.control)} for turn in turns]
        rendered = self._rendered(given, **options)
        lost = _lost(given, rendered)
        if lost is not None:
            raise StimuliError(
                f"The chat template of {self.name} does not print this text as it stands: "
                f"{turns[lost]['content'][:60]!r}. Change the text, or type prompt_template.chat=false."
            )
        return unmarked(rendered)

    def _refuse_dropped(self, turns: Sequence[Turn]) -> None:
        """Refuses a template that leaves turns out; contents as short as a label would be found anywhere."""
        probes = [{"role": turn["role"], "content": f"{_PROBE} ({n})"} for n, turn in enumerate(turns)]
        answered = turns[-1]["role"] == "assistant"
        lost = _lost(
            probes, self._rendered(probes, add_generation_prompt=not answered, continue_final_message=answered)
        )
        if lost is not None:
            raise WeightsError(
                f"The chat template of {self.name} leaves out turn {lost + 1} of {len(turns)} (of the "
                f"{turns[lost]['role']}), so a conversation of {len(turns)} turns cannot be had with it."
            )

    def _rendered(self, turns: Sequence[Turn], **options: bool) -> str:
        given = [self._message(turn) for turn in turns]
        try:
            with _clock_stands_still(), within(_SECONDS):
                return str(
                    self.tokenizer.apply_chat_template(
                        given,
                        chat_template=self.template,
                        tokenize=False,
                        date_string=FIXED_DATE,
                        **self.thinking.options,
                        **options,
                    )
                )
        except Exception as error:  # a template is somebody's program, and fails in its own ways
            raise WeightsError(self._reason(error, [turn["role"] for turn in turns])) from error

    def _message(self, turn: Turn) -> dict[str, Any]:
        content = [{"type": "text", "text": turn["content"]}] if self.as_parts else turn["content"]
        return {**turn, "content": content}

    def _reason(self, error: Exception, roles: Sequence[str]) -> str:
        from jinja2 import TemplateSyntaxError

        said = first_line(error)
        if isinstance(error, TemplateSyntaxError):
            return f"The chat template of {self.name} is malformed (line {error.lineno}: {said}). {_INSTEAD}"
        return f"The chat template of {self.name} refuses the turns {', '.join(roles)}: {said} {_INSTEAD}"


def _lost(turns: Sequence[Turn], rendered: str) -> int | None:
    """Finds the first turn whose content, but for blanks around it, does not follow that of the turn before."""
    at = 0
    for n, turn in enumerate(turns):
        content = turn["content"].strip()
        found = rendered.find(content, at)
        if found < 0:
            return n
        at = found + len(content)
    return None


@contextmanager
def _clock_stands_still() -> Iterator[None]:
    """Gives templates that ask for the day (`strftime_now`) the fixed one."""
    from transformers.utils import chat_template_utils

    class Still(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Still:
            return cls(_FIXED_NOW.year, _FIXED_NOW.month, _FIXED_NOW.day, tzinfo=tz)

    running = chat_template_utils.datetime
    chat_template_utils.datetime = Still
    try:
        yield
    finally:
        chat_template_utils.datetime = running


def chat_of(folder: Path, name: str, thinking: Thinking | None = None) -> Chat:
    """Reads a folder's chat template, and tries it on one turn.

    Args:
        name: what the model is called.
        thinking: what becomes of thoughts; None to turn them off where the template can, else to strip them.

    Raises:
        WeightsError: no template, none that is the usual one, or one that is malformed, refuses a user's turn or does
            not print it.
        ConfigError: what is to become of thoughts cannot be, or does nothing; see `policy_of`.
    """
    tokenizer = naming_tokenizer(folder, name)
    template = _template(tokenizer, folder, name)
    wanted = variables(template) & set(tokenizer.SPECIAL_TOKENS_ATTRIBUTES)
    if wanted - set(tokenizer.special_tokens_map):  # a token that the tokenizer's class may name
        tokenizer = whole_tokenizer(folder, name)
    policy = policy_of(template, added_tokens(tokenizer), thinking, name)
    chat = _tried(Chat(name, tokenizer, template, policy, control_pattern(tokenizer)))
    _say_what_opens(chat)
    return chat


def _template(tokenizer: Any, folder: Path, name: str) -> str:
    templates = tokenizer.chat_template or _of_processor(folder)
    if not templates:
        raise WeightsError(
            f"This prompt template needs a chat template, and the tokenizer of {name} has none. {_INSTEAD}"
        )
    if isinstance(templates, dict) and "default" not in templates:
        raise WeightsError(
            f"The tokenizer of {name} has chat templates for {', '.join(sorted(templates))}, and none that is called "
            f"default. {_INSTEAD}"
        )
    return str(templates["default"] if isinstance(templates, dict) else templates)


def _tried(chat: Chat) -> Chat:
    """Gives the chat with contents in the form that its template prints: as a string or, failing that, as parts."""
    turns, refused = [{"role": "user", "content": _PROBE}], None
    for own in (chat, replace(chat, as_parts=True)):
        try:
            rendered = own._rendered(turns, add_generation_prompt=True)
            if rendered != own._rendered(turns, add_generation_prompt=True):
                raise WeightsError(f"The chat template of {chat.name} prints something else every time. {_INSTEAD}")
            if _lost(turns, rendered) is None and not _AS_DATA.search(rendered):
                return own
        except WeightsError as error:
            refused = refused or error
    raise refused or WeightsError(f"The chat template of {chat.name} does not print what the user says. {_INSTEAD}")


def _say_what_opens(chat: Chat) -> None:
    """Warns of a template that opens a thought although none is wanted."""
    markers = chat.thinking.stripped
    if markers is not None and is_open(markers, chat(_PROBE).content):
        log.warning(
            "%s: its chat template opens a thought (%s) whatever is asked. What it writes is read from where the "
            "thought ends; a text whose thought does not end is empty.",
            chat.name,
            markers.opens,
        )
