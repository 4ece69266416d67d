"""`python -m emogeo.analysis power`: how many units would do, before anything is read."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from emogeo.analysis.power import measured, power_table, signal_measured
from emogeo.errors import EmogeoError
from emogeo.geometry.design import signal_of
from emogeo.store.store import Store

_ABOUT = """What a design with so many units (topics, say) would show, from planted pairs of runs.

Columns: the reliability to expect (one half of the units against the other), the share of pairs that would pass the
gate and so have a rho*, and the half-width of its 95% interval for these conditions and for conditions like these.
How noisy texts are is given in one of three ways: as measured in a run, as a reliability, or as a ratio of variances.
"""
_EXAMPLES = """examples:
  python -m emogeo.analysis power --run 3fa9 --store store --units 24,48,96
  python -m emogeo.analysis power --reliability 0.15 --at 24
  python -m emogeo.analysis power --signal 0.05 --conditions 12
"""
_TEXT_NOISE = 0.05
"""A middle value of what small models had on the package's passages: emotion over text variance .04 to .17."""


def main(words: Sequence[str] | None = None) -> int:
    """0 with a table, 1 with the reason why there is none."""
    asked = _parser().parse_args(words)
    try:
        return _power(asked)
    except EmogeoError as error:
        print(f"emogeo: {error}", file=sys.stderr)
        return 1


def _power(asked: argparse.Namespace) -> int:
    conditions = asked.conditions
    if asked.run is not None:
        run = measured(Store(asked.store), asked.run)
        print(run)
        signal, conditions = signal_measured(run, asked.seed), run.n_conditions
    elif asked.reliability is not None:
        signal = signal_of(asked.reliability, asked.at, conditions, asked.seed)
    else:
        signal = asked.signal
    about = (
        f"{conditions} conditions, emotion over text variance {signal:.3f}, {asked.star:.0%} of the geometry in common"
    )
    print(f"{about}; {asked.draws} planted pairs each\n")
    table = power_table(asked.units, signal, conditions, asked.star, asked.draws, asked.seed)
    print(table.to_string(index=False))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m emogeo.analysis")
    commands = parser.add_subparsers(dest="command", required=True)
    power = commands.add_parser(
        "power",
        help="what a design would show, before it is run",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    power.add_argument("--units", type=_numbers, default=[12, 24, 48], help="numbers of units (default: 12,24,48)")
    noise = power.add_mutually_exclusive_group()
    noise.add_argument("--run", metavar="KEY", help="a run of --store: its reliability, units and conditions are taken")
    noise.add_argument("--reliability", type=float, help="a reliability that was seen with --at units")
    noise.add_argument(
        "--signal", type=float, default=_TEXT_NOISE, help="emotion over text variance of a passage (default: 0.05)"
    )
    power.add_argument("--at", type=int, default=24, help="the units of --reliability (default: 24)")
    power.add_argument("--store", default="store", help="the folder of --run (default: store)")
    power.add_argument("--conditions", type=int, default=21, help="conditions (default: 21)")
    power.add_argument("--star", type=float, default=0.9, help="share of the geometry in common (default: 0.9)")
    power.add_argument("--draws", type=int, default=10, help="planted pairs for each row (default: 10)")
    power.add_argument("--seed", type=int, default=0)
    return parser


def _numbers(words: str) -> list[int]:
    try:
        return [int(word) for word in words.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{words!r}: whole numbers with commas between, as in 12,24,48") from error


if __name__ == "__main__":
    sys.exit(main())
