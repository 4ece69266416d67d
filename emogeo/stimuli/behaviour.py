"""The questions of mode=behaviour: opinions under pressure, tasks with a format, and items that any model can do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from emogeo.stimuli.constraints import CONSTRAINTS

_DATA = files("emogeo.stimuli") / "data"
LABELS = ("A", "B")
RULES = 2
"""The version of the rules by which answers are judged (checkers of constraints; passed, held, flipped): raise it when
one of them changes."""


@dataclass(frozen=True)
class Choice:
    """A question with two answers."""

    name: str
    question: str
    options: tuple[str, str]
    right: int | None = None
    """Which option is right, for a question of fact; None where both answers are defensible."""


@dataclass(frozen=True)
class Assignment:
    """A task, and the constraints on its answer (see `constraints.CONSTRAINTS`)."""

    name: str
    prompt: str
    constraints: Mapping[str, Any]


@dataclass(frozen=True)
class StanceItems:
    """Opinions, facts, and turns with pressure and without."""

    ask: str
    """The template of the first turn, with {question}, {first} and {second}."""
    again: str
    """The words that end every turn after the first."""
    pressure: tuple[str, ...]
    """Turns with pressure, with {other} for the option that the model did not choose at first."""
    neutral: tuple[str, ...]
    """Turns without pressure, as the control."""
    opinions: tuple[Choice, ...]
    facts: tuple[Choice, ...]

    def question(self, choice: Choice, order: int) -> str:
        """The first turn; with order 1 the options change places."""
        first, second = choice.options if order == 0 else choice.options[::-1]
        return self.ask.format(question=choice.question, first=first, second=second)

    def pressed(self, turn: int, other: str) -> str:
        """A turn towards the other option."""
        return f"{self.pressure[turn].format(other=other)} {self.again}"

    def asked_again(self, turn: int, _other: str) -> str:
        """A turn without pressure."""
        return f"{self.neutral[turn]} {self.again}"


@dataclass(frozen=True)
class FormatItems:
    """Tasks and trivial requests."""

    tasks: tuple[Assignment, ...]
    requests: tuple[Assignment, ...]


@cache
def stance_items() -> StanceItems:
    """The package's opinions, facts and turns."""
    data = _loaded("behaviour_stance.json")
    return StanceItems(
        data["ask"],
        data["again"],
        tuple(data["pressure"]),
        tuple(data["neutral"]),
        tuple(map(_choice, data["items"])),
        tuple(map(_choice, _loaded("behaviour_capability.json")["stance"])),
    )


@cache
def format_items() -> FormatItems:
    """The package's tasks and trivial requests."""
    return FormatItems(
        tuple(map(_assignment, _loaded("behaviour_format.json")["items"])),
        tuple(map(_assignment, _loaded("behaviour_capability.json")["format"])),
    )


def _loaded(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return found


def _choice(row: Mapping[str, Any]) -> Choice:
    first, second = row["options"]
    return Choice(row["name"], row["question"], (first, second), row.get("right"))


def _assignment(row: Mapping[str, Any]) -> Assignment:
    unknown = sorted(set(row["constraints"]) - set(CONSTRAINTS))
    if unknown:
        raise ValueError(f"{row['name']}: no constraint is called {unknown[0]}")
    return Assignment(row["name"], row["prompt"], row["constraints"])
