"""Writes docs/options.md: every group with its options, every field with its default and its meaning.

Groups are the folders of conf/, fields those of the typed configuration, meanings their docstrings.
"""

from __future__ import annotations

import ast
import inspect
import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING as NO_DEFAULT
from dataclasses import Field, dataclass, fields, is_dataclass
from enum import Enum
from itertools import takewhile
from pathlib import Path
from textwrap import dedent

from omegaconf import MISSING

from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.options import options_in
from emogeo.config.train import TrainConfig

CONF = Path(__file__).parents[2] / "conf"
HEAD = """# Options

<!-- written by make docs from the typed configuration and the folder conf/; tests compare this page -->

Everything is typed as `GROUP=OPTION` or `FIELD=VALUE`. `python train.py --help` and `python analyze.py --help` list the
same in the terminal; `--cfg job` shows what a command means, and runs nothing. A field without a default is set by its
group's option.
"""


@dataclass(frozen=True)
class Described:
    """A field of the configuration, as it is typed."""

    name: str
    default: str
    meaning: str


def page() -> str:
    """The page as the configuration has it now."""
    return "\n".join(
        [
            HEAD,
            "## Groups of `train.py`",
            "",
            *_groups(),
            "",
            "## Fields of `train.py`",
            "",
            *_table(described(TrainConfig)),
            "",
            "## Fields of `analyze.py`",
            "",
            *_table(described(AnalyzeConfig)),
            "",
        ]
    )


def _groups() -> Iterator[str]:
    for folder in sorted(path for path in CONF.iterdir() if path.is_dir()):
        yield from (f"### {'+study' if folder.name == 'study' else folder.name}", "")
        if folder.name == "model":
            names = ", ".join(f"`{option}`" for option in options_in(folder))
            yield f"{names}. [models.md](models.md) says what they are."
        else:
            yield from ("| option | meaning |", "|---|---|")
            yield from (f"| `{name}` | {_comment(folder / f'{name}.yaml')} |" for name in options_in(folder))
        yield ""


def _comment(file: Path) -> str:
    """What an option's file says in its first lines, without examples of what to type."""
    own = file.read_text(encoding="utf-8").splitlines()
    said = takewhile(lambda line: line.startswith("#"), (line for line in own if not line.startswith("# @package")))
    words = [line.removeprefix("#").strip() for line in said]
    return " ".join(line for line in words if not line.startswith("python ")).strip().replace("|", "\\|")


def _table(rows: Iterator[Described]) -> Iterator[str]:
    yield "| field | default | meaning |"
    yield "|---|---|---|"
    for row in rows:
        yield f"| `{row.name}` | {row.default} | {row.meaning} |"


def described(config: type, prefix: str = "") -> Iterator[Described]:
    """Lists the fields of a configuration and of those within it, by their dotted names."""
    meanings = _meanings(config)
    hints = typing.get_type_hints(config)
    for field in fields(config):
        within = _configuration(hints[field.name])
        if within is not None:
            yield from described(within, f"{prefix}{field.name}.")
        else:
            meaning = f"{meanings[field.name]}{_allowed(hints[field.name])}".replace("|", "\\|")
            yield Described(f"{prefix}{field.name}", _default(field), meaning)


def _configuration(hint: object) -> type | None:
    """The configuration that a field holds, where it holds one."""
    kinds = [hint, *typing.get_args(hint)] if isinstance(hint, types.UnionType) else [hint]
    return next((kind for kind in kinds if isinstance(kind, type) and is_dataclass(kind)), None)


def _default(field: Field[object]) -> str:
    value = field.default_factory() if field.default_factory is not NO_DEFAULT else field.default
    if value == MISSING or value is NO_DEFAULT:
        return "of its group"
    if isinstance(value, Enum):
        return f"`{value.value}`"
    return f"`{'null' if value is None else str(value).lower() if isinstance(value, bool) else value}`"


def _allowed(hint: object) -> str:
    """The words that a field takes, each with its meaning where the code says one."""
    kinds = [hint, *typing.get_args(hint)]
    kind = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)), None)
    if kind is None:
        return ""
    return f" Allowed: {', '.join(f'`{member.value}`' for member in kind)}."


def _meanings(config: type) -> dict[str, str]:
    """The docstring of every field.

    Raises:
        KeyError: a field has none.
    """
    body = ast.parse(dedent(inspect.getsource(config))).body[0]
    assert isinstance(body, ast.ClassDef)
    return {
        own.target.id: inspect.cleandoc(str(said.value.value)).replace("\n", " ")
        for own, said in zip(body.body, body.body[1:], strict=False)
        if isinstance(own, ast.AnnAssign) and isinstance(own.target, ast.Name)
        and isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)
    }  # fmt: skip
