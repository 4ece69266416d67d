"""The published four-layer design where nothing differs: `python -m tests.bench.published_design --draws 2000`.

Two planted "models". In each, the four sets of the design (A comprehension, B loose and C
matched generation in fp16, D matched generation in INT8) have one and the same geometry; only
the noise of a text differs between sets, and all texts are different ones. Raw rho is compared
at the published numbers of units, rho* at those and at 24 units. Prints a table, draws a figure.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from threadpoolctl import threadpool_limits

from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import Comparison, Estimate, compare, cross_experiment_bias
from tests.planted import codes, run_of

SETS = "ABCD"
PUBLISHED_UNITS = {"A": 3, "B": 1, "C": 5, "D": 5}
MANY_UNITS = dict.fromkeys(SETS, 24)
SIGNALS = {
    "model 1": {"A": 0.5, "B": 0.3, "C": 0.08, "D": 0.3},
    "model 2": {"A": 0.08, "B": 0.3, "C": 0.5, "D": 0.3},
}
"""Variance of emotion over variance of a text."""
LAYERS = {
    "method": "AC",
    "method, loose": "AB",
    "sub-parameters": "BC",
    "precision": "CD",
    "cross-experiment": "AD",
}


@dataclass(frozen=True)
class Study:
    """One draw of the whole design."""

    comparisons: dict[str, Comparison]
    """By layer."""
    star_bias: Estimate | None

    @property
    def raw_bias(self) -> float:
        return self.comparisons["cross-experiment"].rho.value - self.comparisons["precision"].rho.value

    def effect(self, layer: str) -> bool:
        """Whether an effect (none was planted) is declared."""
        star = self.comparisons[layer].rho_star
        return star is not None and star.high < 1


def draw(model: str, units: dict[str, int], seed: int) -> Study:
    """Fresh texts for every set, one geometry."""
    generator = np.random.default_rng([seed, len(model), sum(map(ord, model)), sum(units.values())])
    code = codes(1.0)[0]
    sets: dict[str, Halves] = {
        name: run_of(code, SIGNALS[model][name], generator, units[name], prefix=name) for name in SETS
    }
    comparisons = {layer: compare(sets[pair[0]], sets[pair[1]]) for layer, pair in LAYERS.items()}
    return Study(comparisons, cross_experiment_bias(sets["A"], sets["C"], sets["D"]))


def studies(model: str, units: dict[str, int], draws: int, workers: int = 2) -> list[Study]:
    with ProcessPoolExecutor(workers, initializer=threadpool_limits, initargs=(1,)) as pool:
        return list(pool.map(draw, itertools.repeat(model), itertools.repeat(units), range(draws), chunksize=20))


def summarize(name: str, raw: Sequence[Study], many: Sequence[Study]) -> list[str]:
    """Rows of the table."""
    rows = []
    for layer, pair in LAYERS.items():
        given = [study for study in raw if study.comparisons[layer].rho_star is not None]
        rows.append(
            f"| {name} | {layer} ({pair[0]}–{pair[1]}) | {_spread([s.comparisons[layer].rho.value for s in raw])} "
            f"| {len(given)} of {len(raw)} | {_spread(_stars(many, layer))} "
            f"| {np.mean([study.effect(layer) for study in many]):.1%} |"
        )
    biases = [study.star_bias for study in many if study.star_bias is not None]
    declared = sum(not bias.low <= 0 <= bias.high for bias in biases) / len(many)
    rows.append(
        f"| {name} | bias, (A–D) − (C–D) | {_spread([s.raw_bias for s in raw], '+.2f')} | – "
        f"| {_spread([bias.value for bias in biases], '+.2f')} | {declared:.1%} |"
    )
    return rows


def _stars(many: Sequence[Study], layer: str) -> list[float]:
    return [star.value for study in many if (star := study.comparisons[layer].rho_star) is not None]


def _spread(values: Sequence[float], form: str = ".2f") -> str:
    low, high = np.quantile(values, [0.025, 0.975])
    return f"{np.mean(values):{form}} [{low:{form}}, {high:{form}}]"


def figure(raw: dict[str, list[Study]], many: dict[str, list[Study]], file: Path) -> None:
    """Raw layers at the published numbers of units, and rho* at 24."""
    canvas = Figure(figsize=(10, 3.8), layout="constrained")
    left, right = canvas.subplots(1, 2, sharey=True)
    rhos = {m: {k: [s.comparisons[k].rho.value for s in raw[m]] for k in LAYERS} for m in raw}
    stars = {m: {k: _stars(many[m], k) for k in LAYERS} for m in many}
    for axes, found, title in ((left, rhos, "raw ρ: 3, 1, 5, 5 units"), (right, stars, "ρ*: 24 units each")):
        for number, (model, layers) in enumerate(found.items()):
            for row, values in enumerate(layers.values()):
                low, high = np.quantile(values, [0.025, 0.975])
                at = row + (number - 0.5) * 0.24
                axes.plot([at, at], [low, high], color=f"C{number}", linewidth=4, alpha=0.35)
                axes.plot(at, np.mean(values), "o", color=f"C{number}", label=model if row == 0 else None)
        axes.axhline(1, color="#444444", linewidth=1, linestyle="--")
        axes.set_xticks(range(len(LAYERS)), [f"{k}\n{v[0]}–{v[1]}" for k, v in LAYERS.items()], fontsize=8)
        axes.set_title(title, fontsize=10, loc="left")
        axes.grid(axis="y", alpha=0.25)
    left.set_ylabel("mean and 95% of data sets")
    left.set_ylim(0.0, 1.25)
    left.legend(fontsize=8, loc="upper left")
    canvas.suptitle("One geometry in all four sets (dashed: the truth); only the noise of a text differs", fontsize=10)
    file.parent.mkdir(parents=True, exist_ok=True)
    canvas.savefig(file, dpi=130, metadata={"Software": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200, help="data sets per model and number of units")
    parser.add_argument("--figure", type=Path, default=Path("results/published_design.png"))
    options = parser.parse_args()
    raw = {model: studies(model, PUBLISHED_UNITS, options.draws) for model in SIGNALS}
    many = {model: studies(model, MANY_UNITS, options.draws) for model in SIGNALS}
    print("| | layer | raw ρ, 3 / 1 / 5 / 5 units | ρ\\* given | ρ\\*, 24 units each | effect declared |")
    print("|---|---|---|---|---|---|")
    for model in SIGNALS:
        print(*summarize(model, raw[model], many[model]), sep="\n")
    figure(raw, many, options.figure)
    print(options.figure)


if __name__ == "__main__":
    main()
