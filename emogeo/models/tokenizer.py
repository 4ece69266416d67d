"""A tokenizer as far as planning needs it: its templates and the names of its control tokens, without a vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from emogeo.errors import StimuliError, WeightsError, first_line
from emogeo.stimuli.templates import Places, Text

LOCAL = {"trust_remote_code": False, "local_files_only": True}
"""Options of every `from_pretrained`: no code of the folder's own, nothing from the hub."""
_MAY_NAME_ONE = re.compile(r"[<>\[\]{}|｜◁▷]")
"""The names of control tokens have one of these characters; a text without any is not searched for them."""
_OPEN, _CLOSE = "\U000f0000", "\U000f0001"
"""Characters without a meaning, which mark names of control tokens while a template is rendered."""


def light_tokenizer(folder: Path, name: str) -> Any:
    """Loads a folder's tokenizer without its vocabulary, so without importing torch.

    It has the special tokens that the files name, and renders chat templates as the whole one does.

    Args:
        name: what the model is called, for the message.

    Raises:
        WeightsError: files that transformers cannot read.
    """
    files = sorted(file for pattern in ("*.json", "*.jinja", "*/*.jinja") for file in folder.glob(pattern))
    return _light(folder, name, tuple((file, *_told(file)) for file in files))


def _told(file: Path) -> tuple[int, ...]:
    """Gives what the file system says of a file's content: its size, its times, its inode."""
    found = file.stat()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


@lru_cache(maxsize=8)
def _light(folder: Path, name: str, _files: tuple[Any, ...]) -> Any:
    try:
        return _light_class().from_pretrained(folder, **LOCAL)
    except Exception as error:  # whatever a broken file does to transformers
        raise _unreadable(folder, name, error) from error


@cache
def _light_class() -> type[Any]:
    from transformers.tokenization_utils_base import PreTrainedTokenizerBase

    class LightTokenizer(PreTrainedTokenizerBase):  # type: ignore[misc]
        """A tokenizer that cannot cut a text."""

        added_tokens_decoder: dict[int, Any] = {}  # noqa: RUF012  as the base class has it
        added_tokens_encoder: dict[str, int] = {}  # noqa: RUF012

    return LightTokenizer


def whole_tokenizer(folder: Path, name: str) -> Any:
    """Loads a folder's tokenizer by the class that transformers chooses for it; this imports torch.

    Raises:
        WeightsError: files that transformers cannot read.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, **LOCAL)
    except Exception as error:  # whatever a broken file does to transformers
        raise _unreadable(folder, name, error) from error


def naming_tokenizer(folder: Path, name: str) -> Any:
    """Loads the light tokenizer or, where the files name no token but in a vocabulary, the whole one.

    Raises:
        WeightsError: files that transformers cannot read.
    """
    light = light_tokenizer(folder, name)
    return light if added_tokens(light) else whole_tokenizer(folder, name)


def _unreadable(folder: Path, name: str, error: Exception) -> WeightsError:
    return WeightsError(f"{name}: the tokenizer in {folder} cannot be loaded: {first_line(error)}")


def added_tokens(tokenizer: Any) -> dict[str, bool]:
    """Gives the names of all added tokens, and whether each is special."""
    listed = tokenizer.added_tokens_decoder or tokenizer.init_kwargs.get("added_tokens_decoder") or {}
    added = {str(token.content): bool(token.special) for token in listed.values()}
    named = [*tokenizer.special_tokens_map.values(), *map(str, tokenizer.extra_special_tokens or [])]
    return {**added, **dict.fromkeys(named, True)}


class ControlTokens:
    """Finds names of control tokens in a text; the tokenizer is read when a text may have one.

    Control tokens are special tokens, and added ones that the chat template writes, but for blanks.
    """

    def __init__(self, tokenizer: Callable[[], Any]) -> None:
        self._tokenizer = tokenizer

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return control_pattern(self._tokenizer())

    def __call__(self, text: str) -> Places:
        """Gives the places of such names, from the first on; of two that begin at one place, the longer one's."""
        if not _MAY_NAME_ONE.search(text):
            return ()
        return tuple(found.span() for found in self._pattern.finditer(text))

    def refuse(self, names: Iterable[str]) -> None:
        """Refuses labels and topics that would become control tokens in a prompt of plain text.

        Raises:
            StimuliError: names the first.
        """
        found = next(filter(self, names), None)
        if found is not None:
            raise StimuliError(
                f"{found!r} names a control token of this tokenizer, and would be one in the prompt. Type "
                "stimuli.rename={OLD: NEW}, or ask through a chat template (prompt_template.chat=true)."
            )


def control_tokens_of(folder: Path, name: str) -> ControlTokens:
    """Gives the finder of names of control tokens of a folder's tokenizer, which is loaded when it is needed."""
    return ControlTokens(lambda: naming_tokenizer(folder, name))


def control_pattern(tokenizer: Any) -> re.Pattern[str]:
    """Gives the expression that matches the names of control tokens, the longest first."""
    templates = tokenizer.chat_template or ""
    written = "\n".join(templates.values()) if isinstance(templates, dict) else templates
    names = [name for name, special in added_tokens(tokenizer).items() if name.strip() and (special or name in written)]
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)")


def marked(text: str, pattern: re.Pattern[str]) -> str:
    """Puts marks around names of control tokens; a text without any stays as it is."""
    if not pattern.search(text):
        return text
    return pattern.sub(rf"{_OPEN}\g<0>{_CLOSE}", text.replace(_OPEN, "").replace(_CLOSE, ""))


def unmarked(text: str) -> tuple[str, Places]:
    """Takes the marks out again, and gives the places between them."""
    plain, places = "", []
    for n, part in enumerate(re.split(f"{_OPEN}(.*?){_CLOSE}", text, flags=re.DOTALL)):
        if n % 2:
            places.append((len(plain), len(plain) + len(part)))
        plain += part
    return plain, tuple(places)


def token_ids(tokenizer: Any, text: Text) -> list[int]:
    """Cuts a text whose tokens are not given; names of control tokens at `as_text` become ordinary tokens.

    Raises:
        StimuliError: a tokenizer that makes a control token of its name in any case.
    """
    if not text.as_text:
        return list(tokenizer(text.content, add_special_tokens=text.special_tokens)["input_ids"])
    from transformers.utils.chat_template_utils import encode_marked_chat, mark_control_tokens

    content, at = "", 0
    for first, last in text.as_text:
        name = text.content[first:last]
        content += text.content[at:first] + mark_control_tokens(name, re.compile(re.escape(name)))
        at = last
    try:
        ids = list(encode_marked_chat(tokenizer, content + text.content[at:]))
    except ValueError as error:
        raise StimuliError(
            f"A text names a control token, which this tokenizer makes of it in any case ({error}): "
            f"{text.content[:60]!r}. Take it out of the text."
        ) from error
    before, after = around(tokenizer) if text.special_tokens else ([], [])
    return [*before, *ids, *after]


def cut_of(folder: Path, name: str) -> Callable[[Text], list[int]]:
    """Gives what cuts texts as the loaded model would, before it is loaded: without the tokens after a text."""
    tokenizer = whole_tokenizer(folder, name)
    n_after = len(around(tokenizer)[1])

    def cut(text: Text) -> list[int]:
        ids = token_ids(tokenizer, text)
        return ids[: len(ids) - (n_after if text.special_tokens else 0)]

    return cut


def around(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Gives the special tokens that a tokenizer puts before and after a text."""
    whole, plain = (list(tokenizer("a", add_special_tokens=own)["input_ids"]) for own in (True, False))
    starts = range(len(whole) - len(plain) + 1)
    at = next((at for at in starts if plain and whole[at : at + len(plain)] == plain), None)
    return ([], []) if at is None else (whole[:at], whole[at + len(plain) :])
