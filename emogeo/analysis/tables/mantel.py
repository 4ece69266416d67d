"""Permutation tests of a table's rows, done at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from emogeo.analysis.tables.frame import Row
from emogeo.arrays import Array
from emogeo.geometry.crossed import Crossed, crossed_halves
from emogeo.geometry.halves import Halves
from emogeo.geometry.permutation import holm, mantel, mantel_disjoint

PERMUTATIONS_PER_TEST = 200
MOST_COUNTED = 60_000
"""The most permutations that a family is given for its size: of 300 tests. Larger ones have their p by the tail."""
LEAST_FOR_TAIL = 1_000
"""The fewest permutations that have a tail to fit."""
_AT_ONCE = 100
"""The most tests that are done at once."""


@dataclass
class MantelTests:
    """Permutation tests, collected while rows are made so that they share permutations."""

    permutations: int
    seed: int
    tail: bool = False
    """Whether p goes below 1 / (1 + permutations), by the tail of the draws."""
    _ranks: dict[int, list[tuple[Row, str, Array, Array]]] = field(default_factory=lambda: defaultdict(list))
    _crossed: dict[int, list[tuple[Row, Crossed]]] = field(default_factory=lambda: defaultdict(list))

    @staticmethod
    def of_family(size: int, permutations: int, seed: int) -> MantelTests:
        """Makes tests whose smallest p survives Holm's adjustment.

        They have at least 200 permutations per row; of large families, whose permutations would grow with the square
        of the rows, as many as are asked for, and p by their tail.
        """
        wanted = PERMUTATIONS_PER_TEST * size
        large = wanted > max(permutations, MOST_COUNTED)
        drawn = max(permutations, LEAST_FOR_TAIL) if large else max(permutations, wanted)
        return MantelTests(drawn, seed, large)

    def of_ranks(self, row: Row, column: str, a: Array, b: Array) -> None:
        """Adds a Mantel test of two rank vectors [pair]."""
        pending = self._ranks[len(a)]
        pending.append((row, column, a, b))
        if self.tail and len(pending) == _AT_ONCE:
            self._do_ranks(pending)

    def of_halves(self, row: Row, a: Halves, b: Halves) -> None:
        """Adds the Mantel test on disjoint text, for column `p`."""
        pending = self._crossed[len(a.products.conditions)]
        pending.append((row, crossed_halves(a, b)))
        if len(pending) == _AT_ONCE:
            self._do_crossed(pending)

    def fill(self, rows: Sequence[Row]) -> None:
        """Runs the tests, and adjusts the p values of `rows`, which are a family."""
        for tests in self._ranks.values():
            self._do_ranks(tests)
        for pending in self._crossed.values():
            self._do_crossed(pending)
        given = [row for row in rows if row.get("p") is not None]
        for row, value in zip(given, holm(np.array([row["p"] for row in given])), strict=True):
            row["p_holm"] = float(value)

    def _do_ranks(self, pending: list[tuple[Row, str, Array, Array]]) -> None:
        if pending:
            a, b = np.stack([test[2] for test in pending]), np.stack([test[3] for test in pending])
            p = mantel(a, b, self.permutations, self.seed, self.tail)
            for (row, column, _, _), value in zip(pending, p, strict=True):
                row[column] = float(value)
        pending.clear()

    def _do_crossed(self, pending: list[tuple[Row, Crossed]]) -> None:
        if pending:
            p = mantel_disjoint([crossed for _, crossed in pending], self.permutations, self.seed, self.tail)
            for (row, _), value in zip(pending, p, strict=True):
                row["p"] = float(value)
        pending.clear()
