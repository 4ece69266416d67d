"""What a mutant changes: cosmic-ray's operators, and six of the kind that rules and thresholds need."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from cosmic_ray.operators.number_replacer import NumberReplacer
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator
from parso.python.tree import Name, Number

_OF_COSMIC_RAY = (
    *("ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add", "ReplaceBinaryOperator_Mul_Div"),
    *("ReplaceBinaryOperator_Div_Mul", "ReplaceBinaryOperator_FloorDiv_Mul", "ReplaceBinaryOperator_Mod_FloorDiv"),
    *("ReplaceBinaryOperator_Pow_Mul", "ReplaceBinaryOperator_BitAnd_BitOr", "ReplaceBinaryOperator_BitOr_BitAnd"),
    *("ReplaceComparisonOperator_Lt_LtE", "ReplaceComparisonOperator_Lt_GtE", "ReplaceComparisonOperator_LtE_Lt"),
    *("ReplaceComparisonOperator_LtE_Gt", "ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_Gt_LtE"),
    *("ReplaceComparisonOperator_GtE_Gt", "ReplaceComparisonOperator_GtE_Lt", "ReplaceComparisonOperator_Eq_NotEq"),
    *("ReplaceComparisonOperator_NotEq_Eq", "ReplaceComparisonOperator_Is_IsNot"),
    *("ReplaceComparisonOperator_IsNot_Is", "ReplaceUnaryOperator_Delete_USub", "ReplaceUnaryOperator_Delete_Not"),
    *("ReplaceUnaryOperator_Delete_Invert", "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    *("ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceBreakWithContinue", "ReplaceContinueWithBreak"),
    *("ExceptionReplacer", "ZeroIterationForLoop"),
)
"""One or two for each place: the opposite, and the neighbour where there is one."""


def _is(kind: type, node: Any) -> bool:
    """Whether a node is a number of this kind as it is written."""
    return node.type == "number" and type(ast.literal_eval(node.value)) is kind


class _Own(Operator):  # type: ignore[misc]
    """An operator that changes a node in one way at most."""

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        """cosmic-ray's own tests want examples."""
        return ()

    def changes(self, node: Any) -> bool:
        """Whether there is something to change."""
        raise NotImplementedError

    def mutation_positions(self, node: Any) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """Where it is."""
        if self.changes(node):
            yield node.start_pos, node.end_pos


class WholeNumber(_Own):
    """One more; what stands for a share or a threshold is `CloserNumber`'s."""

    def changes(self, node: Any) -> bool:
        """Integers."""
        return _is(int, node)

    def mutate(self, node: Any, _index: int) -> Any:
        """The next integer."""
        return NumberReplacer().mutate(node, 0)


class OneLess(WholeNumber):
    """One less."""

    def mutate(self, node: Any, _index: int) -> Any:
        """The integer before."""
        return NumberReplacer().mutate(node, 1)


class CloserNumber(_Own):
    """A threshold that is another, but not absurd: .2 becomes .1, .95 becomes .75, 1.5 becomes 2.25."""

    def changes(self, node: Any) -> bool:
        """Numbers with a point or an exponent."""
        return _is(float, node)

    def mutate(self, node: Any, _index: int) -> Any:
        """Half of it, five times as far from one, or half as much again; a zero becomes .1."""
        value = ast.literal_eval(node.value)
        other = value / 2 if value <= 0.5 else 1 - 5 * (1 - value) if 0.9 <= value < 1 else value * 1.5
        return Number(repr(other or 0.1), node.start_pos, prefix=node.prefix)


class LeftOut(_Own):
    """A statement that only does something, or refuses, is left out."""

    def changes(self, node: Any) -> bool:
        """Calls whose value nobody takes, sums that grow in place, and errors."""
        alone = node.parent is not None and node.parent.type == "simple_stmt"
        called = node.type in {"atom_expr", "power"} and node.children[-1].type == "trailer"
        grown = node.type == "expr_stmt" and getattr(node.children[1], "value", "=").endswith("=")
        grown = grown and getattr(node.children[1], "value", "=") != "="
        return bool(alone and (called or grown or node.type == "raise_stmt"))

    def mutate(self, node: Any, _index: int) -> Any:
        """Nothing in its place."""
        return Name("pass", node.start_pos, prefix=node.get_first_leaf().prefix)


class LeftOperand(_Own):
    """`a - b` becomes `a`: a centring or a correction is left out."""

    def changes(self, node: Any) -> bool:
        """Differences of two."""
        return node.type == "arith_expr" and len(node.children) == 3 and node.children[1] == "-"

    def mutate(self, node: Any, _index: int) -> Any:
        """What is subtracted from."""
        return node.children[0]


class ArgumentForCall(_Own):
    """`f(x)` becomes `x`: what `f` does to it is left out."""

    def changes(self, node: Any) -> bool:
        """Calls of this package's and numpy's functions, but for those that change a type alone."""
        if node.type not in {"atom_expr", "power"} or node.parent.type == "simple_stmt":
            return False
        *name, last = node.children
        dotted = "".join(part.get_code(include_prefix=False) for part in name)
        plain = dotted.removeprefix("np.").isidentifier() and dotted[:1].islower() and dotted not in _OF_TYPES
        return plain and last.type == "trailer" and last.children[0] == "(" and _first(last) is not None

    def mutate(self, node: Any, _index: int) -> Any:
        """Its first argument."""
        code = _first(node.children[-1]).get_code(include_prefix=False)
        return Name(f"({code})", node.start_pos, prefix=node.get_first_leaf().prefix)


_OF_TYPES = {
    *("tuple", "list", "dict", "int", "float", "str", "bool", "range", "len", "enumerate", "zip", "iter", "next"),
    *("isinstance", "getattr", "hasattr", "type", "vars", "cast", "np.asarray", "np.ascontiguousarray", "np.array"),
    *("np.arange", "np.zeros", "np.ones", "np.empty", "np.full", "np.eye"),
}
"""Without them a test that runs the line fails, or nothing changes."""


def _first(trailer: Any) -> Any:
    inside = trailer.children[1]
    first = inside.children[0] if inside.type == "arglist" else inside
    plain = first.type not in {"argument", "number", "string", "fstring"} and getattr(first, "value", "") not in {
        "*",
        ")",
    }
    return first if plain else None


def operators() -> dict[str, Operator]:
    """Gives all operators by name."""
    theirs = {name: get_operator(f"core/{name}")() for name in _OF_COSMIC_RAY}
    return theirs | {
        own.__name__: own() for own in (WholeNumber, OneLess, CloserNumber, LeftOut, LeftOperand, ArgumentForCall)
    }
