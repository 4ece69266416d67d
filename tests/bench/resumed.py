"""Benches that keep the designs that are finished in a file, and go on where they were stopped."""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

D, R = TypeVar("D"), TypeVar("R")


def options(doc: str | None, file: str, words: Sequence[str] | None) -> argparse.Namespace:
    """The command line of a bench: --draws, --workers, --file."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=0, help="data sets per design; 0: print what is there")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--file", type=Path, default=Path(file))
    return parser.parse_args(words)


def resumed(
    asked: argparse.Namespace, designs: Sequence[D], measure: Callable[[D, int], R], row: Callable[[dict[str, Any]], R]
) -> list[R]:
    """Computes the designs that are not in the file with so many draws, and gives every row that is."""
    return resumed_together(asked, [[design] for design in designs], partial(_alone, measure), row)


def _alone(measure: Callable[[D, int], R], designs: Sequence[D], draws: int) -> list[R]:
    return [measure(design, draws) for design in designs]


def resumed_together(
    asked: argparse.Namespace,
    groups: Sequence[Sequence[D]],
    measure: Callable[[Sequence[D], int], Sequence[R]],
    row: Callable[[dict[str, Any]], R],
) -> list[R]:
    """Does the same for designs that are cheaper to measure in groups, whose rows are written together."""
    asked.file.parent.mkdir(parents=True, exist_ok=True)
    known = [(own.design, own.draws) for own in _rows(asked.file, row)]  # type: ignore[attr-defined]
    left = [[design for design in group if (design, asked.draws) not in known] for group in groups]
    todo = [group for group in left if asked.draws and group]
    with ProcessPoolExecutor(asked.workers) as pool, asked.file.open("a") as stream:
        for rows in pool.map(measure, todo, itertools.repeat(asked.draws)):
            for own in rows:
                print(json.dumps(asdict(own)), file=stream, flush=True)  # type: ignore[call-overload]
    found = _rows(asked.file, row)
    return [own for own in found if own.draws == asked.draws] if asked.draws else found  # type: ignore[attr-defined]


def concluded(
    rows: Sequence[R],
    table: Callable[[Sequence[R]], str],
    promises: Callable[[Sequence[R]], Sequence[tuple[str, bool]]],
) -> int:
    """Prints a table and what it promises; 0 where all of it holds, 1 where it does not or there are too few rows."""
    if not rows:
        print("nothing computed: type --draws 200, say")
        return 1
    said = promises(rows)
    judged = [f"{'holds' if holds else 'FAILS'}: {what}" for what, holds in said]
    print(table(rows), *(judged or ["too few designs to judge"]), sep="\n")
    return 0 if said and all(holds for _, holds in said) else 1


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _rows(file: Path, row: Callable[[dict[str, Any]], R]) -> list[R]:
    return [row(json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []
