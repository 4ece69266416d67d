"""Writes docs/api.md from the docstrings of what `import emogeo` gives."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from textwrap import dedent

import emogeo

HEAD = """# The library

<!-- written by make docs from docstrings; tests run the examples and compare this page -->

```python
import emogeo

model, tokenizer = emogeo.load_model("smollm2-135m-instruct")
states = emogeo.extract(model, tokenizer, position="mean")  # or your passages: a DataFrame, records, a file
geometry = emogeo.Geometry.from_states(states, layer="reliability")
other = emogeo.Geometry.from_states(emogeo.extract(*emogeo.load_model("gemma-3-270m"), position="mean"))
print(emogeo.compare(geometry, other))
```

`examples/compare_two_models.ipynb` does this and draws what it finds. The program uses the same functions, so the same
states give the same figures. Names are imported when they are first used; `import emogeo` costs nothing.

Results print in a few lines, show as a table in a notebook, and go into a DataFrame: `pd.DataFrame([x.to_dict()])`.
"""
ORDER = (
    *("load_model", "extract", "States", "Geometry", "compare", "Comparison"),
    *("open_store", "load_run", "export_run", "Run", "EmogeoError"),
)
MEMBERS = {"Geometry": ("from_states", "descriptors"), "open_store": (), "Run": (), "Comparison": ("measures",)}


def page() -> str:
    """The page as docstrings have it now."""
    return "\n".join([HEAD, *(_entry(name, getattr(emogeo, name)) for name in ORDER)])


def _entry(name: str, own: object) -> str:
    parts = [f"## {name}", "", *_described(f"emogeo.{name}", own)]
    if is_dataclass(own):
        parts += [*_fields(own), ""]
    for member in MEMBERS.get(name, ()):
        parts += [f"### {name}.{member}", "", *_described(f"{name}.{member}", getattr(own, member))]
    if inspect.isclass(own) and issubclass(own, Exception):
        parts += [f"- `{kind.__name__}`: {inspect.getdoc(kind)}" for kind in own.__subclasses__()] + [""]
    return "\n".join(parts)


def _described(called: str, own: object) -> list[str]:
    text = inspect.getdoc(own) or ""
    shown = (
        ["```python", f"{called}{_signature(own)}", "```", ""]
        if inspect.isfunction(own) or inspect.ismethod(own)
        else []
    )
    return [*shown, *_markdown(text), ""]


def _fields(own: object) -> Iterator[str]:
    """The fields of a dataclass with their types and what stands under them."""
    body = ast.parse(dedent(inspect.getsource(own))).body[0]  # type: ignore[arg-type]
    assert isinstance(body, ast.ClassDef)
    for statement, following in zip(body.body, [*body.body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            if statement.target.id.startswith("_"):
                continue
            yield f"- `{statement.target.id}`: `{ast.unparse(statement.annotation)}`{_said(following)}"


def _said(statement: ast.stmt | None) -> str:
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
        return ""
    return f". {inspect.cleandoc(str(statement.value.value))}".replace("\n", " ")


def _signature(own: object) -> str:
    parameters = inspect.signature(own).parameters.values()  # type: ignore[arg-type]
    words: list[str] = []
    starred = False
    for parameter in parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            words, starred = [*words, "*"], True
        default = "" if parameter.default is parameter.empty else f"={_default(parameter.default)}"
        words.append(f"{parameter.name}{default}")
    return f"({', '.join(word for word in words if word != 'self')})"


def _default(value: object) -> str:
    return repr(str(value)) if isinstance(value, Path) else repr(value)


def _markdown(text: str) -> list[str]:
    """Sections of a docstring as lists, its example as code."""
    lines, section = [], ""
    for line in text.splitlines():
        if line.rstrip(":") in {"Args", "Raises", "Returns", "Example"} and line.endswith(":"):
            section = line.rstrip(":")
            lines += [f"**{section}**", ""] + (["```python"] if section == "Example" else [])
        elif section == "Example" and not line.strip():
            lines, section = [*lines, "```", ""], ""
        elif section == "Example":
            lines.append(line[4:])
        elif section and line.startswith("    ") and not line.startswith("     "):
            name, _, said = line.strip().partition(": ")
            lines.append(f"- `{name}`: {said}" if said else f"- {name}")
        elif section and line.strip():
            lines.append(f"  {line.strip()}")
        else:
            lines.append(line)
    return [*lines, "```"] if section == "Example" else lines
