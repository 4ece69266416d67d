"""How p by the tail of 10,000 permutations compares with p by a million: `python -m tests.bench.tail`.

For pairs of planted runs, the value that a given share of a million relabellings reaches is taken as observed, and
10,000 others give its p by `in_tail`. The ratio to the share is 1 where the tail is right, and above 1
where p is too large.
"""

from __future__ import annotations

import numpy as np

from emogeo.geometry.crossed import crossed_halves
from emogeo.geometry.permutation import in_tail, relabelled_agreement
from tests.planted import Planted, halves

MANY, FEW, PAIRS, AT_ONCE = 1_000_000, 10_000, 12, 50_000
SHARES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
CELLS = {
    "unrelated": Planted(24, 0.2, unrelated=True),
    "related": Planted(24, 0.2, 0.5),
    "the same": Planted(24, 0.4, 1.0),
    "few units": Planted(8, 0.4, 0.5),
}


def main() -> None:
    print(f"{'pairs':12}" + "".join(f"{share:>22.0e}" for share in SHARES))
    for name, planted in CELLS.items():
        ratios = np.array([_ratios(planted, seed) for seed in range(PAIRS)])
        low, middle, high = np.quantile(ratios, (0, 0.5, 1), axis=0)
        cells = zip(middle, low, high, strict=True)
        print(f"{name:12}" + "".join(f"{m:>8.2f} [{a:.2f}, {b:.2f}]".rjust(22) for m, a, b in cells), flush=True)


def _ratios(planted: Planted, seed: int) -> list[float]:
    """p by the tail over the true share, for each share."""
    crossed = [crossed_halves(*halves(planted, seed))]
    few = relabelled_agreement(crossed, FEW, 10_000_000 + seed)
    parts = (relabelled_agreement(crossed, AT_ONCE, 1000 * seed + part)[0] for part in range(MANY // AT_ONCE))
    many = np.sort(np.concatenate(list(parts)))[::-1]
    observed = [many[max(int(share * MANY) - 1, 0)] for share in SHARES]
    return [float(in_tail(np.array([value]), few)[0]) / share for value, share in zip(observed, SHARES, strict=True)]


if __name__ == "__main__":
    main()
