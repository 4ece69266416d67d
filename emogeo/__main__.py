"""`emogeo COMMAND …`: the programs of emogeo, wherever it is installed."""

from __future__ import annotations

import ast
import runpy
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from emogeo import __version__
from emogeo.installation import SCRIPTS
from emogeo.terminal import columns, paragraph

_PACKAGE = Path(__file__).parent
_ABOUT = "emogeo compares the emotion geometry of language models, and says when the comparison can be trusted."
_FIRST = "Each command has its own --help. Begin with emogeo train, then emogeo analyze."


def main(words: Sequence[str] | None = None) -> int:
    """Runs the command that the first word names; the rest of the words are its own.

    Returns:
        0 when it is done, 2 for a word that is no command. A command that ends otherwise exits by itself.
    """
    name, *rest = list(sys.argv[1:] if words is None else words) or ["--help"]
    if name in {"-h", "--help", "help"}:
        print(_help())
    elif name == "--version":
        print(f"emogeo {__version__}")
    elif name in _commands():
        _run(name, rest)
    else:
        close = get_close_matches(name, _commands(), n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        print(f"emogeo: there is no command {name}.{hint} Commands: {', '.join(_commands())}.", file=sys.stderr)
        return 2
    return 0


def _run(name: str, words: Sequence[str]) -> None:
    """Hands a program its words as if it had been started alone."""
    sys.argv = [f"emogeo {name}", *words]
    if name in SCRIPTS:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while modules are imported ends it without a trace
        import_module(f"emogeo.programs.{name}").start()
    else:
        runpy.run_module(f"emogeo.{name}", run_name="__main__")


def _commands() -> dict[str, Path]:
    """Finds the file of each command: of the two programs, then of every package of emogeo that can be run."""
    programs = {name: _PACKAGE / "programs" / f"{name}.py" for name in SCRIPTS}
    return programs | {file.parent.name: file for file in sorted(_PACKAGE.glob("*/__main__.py"))}


def _help() -> str:
    listed = [_described(name, file) for name, file in _commands().items()]
    about, first = (paragraph(text, columns()) for text in (_ABOUT, _FIRST))
    return "\n".join([*about, "", *(line for lines in listed for line in lines), "", *first])


def _described(name: str, file: Path) -> list[str]:
    """Gives lines: how the command is typed, and what its file says of it, which is read and not imported."""
    said = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").partition("\n")[0]
    typed, found, about = said.removeprefix("`python -m emogeo.").partition("`: ")
    usage = typed if found else f"{name} FIELD=VALUE …"
    return [f"  emogeo {usage}", *paragraph(about or said, columns(), first="      ")]


if __name__ == "__main__":
    sys.exit(main())
