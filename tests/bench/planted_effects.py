"""The effects table on catalogues with known effects: `python -m tests.bench.planted_effects --draws 2000`.

Two designs of seven sets with 24 units each, unequal reliabilities, texts in common between a
set and its replay, and topics in common between all sets but the loose one (tests/planted_catalogue.py):
one with a planted cross-experiment bias of about -.5 and no effect of precision, one with an
effect of precision and neither of method nor of writing. Prints a table, says what holds.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

import pandas as pd
from threadpoolctl import threadpool_limits

from emogeo.analysis.tables.effects import YES, effects_of, effects_table
from tests.planted_catalogue import Design, draw

DESIGNS = {
    "bias −.5": Design(a_c=0.495, b_c=0.8, c_d=1.0),
    "no bias": Design(a_c=1.0, b_c=1.0, c_d=0.6),
}
PERMUTATIONS = 100
COVERED, DECLARED, OFF, FOUND = 0.93, 0.05, 0.05, 0.9


def rows_of(design: Design, seed: int) -> pd.DataFrame:
    """The effects table of one data set, with what was planted."""
    table = effects_table(effects_of(draw(design, seed), PERMUTATIONS, seed)).frame
    table["truth"] = [design.truth(a, b) for a, b in zip(table["key_a"], table["key_b"], strict=True)]
    table["bias_truth"] = [
        design.truth(a, d) - design.truth("C", d) for a, d in zip(table["key_a"], table["key_b"], strict=True)
    ]
    return table


def tables(design: Design, draws: int, workers: int) -> pd.DataFrame:
    with ProcessPoolExecutor(workers, initializer=threadpool_limits, initargs=(1,)) as pool:
        return pd.concat(pool.map(rows_of, itertools.repeat(design), range(draws), chunksize=5))


def summarize(found: pd.DataFrame) -> pd.DataFrame:
    """Per row of the effects table, over draws: given, bias, coverage, how often it counts."""
    rows = []
    for (layer, factor), own in found.groupby(["layer_of_effect", "factor"], sort=False):
        given = own[own["rho_star"].notna()]
        row = {"layer": layer, "factor": factor, "truth": own["truth"].iloc[0], "given": len(given) / len(own)}
        row["off"] = (given["rho_star"] - given["truth"]).mean()
        row["covered"] = given["truth"].between(given["rho_star_ci_low"], given["rho_star_ci_high"]).mean()
        row["counts"] = (own["counts"] == YES).mean()
        if layer == "cross_experiment":
            row["bias_truth"] = own["bias_truth"].iloc[0]
            row["bias_off"] = (given["bias"] - given["bias_truth"]).mean()
            row["bias_covered"] = given["bias_truth"].between(given["bias_ci_low"], given["bias_ci_high"]).mean()
            row["bias_declared"] = (~own["bias"].isna() & ((own["bias_ci_low"] > 0) | (own["bias_ci_high"] < 0))).mean()
        rows.append(row)
    return pd.DataFrame(rows)


def checks(name: str, table: pd.DataFrame) -> list[tuple[str, bool]]:
    """What the table promises, and whether it holds."""
    absent = table[table["truth"] > 1 - 1e-9]
    cross = table[table["layer"] == "cross_experiment"]
    bias, off = cross["bias_truth"].iloc[0], cross["bias_off"].iloc[0]
    covered, counted, missed = table["covered"].min(), absent["counts"].max(), table["off"].abs().max()
    given, declared = table["given"].min(), cross["bias_declared"].iloc[0]
    said = [
        (f"{name}: ρ* given in every row, least {given:.3f}", bool(given > 0.5)),
        (f"{name}: ρ* covered, least {covered:.3f}", bool(covered >= COVERED)),
        (f"{name}: absent effects that count, most {counted:.3f}", bool(counted <= DECLARED)),
        (f"{name}: ρ* off, most {missed:.3f}", bool(missed <= OFF)),
        (f"{name}: bias {bias:+.3f}, off {off:+.3f}", bool(abs(off) <= OFF)),
        (f"{name}: bias covered {cross['bias_covered'].iloc[0]:.3f}", bool(cross["bias_covered"].iloc[0] >= COVERED)),
    ]
    if abs(bias) < 1e-9:
        said.append((f"{name}: an absent bias declared {declared:.3f}", bool(declared <= DECLARED)))
    else:
        said.append((f"{name}: its bias found {declared:.3f}", bool(declared >= FOUND)))
    return said


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=200, help="data sets per design")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    said = []
    for name, design in DESIGNS.items():
        table = summarize(tables(design, options.draws, options.workers))
        print(f"\n{name}\n{table.to_string(index=False, na_rep='', float_format=lambda v: f'{v:.3f}')}", flush=True)
        said += checks(name, table)
    print("\n" + "\n".join(f"{'holds' if holds else 'FAILS'}: {what}" for what, holds in said))
    return 0 if all(holds for _, holds in said) else 1


if __name__ == "__main__":
    sys.exit(main())
