"""What to type next, in commands that can be pasted: untrained twins, then studies that were never run."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from emogeo.analysis.comparing.nulls import Level
from emogeo.analysis.report.material import Material
from emogeo.analysis.summary.twins import merged
from emogeo.analysis.summary.unanswered import missing
from emogeo.analysis.tables.effects import Effect
from emogeo.config.typed import in_store
from emogeo.terminal import paragraph, pasteable

_TWINS = 3
"""The most commands that add twins."""


def twin_lines(material: Material, store: str, width: int) -> list[str]:
    """Writes the commands that add the untrained twins without which no pair can be said to agree beyond words."""
    commands = merged(shlex.split(command) for command in _lacking(material))
    if not commands:
        return []
    said = "Untrained twins, without which nothing is beyond words; this adds those that are missing:"
    return _written(
        said, [[*words, *in_store(store)] for words in commands], _TWINS, "beyond.csv (twin_command)", width
    )


def _lacking(material: Material) -> list[str]:
    """Lists the commands of the pairs whose rho* is known: only there do twins decide."""
    beyond, pairs = material.of_trained("beyond", "key_a"), material.table("pairs")
    if beyond.empty or pairs.empty:
        return []
    known = set(map(tuple, pairs.loc[pairs["rho_star"].notna(), ["key_a", "key_b"]].to_numpy()))
    words = beyond[(beyond["level"] == Level.words) & beyond["twin_command"].notna()]
    of = zip(words["key_a"], words["key_b"], words["twin_command"], strict=True)
    joined = [command for a, b, command in of if (a, b) in known and command]
    return list(dict.fromkeys(one for command in joined for one in command.split(" && ")))


def study_lines(material: Material, effects: Sequence[Effect], store: str, width: int, most: int) -> list[str]:
    """Writes the commands of studies that the runs lack.

    Args:
        most: how many commands are written.
    """
    read = [run for run in material.catalogue.finished if run.record.imported is None]
    found = missing(read, effects, store)
    lines = []
    for absent, words in found[:most]:
        lines += _written(f"Not run yet: {absent}.", [words], 1, "", width)
    more = len(found) - most
    return [*lines, f"  and {more} more: docs/decomposition.md"] if more > 0 else lines


def _written(said: str, commands: Sequence[Sequence[str]], most: int, where: str, width: int) -> list[str]:
    shown = [line for words in commands[:most] for line in pasteable(words, width)]
    more = len(commands) - most
    return [*paragraph(said, width), *shown, *([f"  and {more} more in {where}"] if more > 0 else [])]
