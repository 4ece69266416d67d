"""The `beyond` table: what is left of every pair's rho* once words, and then word meanings, are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tqdm import tqdm

from emogeo.analysis.comparing.nulls import Level, PairNulls, Twins, pair_nulls
from emogeo.analysis.comparing.paired import pairs_of
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import twin_commands
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, pair_key, run_key
from emogeo.analysis.tables.notes import Note
from emogeo.analysis.tables.pairs import NAMES, SHOW_PROGRESS
from emogeo.config.analyze import Pairs
from emogeo.config.model import Init
from emogeo.config.runtime import StoreConfig
from emogeo.errors import GeometryError
from emogeo.geometry.beyond import WANTED_TWINS, Beyond, BeyondNulls, beyond_nulls
from emogeo.installation import command

BEYOND_COLUMNS = [
    *(*NAMES, "level", "verdict", "reason", "rho_partial", "rho_partial_ci_low", "rho_partial_ci_high", "p"),
    *("explained_a", "explained_a_ci_low", "explained_a_ci_high"),
    *("explained_b", "explained_b_ci_low", "explained_b_ci_high"),
    *("margin", "margin_ci_low", "margin_ci_high", "best_null", "given", "n_units", "n_conditions"),
    *("twin_command", "note"),
]
_WORDS = ["level", "verdict", "reason", "best_null", "given", "twin_command"]


@dataclass(frozen=True)
class PairVerdict:
    """What is left of one pair's agreement on one level."""

    level: Level
    found: BeyondNulls
    nulls: PairNulls


@dataclass(frozen=True)
class Options:
    """What the verdicts depend on beside the runs."""

    permutations: int
    seed: int
    which: Pairs = Pairs.auto
    """Of the pairs of trained runs."""


def beyond_table(
    prepared: Sequence[PreparedRun], blocked: Mapping[str, str], options: Options, kept: Kept = NOTHING
) -> Table:
    """Makes a row per pair of runs and level.

    Args:
        blocked: for each digest of texts on which no verdict may rest, the reason.
        kept: rows of earlier analyses.
    """
    twins, rows, pairs = Twins(prepared), list[Row](), pairs_of(prepared, options.which)
    for a, b in tqdm(pairs, desc="beyond words", unit="pair", leave=False, disable=len(pairs) < SHOW_PROGRESS or None):
        key = _key(a, b, twins, blocked, options)
        rows += kept.get(key) or kept.put(key, _rows(a, b, twins, blocked, options))
    return typed(rows, BEYOND_COLUMNS, words=[*NAMES, *_WORDS, "note"])


def _key(a: PreparedRun, b: PreparedRun, twins: Twins, blocked: Mapping[str, str], options: Options) -> Row:
    """Gives what the rows of a pair are computed from."""
    own = [run_key(twin) for each in (a, b) for kind in (Init.random, Init.shuffled) for twin in twins.of(each, kind)]
    why = [blocked.get(each.run.text_digest) for each in (a, b)]
    own_command = command("train")  # the rows say what to type
    return pair_key(
        a, b, twins=own, blocked=why, permutations=options.permutations, seed=options.seed, command=own_command
    )


def _rows(a: PreparedRun, b: PreparedRun, twins: Twins, blocked: Mapping[str, str], options: Options) -> list[Row]:
    names: Row = {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}
    reasons = [blocked[digest] for digest in dict.fromkeys([a.run.text_digest, b.run.text_digest]) if digest in blocked]
    rows, words = list[Row](), Beyond.yes
    for level in Level:
        try:
            verdict = judged(a, b, twins, level, options)
        except GeometryError as error:
            rows.append({**names, "level": level.value, "verdict": Beyond.unknown.value, "reason": str(error)})
            continue
        found = _not_beyond(_on_blocked(verdict.found, reasons), words)
        words = found.verdict if level is Level.words else words
        rows.append({**names, **_row(replace(verdict, found=found))})
    return rows


def judged(a: PreparedRun, b: PreparedRun, twins: Twins, level: Level, options: Options) -> PairVerdict:
    """Judges one pair on one level; without enough random twins there is no yes.

    Raises:
        GeometryError: too few shared conditions.
    """
    nulls = pair_nulls(a, b, twins, level)
    found = beyond_nulls(nulls.a, nulls.b, nulls.nulls, _lacking(nulls), options.permutations, options.seed)
    return PairVerdict(level, found, nulls)


def _lacking(nulls: PairNulls) -> str:
    """Says whose twins are too few for a yes."""
    names = " and ".join(dict.fromkeys(run.run.record.model.name for run in nulls.without_twins))
    return f"fewer than {WANTED_TWINS} untrained twins of {names}" if names else ""


def _on_blocked(found: BeyondNulls, reasons: Sequence[str]) -> BeyondNulls:
    return replace(found, verdict=Beyond.unknown, reason="; ".join(reasons)) if reasons else found


def _not_beyond(found: BeyondNulls, words: Beyond) -> BeyondNulls:
    """Takes back a yes beyond word meanings where there is none beyond words."""
    if found.verdict is Beyond.yes and words is not Beyond.yes:
        return replace(found, verdict=Beyond.unknown, reason=f"beyond words: {words.value}; {found.reason}")
    return found


def _row(verdict: PairVerdict) -> Row:
    found, nulls = verdict.found, verdict.nulls
    row: Row = {"level": verdict.level.value, "verdict": found.verdict.value, "reason": found.reason, "p": found.p}
    for name, estimate in (
        ("rho_partial", found.partial),
        ("explained_a", found.explained_a),
        ("explained_b", found.explained_b),
        ("margin", found.margin),
    ):
        row.update({} if estimate is None else columns(name, estimate))
    row.update(best_null=found.best, given=", ".join(found.given), twin_command=_command(nulls))
    row.update(n_units=min(nulls.a.n_units, nulls.b.n_units), n_conditions=len(nulls.a.products.conditions))
    return {**row, "note": [Note(f"without {text}") for text in found.left_out if text not in found.reason]}


def _command(nulls: PairNulls) -> str:
    """Gives what adds the twins to the usual store: tables are the same wherever the runs lie."""
    return " && ".join(twin_commands([run.run for run in nulls.without_twins], StoreConfig().path))
