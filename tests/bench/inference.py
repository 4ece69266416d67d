"""Speed of the whole suite on 12 runs, and of a sample against rsatoolbox: `python -m tests.bench.inference`.

The suite: inner products of 24 units x 21 conditions x 2,048 features, 100 splits, jackknife,
66 pairs with every figure, 13,200 label permutations for each of two Mantel tests. rsatoolbox
resamples and permutes the same 12 RDMs, in the same process.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import numpy as np
import rsatoolbox
from numpy.typing import NDArray
from rsatoolbox.rdm.rdms import permute_rdms

from emogeo.geometry.crossed import crossed_halves
from emogeo.geometry.halves import Halves
from emogeo.geometry.inference import compare
from emogeo.geometry.options import Centring
from emogeo.geometry.permutation import mantel, mantel_disjoint
from emogeo.geometry.units import plain_rdms, unit_products
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from tests.planted import labels

N_RUNS, N_UNITS, WIDTH, PERMUTATIONS = 12, 24, 2048, 13_200
SAMPLES = 20
"""Bootstrap samples that rsatoolbox is timed on."""


def main() -> None:
    emotions, units = labels(N_UNITS)
    states = _states(np.random.default_rng(0))
    started = time.perf_counter()
    runs = [Halves(unit_products(x, emotions, units, CONDITIONS, Centring.grand_mean), seed=0) for x in states]
    pairs = list(itertools.combinations(runs, 2))
    comparisons = [compare(a, b) for a, b in pairs]
    compared = time.perf_counter()
    mantel_disjoint([crossed_halves(a, b) for a, b in pairs], PERMUTATIONS, seed=0)
    permuted = time.perf_counter()
    mantel(*(np.stack([pair[side].whole[0] for pair in pairs]) for side in (0, 1)), PERMUTATIONS, seed=0)
    ended = time.perf_counter()
    print(f"{len(pairs)} pairs of {N_RUNS} runs, {sum(c.rho_star is not None for c in comparisons)} with rho*")
    print(f"  states to rho*, intervals, reliabilities  {compared - started:6.2f} s")
    print(f"  p on disjoint text                        {permuted - compared:6.2f} s")
    print(f"  p_same_text                               {ended - permuted:6.2f} s")
    print(f"  the whole suite                           {ended - started:6.2f} s")
    _against_rsatoolbox(runs, (ended - permuted) / PERMUTATIONS)


def _states(generator: np.random.Generator) -> NDArray[np.float32]:
    code = generator.normal(size=(len(CONDITIONS), WIDTH))
    noise = generator.normal(size=(N_RUNS, N_UNITS, len(CONDITIONS), WIDTH))
    return (0.4 * code + noise).reshape(N_RUNS, -1, WIDTH).astype(np.float32)


def _against_rsatoolbox(runs: list[Halves], own: float) -> None:
    """Seconds per sample that compares all runs: a label permutation here, a permutation or a bootstrap there."""
    weights = np.full((1, N_UNITS), 1 / N_UNITS)
    rdms = rsatoolbox.rdm.RDMs(np.concatenate([plain_rdms(run.products.values, weights) for run in runs]))
    models = [rsatoolbox.model.ModelFixed(str(i), rdms[i]) for i in range(N_RUNS)]
    generator = np.random.default_rng(0)

    def permute() -> None:
        for _ in range(SAMPLES):
            shuffled = permute_rdms(rdms, generator.permutation(len(CONDITIONS)))
            rsatoolbox.rdm.compare(rdms, shuffled, method="spearman")

    def bootstrap() -> None:
        rsatoolbox.inference.eval_bootstrap_pattern(models, rdms, method="spearman", N=SAMPLES)

    print("one random sample, all pairs             seconds   times emogeo's")
    print(f"  emogeo, permutation of labels          {own:.6f}")
    for name, call in (("permutation of labels", permute), ("bootstrap of conditions", bootstrap)):
        seconds = _seconds(call)
        print(f"  rsatoolbox {name:25s} {seconds:.6f} {seconds / own:9.0f}x")


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) / SAMPLES


if __name__ == "__main__":
    main()
