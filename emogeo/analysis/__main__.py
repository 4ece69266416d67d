"""`python -m emogeo.analysis power`: how many units would do, before anything is read."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from emogeo.analysis.power import measured, power_rows, signal_measured
from emogeo.errors import ConfigError, GeometryError
from emogeo.geometry.design import Design, signal_of
from emogeo.geometry.halves import MIN_UNITS
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.installation import command
from emogeo.machine import exit_code
from emogeo.signals import end_with_reader
from emogeo.stimuli.conditions import Noun
from emogeo.store.store import Store
from emogeo.terminal import Described

_ABOUT = """What a design with so many units (topics, say) would show, from planted pairs of runs.

Columns: the reliability to expect (one half of the units against the other), the share of pairs that would pass the
gate and so have a rho*, and the half-width of its 95% interval for these conditions and for conditions like these.
How noisy texts are is given in one of three ways: as measured in a run, as a reliability, or as a ratio of variances.
"""
_EXAMPLES = f"""examples:
  {command("analysis")} power --run 3fa9 --store store --units 24,48,96
  {command("analysis")} power --reliability 0.15 --at 24
  {command("analysis")} power --signal 0.05 --conditions 12
"""
_TEXT_NOISE = 0.05
"""A middle value of what small models had on the package's passages: emotion over text variance .04 to .17."""

V = TypeVar("V")


def _checked(read: Callable[[str], V], allowed: Callable[[V], bool], said: str, example: str) -> Callable[[str], V]:
    """Gives what reads an option's word, and refuses it before anything is computed, saying what is allowed."""

    def value(word: str) -> V:
        try:
            found = read(word)
        except ValueError:
            pass
        else:
            if allowed(found):
                return found
        raise argparse.ArgumentTypeError(f"{word!r} is not {said}, as in {example}.")

    return value


def _whole(least: int, example: str) -> Callable[[str], int]:
    return _checked(int, lambda value: value >= least, f"a whole number from {least} on", example)


def _numbers(words: str) -> list[int]:
    return [int(word) for word in words.split(",")]


_UNITS = _checked(
    _numbers,
    lambda units: min(units) >= MIN_UNITS,
    f"whole numbers from {MIN_UNITS} on with commas between",
    "--units 12,24,48",
)
_RELIABILITY = _checked(float, lambda value: 0 < value < 1, "a number above 0 and below 1", "--reliability 0.15")
_SIGNAL = _checked(float, lambda value: 0 < value < math.inf, "a number above 0", "--signal 0.05")
_STAR = _checked(float, lambda value: 0 <= value <= 1, "a share from 0 to 1", "--star 0.9")


def main(words: Sequence[str] | None = None) -> int:
    """0 with a table, 1 with the reason why there is none; argparse exits with 2 where an option is out of range."""
    asked = _parser().parse_args(words)
    return exit_code(lambda: _power(asked))


def _power(asked: argparse.Namespace) -> int:
    signal, conditions, noun = _noise(asked)
    about = (
        f"{conditions} conditions, {noun} over text variance {signal:.3f}, {asked.star:.0%} of the geometry in common"
    )
    print(f"{about}; {asked.draws} planted pairs each\n", flush=True)
    designs = [Design(n_units, conditions, signal, asked.star) for n_units in asked.units]
    for line in power_rows(designs, asked.draws, asked.seed):
        print(line, flush=True)
    return 0


def _noise(asked: argparse.Namespace) -> tuple[float, int, Noun]:
    """The signal, the number of conditions, and what they are called."""
    noun = Noun.condition
    if asked.run is not None:
        run = measured(Store(asked.store), asked.run)
        print(run, flush=True)
        given, advice = f"--run {asked.run}", "Type a ratio instead, as in --signal 0.05."
        find, conditions, noun = partial(signal_measured, run, asked.seed), run.n_conditions, run.noun
    elif asked.reliability is not None:
        given = f"--reliability {asked.reliability} --at {asked.at}"
        advice = "Type one further from 0 and 1, as in --reliability 0.15 --at 24, or a ratio, as in --signal 0.05."
        conditions = asked.conditions
        find = partial(signal_of, asked.reliability, asked.at, conditions, asked.seed)
    else:
        return asked.signal, asked.conditions, noun
    try:
        return find(), conditions, noun
    except GeometryError as error:
        raise ConfigError(f"{given}: {error} {advice}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=command("analysis"))
    commands = parser.add_subparsers(dest="command", required=True)
    power = commands.add_parser(
        "power",
        help="what a design would show, before it is run",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=Described,
        usage="%(prog)s [options]",
    )
    power.add_argument("--units", type=_UNITS, default=[12, 24, 48], help="numbers of units (default: 12,24,48)")
    noise = power.add_mutually_exclusive_group()
    noise.add_argument("--run", metavar="KEY", help="a run of --store: its reliability, units and conditions are taken")
    noise.add_argument("--reliability", type=_RELIABILITY, help="a reliability that was seen with --at units")
    noise.add_argument(
        "--signal",
        type=_SIGNAL,
        default=_TEXT_NOISE,
        help="condition over text variance of a passage (default: 0.05)",
    )
    power.add_argument(
        "--at", type=_whole(MIN_UNITS, "--at 24"), default=24, help="the units of --reliability (default: 24)"
    )
    power.add_argument("--store", default="store", help="the folder of --run (default: store)")
    power.add_argument(
        "--conditions", type=_whole(MIN_CONDITIONS, "--conditions 21"), default=21, help="conditions (default: 21)"
    )
    power.add_argument("--star", type=_STAR, default=0.9, help="share of the geometry in common (default: 0.9)")
    power.add_argument(
        "--draws", type=_whole(1, "--draws 10"), default=10, help="planted pairs for each row (default: 10)"
    )
    power.add_argument("--seed", type=_whole(0, "--seed 1"), default=0, help="of what is planted (default: 0)")
    return parser


if __name__ == "__main__":
    end_with_reader()
    sys.exit(main())
