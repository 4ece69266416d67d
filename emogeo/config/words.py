"""The words of a command line before they are read as options: dashes, spaces, and words that name no option."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from hydra._internal.utils import get_args_parser

from emogeo.config.options import options_in
from emogeo.config.overrides import check_key, field_names, groups_of
from emogeo.errors import ConfigError


def in_order(arguments: Sequence[str], schema: type, conf: Path) -> list[str]:
    """Gives options first and flags last, since Hydra takes options from one place only.

    Raises:
        ConfigError: an option with dashes, one that spaces break into words, a word that is no option, or flags that
            do not go together.
    """
    names, groups = field_names(schema), groups_of(schema, conf)
    for word in arguments:
        if word.startswith("-") and _name(word).split(".")[0] in names:  # Hydra would take -model for -m
            raise ConfigError(_without_dashes(word, groups))
    typed, unknown = get_args_parser().parse_known_intermixed_args(list(arguments))
    if unknown:
        raise ConfigError(f"{unknown[0]}: options are typed as NAME=VALUE, without dashes.")
    _check_flags(typed, names)
    _check_package(typed, schema, conf)
    refuse_spaces(typed.overrides)
    for word in typed.overrides:
        if not is_option(word):
            raise ConfigError(f"{word}: options are typed as NAME=VALUE.{_meant(word, names, groups, conf)}")
    flags = list(arguments)
    for word in typed.overrides:
        flags.remove(word)
    return [*typed.overrides, *flags]


def _check_flags(typed: Namespace, names: Sequence[str]) -> None:
    """Refuses flags that stand for two commands, or that say how a configuration is shown where none is."""
    shows = typed.cfg is not None
    if typed.resolve and not (shows or typed.help):
        raise ConfigError("--resolve says how a configuration is shown: type --cfg job --resolve.")
    if typed.package is not None and not shows:
        raise ConfigError(f"--package says which part of a configuration is shown: type --cfg job -p {typed.package}.")
    given = {
        "--run": typed.run,
        "--multirun": typed.multirun,
        "--cfg": shows,
        "--info": typed.info is not None,
        "--shell-completion": typed.shell_completion,
    }
    flags, shows_each_run = [flag for flag, is_given in given.items() if is_given], "stimuli" in names  # train.py does
    if len(flags) > 1 and not (shows_each_run and flags == ["--multirun", "--cfg"]):
        raise ConfigError(f"{' and '.join(flags)} do not go together: type one of them.")


def _check_package(typed: Namespace, schema: type, conf: Path) -> None:
    """Refuses a part of the configuration that there is not; the parts of Hydra's own are left to Hydra."""
    name = re.split(r"\[|\.\d", typed.package or "_global_")[0]
    of_hydra = typed.cfg == "hydra" or (typed.cfg == "all" and name.partition(".")[0] == "hydra")
    if name == "_global_" or of_hydra or typed.config_name is not None:
        return
    try:
        check_key(name, schema, conf)
    except ConfigError as error:
        raise ConfigError(f"--package {typed.package}: {error}") from None


def is_option(word: str) -> bool:
    """Whether a word gives an option a value, or takes one away (`~NAME`)."""
    return "=" in word or word.startswith("~")


def refuse_spaces(words: Sequence[str]) -> None:
    """Refuses an option that the shell has broken into words.

    Raises:
        ConfigError: a space around an equals sign, after a comma, or within brackets; says what to type.
    """
    for at, word in enumerate(words):
        before, after = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
        name, equals, value = word.partition("=")
        if name != name.strip():
            raise ConfigError(f"There is no space around an equals sign: type {name.strip()}={value.strip()}")
        if equals and not name:
            whole = f"{before}{word}{after if word == '=' else ''}"
            raise ConfigError(f"There is no space around an equals sign: type {whole}")
        if word.endswith("=") and after and "=" not in after:
            raise ConfigError(f"There is no space after an equals sign: type {word}{after}")
        if at and "=" in before and not is_option(word) and _is_open(before):
            raise ConfigError(_joined(words[at - 1 :]))


def _name(word: str) -> str:
    return word.lstrip("-").partition("=")[0]


def _without_dashes(word: str, groups: Sequence[str]) -> str:
    name, _, value = word.lstrip("-").partition("=")
    return f"{word}: options are typed as {name}={value or ('NAME' if name in groups else 'VALUE')}, without dashes."


def _meant(word: str, names: Sequence[str], groups: Sequence[str], conf: Path) -> str:
    """Says what to type for a file, a folder, or the name of an option; nothing for another word."""
    if word in names:
        return f" Type {word}={'NAME' if word in groups else 'VALUE'}."
    if Path(word).expanduser().exists():
        fields = _fields_of(Path(word).expanduser(), names)
        return f" Type {' or '.join(f'{field}={word} ({held})' for field, held in fields)}."
    group = next((group for group in groups if word in options_in(conf / group)), None)
    return f" Type {group}={word}." if group else ""


def _fields_of(path: Path, names: Sequence[str]) -> list[tuple[str, str]]:
    """Gives the fields that take a file or a folder, each with what it holds."""
    if "stimuli" not in names:
        return [("store.path", "a store of runs")]
    return [("stimuli.path", "texts"), *([("model.weights", "a model's weights")] if path.is_dir() else [])]


def _is_open(word: str) -> bool:
    """Whether a word breaks off within a list."""
    return word.endswith(",") or any(word.count(start) > word.count(end) for start, end in ("[]", "{}", "()"))


def _joined(words: Sequence[str]) -> str:
    """Says how an option is typed that was broken into words."""
    whole = words[0]
    for at, word in enumerate(words[1:], start=1):
        if not _is_open(whole) or "=" in word:
            break
        whole = whole + word if words[at - 1].endswith(",") else f"{whole} {word}"
    if set("[{(").isdisjoint(whole):
        return f"There is no space after a comma: type {whole}"
    return f"An option with spaces or brackets is quoted: type '{whole}'"
