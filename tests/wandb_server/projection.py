"""What a GraphQL document asks for, cut out of nested dictionaries; arguments that nobody knows are let through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    value_from_ast_untyped,
)

Arguments = dict[str, Any]
Node = Mapping[str, Any]
"""A field is a value, or a function of its arguments."""
_CONCRETE = {"ArtifactSequence", "ArtifactPortfolio", "Run", "User"}
"""Types of which a fragment on another one must not be answered."""


class UnknownRequest(Exception):
    """What the server does not know, by name."""


@dataclass(frozen=True)
class Operation:
    """One query or mutation with its variables."""

    name: str
    selections: SelectionSetNode
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def answer(self, roots: Mapping[str, Callable[[Arguments], Any]]) -> dict[str, Any]:
        """Every root field, answered by the function of its name.

        Raises:
            UnknownRequest: a root field or a field below it that is not there.
        """
        return self._object(self.selections, roots, self.name)

    def _object(self, selections: SelectionSetNode, node: Node, path: str) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for field in self._fields(selections, node):
            name, key = field.name.value, (field.alias or field.name).value
            if name not in node:
                raise UnknownRequest(f"{path}.{name}")
            value = node[name]
            if callable(value):
                value = value(self._arguments(field))
            shown = self._value(field, value, f"{path}.{name}")
            if isinstance(shown, dict) and isinstance(answer.get(key), dict):
                answer[key] = {**answer[key], **shown}  # one field in two fragments
            else:
                answer[key] = shown
        return answer

    def _value(self, field: FieldNode, value: Any, path: str) -> Any:
        if value is None or field.selection_set is None:
            return value
        if isinstance(value, list):
            return [self._object(field.selection_set, item, path) for item in value]
        return self._object(field.selection_set, value, path)

    def _fields(self, selections: SelectionSetNode, node: Node) -> Iterator[FieldNode]:
        for selection in selections.selections:
            if not self._included(selection):
                continue
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
                yield from self._fragment(fragment, node)
            elif isinstance(selection, InlineFragmentNode):
                yield from self._fragment(selection, node)

    def _fragment(self, fragment: FragmentDefinitionNode | InlineFragmentNode, node: Node) -> Iterator[FieldNode]:
        on = fragment.type_condition.name.value if fragment.type_condition else None
        if on not in _CONCRETE or node.get("__typename", on) == on:
            yield from self._fields(fragment.selection_set, node)

    def _included(self, selection: Any) -> bool:
        for directive in selection.directives or ():
            wanted = value_from_ast_untyped(directive.arguments[0].value, dict(self.variables))
            if (directive.name.value == "include") != bool(wanted):
                return False
        return True

    def _arguments(self, field: FieldNode) -> Arguments:
        given = {a.name.value: value_from_ast_untyped(a.value, dict(self.variables)) for a in field.arguments or ()}
        arguments = {**given, **(given.pop("input", None) or {})}
        return {name: value for name, value in arguments.items() if name != "input"}


def read_operation(query: str, variables: Mapping[str, Any] | None) -> Operation:
    """The single operation of a document; its name may be absent from the request."""
    document: DocumentNode = parse(query)
    (operation,) = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    defaults = {
        v.variable.name.value: value_from_ast_untyped(v.default_value)
        for v in operation.variable_definitions or ()
        if v.default_value is not None
    }
    name = operation.name.value if operation.name else "(unnamed)"
    return Operation(name, operation.selection_set, fragments, {**defaults, **(variables or {})})


def shown(thing: Any, names: str) -> dict[str, Any]:
    """Attributes by the names that GraphQL has for them, without those of which it is asked in vain: they are None."""
    return {name: getattr(thing, snake(name), None) for name in names.split()}


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", name)


def connection(nodes: list[Any], arguments: Arguments) -> Node:
    """A page of nodes; cursors are positions."""
    start, count = int(arguments.get("after") or 0), int(arguments.get("first") or 50)
    page, end = nodes[start : start + count], min(start + count, len(nodes))
    edges = [
        {"node": node, "cursor": str(start + i + 1), "version": node.get("version")} for i, node in enumerate(page)
    ]
    info = {"__typename": "PageInfo", "endCursor": str(end), "hasNextPage": end < len(nodes)}
    return {"edges": edges, "pageInfo": info, "totalCount": len(nodes)}
