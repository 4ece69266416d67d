"""How well the verdict "beyond words" keeps its promises: `python -m tests.bench.beyond --draws 2000`.

Each row is one planted world (`tests/planted_words.py`): emotions that two runs share in part, words that
everything shares, text noise. `true` is the partial rho* of the planted codes (of untrained worlds, which are new in
each data set, the mean). `given` is the share of data sets in
which the partial rho* is identifiable; bias and coverage are among those. `yes`, `no` and `unknown` are shares of all.
Finished worlds are kept in FILE and not computed again; without --draws it prints what is there.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from emogeo.geometry.beyond import Beyond, BeyondNulls, Null, beyond_nulls, null_reliability, partial_rho_star
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import agreement
from tests.planted_words import WordWorld, draw, true_rho

FEW = 0.05
"""The share of data sets below which bias and coverage of those given are of too few to be shown."""


@dataclass(frozen=True)
class Row:
    """What many data sets of one world showed; NaN where too few give a number."""

    n_units: int
    words: float
    mix: float
    signal: float
    signal_nulls: float
    width: int | None
    seed: int
    draws: int
    true: float
    reliability_a: float
    reliability_b: float
    reliability_nulls: float
    explained: float
    given: float
    bias: float
    covers: float
    yes: float
    no: float
    unknown: float


def worlds() -> list[WordWorld]:
    """Trained worlds, and untrained ones of several widths and codes."""
    grid = itertools.product((0.3, 0.5, 0.75), (0.0, 0.3, 0.5, 0.85, 1.0), (0.03, 0.06, 0.3))
    trained = [WordWorld(24, words, mix, 0.15, nulls) for words, mix, nulls in grid]
    few = [WordWorld(12, 0.5, mix, 0.3, nulls) for mix, nulls in itertools.product((0.0, 0.5, 0.85), (0.1, 0.3))]
    untrained = itertools.product((12, 24), (8, 30, 60, 200), (0.1, 0.4))
    return trained + few + [WordWorld(n, 1, 0, signal, signal, width) for n, width, signal in untrained]


def measure(world: WordWorld, draws: int) -> Row:
    """Draws data sets and sums them up."""
    with threadpool_limits(1):
        results = [_one(world.of_data_set(number), number) for number in range(draws)]
    found = [result for result, *_ in results]
    given = [(r.partial, true) for r, true, _ in results if r.partial is not None]
    given = given if len(given) > FEW * draws else []
    shares = {verdict: float(np.mean([r.verdict is verdict for r in found])) for verdict in Beyond}
    return Row(
        **asdict(world),
        draws=draws,
        true=_mean([true for _, true, _ in results]),
        reliability_a=_mean([own[0] for *_, own in results]),
        reliability_b=_mean([own[1] for *_, own in results]),
        reliability_nulls=_mean([own[2] for *_, own in results]),
        explained=_mean([r.explained_a.value for r in found if r.explained_a is not None]),
        given=float(np.mean([r.partial is not None for r in found])),
        bias=_mean([partial.value - true for partial, true in given]),
        covers=_mean([partial.low <= true <= partial.high for partial, true in given]),
        yes=shares[Beyond.yes],
        no=shares[Beyond.no],
        unknown=shares[Beyond.unknown],
    )


def _one(world: WordWorld, seed: int) -> tuple[BeyondNulls, float, tuple[float, float, float]]:
    a, b, nulls = draw(world, seed)
    return beyond_nulls(a, b, nulls), partial_rho_star(true_rho(world)), _reliabilities(a, b, nulls)


def _reliabilities(a: Halves, b: Halves, nulls: Sequence[Null]) -> tuple[float, float, float]:
    return agreement(a), agreement(b), float(np.mean([null_reliability(null).value for null in nulls]))


def _mean(values: Sequence[float | bool]) -> float:
    return float(np.mean(values)) if values else np.nan


def promises(rows: Sequence[Row]) -> list[str]:
    """Each promise with the worst number found and whether it holds."""
    known = [row for row in rows if not np.isnan(row.covers)]
    nothing = [row for row in rows if row.width is not None or row.true < 0.05]
    half = [
        row
        for row in rows
        if 0.45 <= row.true <= 0.65
        and min(row.reliability_a, row.reliability_b, row.reliability_nulls) >= 0.6
        and row.n_units == 24
        and row.explained <= 0.6
    ]
    return [
        _promise("the interval of the partial ρ* covers it, at least 93%", 0.93, 1, [r.covers for r in known]),
        _promise("beyond words where there is nothing, at most 5%", 0, 0.05, [r.yes for r in nothing]),
        _promise("beyond words at a true .5, at least 80% (nulls explain up to .6)", 0.8, 1, [r.yes for r in half]),
    ]


def _promise(name: str, least: float, most: float, numbers: Sequence[float]) -> str:
    if not numbers:
        return f"no world: {name}"
    worst = float(np.min(numbers) if least > 0 else np.max(numbers))
    return f"{'holds' if least <= worst <= most else 'FAILS'}: {name} (worst: {worst:.3f}, {len(numbers)} worlds)"


HEADER = [
    *("world", "units", "true partial", "reliability a / b", "of nulls", "R² of a"),
    *("given", "bias", "covers", "yes", "no more than words", "cannot tell"),
]


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = [f"| {' | '.join(HEADER)} |", "|" + "---|" * len(HEADER)]
    for r in rows:
        world = f"words {r.words:g}" if r.width is None else f"untrained, width {r.width}"
        cells = [world, str(r.n_units), f"{r.true:+.2f}", f"{r.reliability_a:.2f} / {r.reliability_b:.2f}"]
        cells += [f"{r.reliability_nulls:.2f}", f"{r.explained:.2f}", f"{r.given:.0%}"]
        cells += ["–" if np.isnan(r.bias) else f"{r.bias:+.2f}", "–" if np.isnan(r.covers) else f"{r.covers:.1%}"]
        lines.append(f"| {' | '.join([*cells, f'{r.yes:.1%}', f'{r.no:.1%}', f'{r.unknown:.1%}'])} |")
    return "\n".join(lines)


def _finished(file: Path) -> list[Row]:
    return [Row(**json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []


def _identity(of: WordWorld | Row, draws: int) -> tuple[object, ...]:
    return (of.n_units, of.words, of.mix, of.signal, of.signal_nulls, of.width, of.seed, draws)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=0, help="data sets per world")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--file", type=Path, default=Path("results/beyond.jsonl"))
    options = parser.parse_args()
    options.file.parent.mkdir(parents=True, exist_ok=True)
    known = {_identity(row, row.draws) for row in _finished(options.file)}
    todo = [world for world in worlds() if options.draws and _identity(world, options.draws) not in known]
    with ProcessPoolExecutor(options.workers) as pool, options.file.open("a") as stream:
        for row in pool.map(measure, todo, itertools.repeat(options.draws)):
            print(json.dumps(asdict(row)), file=stream, flush=True)
    rows = _finished(options.file)
    print(table(rows))
    print(*promises(rows), sep="\n")


if __name__ == "__main__":
    main()
