"""Effects of single factors on one model's geometry, and the table of them.

An effect is 1 - rho*. It counts where its interval lies above the numerical floor and,
for texts that were written again, above what writing again does by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from emogeo.analysis.comparing.factor import Contrast, EffectKind, Factor
from emogeo.analysis.comparing.floors import floors
from emogeo.analysis.comparing.levels import Parameter
from emogeo.analysis.comparing.matching import MinimalPair, minimal_pairs
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.published import published_rho
from emogeo.analysis.tables.biases import put_bias
from emogeo.analysis.tables.comparison import COMPARISON_COLUMNS, compare_into, floor_into, origin_notes
from emogeo.analysis.tables.equivalence import EQUIVALENCE, equivalence
from emogeo.analysis.tables.frame import Row, Table, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, content_key, kept_row
from emogeo.analysis.tables.mantel import MantelTests
from emogeo.analysis.tables.notes import Note, left_out
from emogeo.analysis.tables.pairs import tested, what_is_missing
from emogeo.errors import GeometryError
from emogeo.geometry.inference import Estimate
from emogeo.geometry.sharing import over_shared, raw_rho
from emogeo.stimuli.conditions import noun_of

WORDS = ["model", "layer_of_effect", "factor", "aliased_with", "key_a", "key_b", "counts", "equivalence", "note"]
EFFECT_COLUMNS = [
    *WORDS[:6],
    *(name for name in COMPARISON_COLUMNS if name not in {"floor", "note"}),
    *("effect", "ci_low", "ci_high", "floor", "null", "counts", "equivalence"),
    *("bias", "bias_ci_low", "bias_ci_high", "bias_raw", "published", "published_bias", "note"),
]
_SAME = 1e-6
YES, NO, UNKNOWN = "yes", "no", "not identifiable"


@dataclass(frozen=True)
class Effect:
    """The comparison of a minimal pair of runs."""

    pair: MinimalPair
    figures: Row
    """Its numbers, under the names of the table's columns."""
    notes: list[Note] = field(default_factory=list)

    @property
    def model(self) -> str:
        return self.pair.model

    @property
    def factor(self) -> Factor:
        return self.pair.factor

    @property
    def kind(self) -> EffectKind:
        return self.pair.factor.kind

    @property
    def compared(self) -> bool:
        """Whether the effect has a rho."""
        return self.figures.get("rho") is not None

    @property
    def rho_star(self) -> Estimate | None:
        return self._estimate("rho_star")

    @property
    def size(self) -> Estimate | None:
        """The effect, 1 - rho*, with its interval."""
        star = self.rho_star
        return None if star is None else Estimate(1 - star.value, 1 - star.high, 1 - star.low)

    @property
    def bias(self) -> Estimate | None:
        """The bias of a comparison across experiments."""
        return self._estimate("bias")

    def _estimate(self, name: str) -> Estimate | None:
        if self.figures.get(name) is None:
            return None
        low, high = (self.figures.get(f"{name}_{end}", np.nan) for end in ("ci_low", "ci_high"))
        return Estimate(self.figures[name], low, high)


def effects_of(
    prepared: Sequence[PreparedRun], permutations: int, seed: int, bound: float = EQUIVALENCE, kept: Kept = NOTHING
) -> list[Effect]:
    """Compares every minimal pair; the p of all are a family.

    Args:
        bound: the effect within which two geometries are the same.
        kept: comparisons of earlier analyses.
    """
    runs, by_key = [each.run for each in prepared], {each.run.key: each for each in prepared}
    measured, pairs = floors(runs), minimal_pairs(runs)
    tests = MantelTests.of_family(len(pairs), permutations, seed)
    sides = [(by_key[pair.a.key], by_key[pair.b.key]) for pair in pairs]
    keys = [{"a": content_key(a), "b": content_key(b), **tested(tests, measured, a, b)} for a, b in sides]
    rows = [kept_row(kept, key) or _compared(a, b, tests, measured) for key, (a, b) in zip(keys, sides, strict=True)]
    tests.fill(rows)
    for key, row in zip(keys, rows, strict=True):
        kept.put(key, [row])
    found = [Effect(pair, row, [*row.pop("note"), *_naming(pair)]) for pair, row in zip(pairs, rows, strict=True)]
    for effect in found:
        if effect.pair.is_rewritten:
            _put_null(effect, found)
        effect.figures["counts"] = _counts(effect)
        effect.figures["equivalence"] = equivalence(effect.figures, effect.figures["counts"] == YES, bound)
        if effect.kind is EffectKind.cross_experiment:
            effect.notes.extend(put_bias(effect.figures, effect.pair, by_key))
    return found


def effects_table(effects: Sequence[Effect]) -> Table:
    """Makes one row per effect."""
    return typed([_row(effect) for effect in effects], EFFECT_COLUMNS, WORDS)


def _row(effect: Effect) -> Row:
    pair, size = effect.pair, effect.size
    row: Row = {
        "model": pair.model,
        "layer_of_effect": pair.factor.kind.value,
        "factor": pair.factor.label,
        "aliased_with": ", ".join([*pair.aliased, *_blocks(pair)]),
        "key_a": pair.a.key,
        "key_b": pair.b.key,
        "published": published_rho(pair.model, pair.published_sets or ""),
        **effect.figures,
        "note": effect.notes,
    }
    if size is not None:
        row.update(effect=size.value, ci_low=size.low, ci_high=size.high)
    return row


def _compared(a: PreparedRun, b: PreparedRun, tests: MantelTests, measured: Mapping[tuple[str, ...], float]) -> Row:
    """Gives the numbers of a comparison, under the names of the table's columns, and its notes."""
    figures: Row = {}
    try:
        both = over_shared(a, b)
        notes = what_is_missing(a, b, both) + compare_into(figures, both, ("a", "b"), tests)
        notes += _put_raw(figures, a, b)
        notes += floor_into(figures, [a.run, b.run], measured) + origin_notes(a.run, b.run)
    except GeometryError as error:
        notes = [left_out(error)]
    figures["note"] = notes
    return figures  # itself: its p is put in later


def _naming(pair: MinimalPair) -> list[Note]:
    """Notes texts that name their condition, where they were read without a prompt that names it."""
    generation = pair.b.record.generation
    counts = None if generation is None else generation.counts
    if not pair.factor.contexts or counts is None or not counts.naming_their_emotion:
        return []
    noun = noun_of(pair.b.record.emotions)
    said = f"{counts.naming_their_emotion} of {counts.texts} texts name their {noun}, whatever they are read after"
    return [Note(said)]


def _put_raw(figures: Row, a: PreparedRun, b: PreparedRun) -> list[Note]:
    """Puts in rho as published: over each run's own vectors and all of its texts, whatever units are compared."""
    raw = raw_rho(a, b)
    inferred, figures["rho"] = figures["rho"], raw
    if abs(inferred - raw) < _SAME:
        return []
    figures.update(rho_ci_low=None, rho_ci_high=None)
    rest = f"everything else over {figures['n_units']} units (there {inferred:.2f})"
    return [Note(f"rho is over all texts of either run, {rest}")]


def _blocks(pair: MinimalPair) -> list[str]:
    """Notes the blocks of both runs, where a criterion has selected different ones."""
    a, b = (run.layer for run in (pair.a, pair.b))
    said = {pair.factor.parameter, *pair.aliased}
    return [] if a == b or Parameter.layer in said else [f"selected block ({a}, {b})"]


def _put_null(effect: Effect, effects: Sequence[Effect]) -> None:
    """Puts in the largest null of the two runs; where they have none, that of the model."""
    nulls = [other for other in effects if other.factor.contrast is Contrast.null]
    of_model = [(null, null.size.value) for null in nulls if null.model == effect.model and null.size is not None]
    keys = {effect.pair.a.key, effect.pair.b.key}
    own = [size for null, size in of_model if {null.pair.a.key, null.pair.b.key} & keys]
    if of_model:
        effect.figures["null"] = max(own or [size for _, size in of_model])
    else:
        effect.notes.append(Note("null: none is identifiable, repeat the runs with generation.repetition=1"))


def _counts(effect: Effect) -> str:
    """Whether an effect lies above the floor and, for texts that were written again, above the null."""
    size, floor, null = effect.size, effect.figures.get("floor"), effect.figures.get("null")
    if size is None:
        return UNKNOWN
    if size.low <= 0:
        return NO
    if floor is None or (effect.pair.is_rewritten and null is None):
        effect.notes.append(Note("counts: needs the floor and, where texts were written again, a null"))
        return UNKNOWN
    return YES if size.low > max(floor, null or 0.0) else NO
