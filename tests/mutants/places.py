"""Every mutant of a module: where it is, and its code."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from tests.mutants.operators import operators


@dataclass(frozen=True)
class Mutant:
    """One change of one module."""

    module: str
    """The path from the root, `emogeo/geometry/rdm.py`."""
    operator: str
    occurrence: int
    line: int
    source: str
    """What the module's code hashes to: a result is of this code only."""

    @property
    def name(self) -> str:
        """Names it in results."""
        return f"{self.module}:{self.line} {self.operator} {self.occurrence}"

    @property
    def id(self) -> str:
        """Names it for good: another code of the module has other mutants."""
        return f"{self.source} {self.operator} {self.occurrence}"


def mutants(root: Path, module: str) -> list[Mutant]:
    """Gives the mutants of a module, without those that change annotations, `frozen` or `strict` alone."""
    code = (root / module).read_text(encoding="utf-8")
    nodes = list(ast_nodes(get_ast(code)))
    hashed = hashlib.sha256(code.encode()).hexdigest()[:16]
    found = []
    for name, operator in operators().items():
        for occurrence, (node, line) in enumerate(_positions(nodes, operator)):
            if not _means_nothing(node):
                found.append(Mutant(module, name, occurrence, line, hashed))
    return found


def mutated(code: str, mutant: Mutant) -> str:
    """Gives the module's code with the change.

    Raises:
        ValueError: no such place.
    """
    changed = mutate_code(code, operators()[mutant.operator], mutant.occurrence)
    if changed is None:
        raise ValueError(f"{mutant.name}: there is no such place.")
    return str(changed)


def difference(code: str, changed: str) -> str:
    """Gives the lines that a mutant takes away and puts in."""
    lines = difflib.unified_diff(code.splitlines(), changed.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if line[:2] not in {"--", "++", "@@"})


def _positions(nodes: list[Any], operator: Any) -> Iterator[tuple[Any, int]]:
    for node in nodes:
        for begins, _ in operator.mutation_positions(node):
            yield node, int(begins[0])


def _means_nothing(node: Any) -> bool:
    """Whether a node stands in an annotation, which is never evaluated, or guards what no caller does."""
    while node.parent is not None:
        above = node.parent
        if above.type == "tfpdef" or (above.type == "annassign" and node is above.children[1]):
            return True
        if above.type == "funcdef" and node is above.annotation:
            return True
        if above.type == "argument" and above.children[0].get_code(include_prefix=False) in {"frozen", "strict"}:
            return True
        node = above
    return False
