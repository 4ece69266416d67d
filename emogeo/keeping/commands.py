"""The commands of `python -m emogeo.store`: the words that they take."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from emogeo.installation import command
from emogeo.machine import exit_code
from emogeo.terminal import Described

_ABOUT = """Says what a store holds and what it takes to have it again, and puts it in order.
docs/store.md shows each command at work."""
_EXAMPLES = f"""
examples:
  {command("store")} ls --model 'gemma*' --since 2026-11-01
  {command("store")} show 3fa9
  {command("store")} du --store old/store
  {command("store")} rm --status refused
  {command("store")} rm --model 'qwen*' --states
"""
_FILTERS = (
    ("--model", "NAMES", "names of models, with * and ?; several with commas"),
    ("--mode", "MODES", "comprehension, generation, …"),
    ("--precision", "NAMES", "as resolved, with * and ?; int8 is any of its kinds"),
    ("--keys", "KEYS", "keys, or what they begin with"),
    ("--tags", "TAGS", "tags that a run has, all of them"),
    ("--status", "STATUS", "finished, refused, broken"),
)


def main(words: Sequence[str] | None = None) -> int:
    """0 when it is done; 1 with the reason why not, or where `verify` has found a record that is not whole."""
    words = sys.argv[1:] if words is None else words
    parser = _parser()
    if words and words[0].startswith("--store"):
        parser.error(f"--store comes after the command: type {command('store')} COMMAND --store FOLDER")
    asked = parser.parse_args(words)
    return exit_code(lambda: _called(asked))


def _called(asked: argparse.Namespace) -> int:
    from emogeo.keeping import calls

    call: Callable[[argparse.Namespace], int] = getattr(calls, asked.command)
    return call(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=command("store"), description=_ABOUT, epilog=_EXAMPLES, formatter_class=Described
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _filters(_json(_command(commands, "ls", "lists runs: what each is, its size and that of its states")))
    show = _command(commands, "show", "says all of one run: how to have it again, its files, what it shares")
    show.add_argument("key", metavar="KEY", help="a run's key, or how it begins")
    _json(_command(commands, "du", "says what takes room, and what the states save"))
    _rm(_filters(_yes(_command(commands, "rm", "removes runs, with the states and texts that no other run uses"))))
    gc = _yes(_command(commands, "gc", "removes what nobody needs: states of no run, leftovers of killed processes"))
    gc.add_argument("--spares", action="store_true", help="also states in poolings that no run has used")
    verify = _command(commands, "verify", "reads every record whole; exits with 1 where one is not what was written")
    _valued(verify, "--kind", "KIND", "runs, activations or generations (default: all)", action="append")
    _command(commands, "migrate", "writes records of earlier versions as this one does, where nothing needs computing")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name, help=about, description=f"{about[0].upper()}{about[1:]}.", formatter_class=Described
    )
    _valued(parser, "--store", "FOLDER", "the store (default: store)", default="store")
    return parser


def _valued(parser: argparse._ActionsContainer, name: str, shown: str, about: str, **how: Any) -> None:
    """Adds an option with a value, which may not be empty.

    Args:
        how: more of what `add_argument` takes.
    """

    def given(word: str) -> str:
        if not word.strip(" ,"):
            raise argparse.ArgumentTypeError(f"{word!r} is empty: type {name} {shown}, or leave {name} out")
        return word

    parser.add_argument(name, metavar=shown, help=about, type=given, **how)


def _json(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--json", action="store_true", help="writes all of it as JSON")
    return parser


def _yes(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--yes", action="store_true", help="removes without asking")
    return parser


def _filters(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    group = parser.add_argument_group("which runs", "the filters of analyze.py; each narrows the choice")
    for name, shown, about in _FILTERS:
        _valued(group, name, shown, about, action="append", default=[])
    _valued(group, "--since", "DAY", "the first day (2026-11-01), or moment, of UTC")
    _valued(group, "--until", "DAY", "the last day, or the moment before which")
    _valued(group, "--group", "NAME", "the group of W&B")
    group.add_argument("--no-twins", action="store_true", help="without untrained twins")
    group.add_argument("--no-rereads", action="store_true", help="without rereads")
    return parser


def _rm(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", nargs="*", metavar="KEY", help="runs by key, or by how it begins")
    parser.add_argument("--states", action="store_true", help="removes the states of these runs, and keeps the runs")
    parser.add_argument("--shared", action="store_true", help="also states and texts that other runs use")
