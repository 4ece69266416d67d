"""The `descriptors` and `descriptors_by_layer` tables: numbers of one model's space, and flags on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emogeo.analysis.comparing.depth import best_blocks
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.names import how_read
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.kept import NOTHING, Kept, run_key
from emogeo.analysis.tables.notes import Note, NoteKind, too_few_labels
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.descriptors import participation_ratio, rating_axis
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_UNITS, Halves
from emogeo.geometry.inference import Estimate, interval, reliability
from emogeo.geometry.options import Selection
from emogeo.geometry.rdm import MIN_CONDITIONS
from emogeo.geometry.units import deletion_weights, plain_rdms
from emogeo.models.shares import flag_of
from emogeo.record.run import Run
from emogeo.stimuli.norms import package_norms

WORDS = ["key", "run", "model", "family", "variant", "precision", "mode", "reading", "largest_dimensions"]
WORDS += ["flags", "note"]
INTERVALS = ("anisotropy", "rdm_std", "participation_ratio", "reliability")
"""Descriptors that have an interval."""
DESCRIPTOR_COLUMNS = [
    *("key", "run", "model", "family", "variant", "params_b", "precision", "mode", "reading"),
    *("layer", "n_layers", "n_units"),
    *("anisotropy", "anisotropy_ci_low", "anisotropy_ci_high", "anisotropy_without_largest", "largest_dimensions"),
    *("rdm_std", "rdm_std_ci_low", "rdm_std_ci_high"),
    *("participation_ratio", "participation_ratio_ci_low", "participation_ratio_ci_high"),
    *("best_min_mean_cosine", "best_separation", "best_reliability"),
    *("valence_axis", "valence_r", "valence_p", "arousal_axis", "arousal_r", "arousal_p"),
    *("reliability", "reliability_ci_low", "reliability_ci_high", "nonfinite", "flags", "note"),
]
BY_LAYER = (
    *("anisotropy", "anisotropy_without_largest", "rdm_std", "participation_ratio", "mean_cosine", "separation"),
    *("reliability", "reliability_ci_low", "reliability_ci_high"),
)
BY_LAYER_COLUMNS = ["key", "run", "model", "precision", "reading", "layer", "selected", "depth", *BY_LAYER, "nonfinite"]
NARROW = 0.95
"""The anisotropy above which cosines hardly tell texts apart."""
_COMPONENTS = 5
"""The number of principal components among which a rating is looked for."""
_FLAT_COSINE, _FLAT_SEPARATION = 0.01, 0.1
"""The range over blocks (of separation, relative to the best) below which a criterion hardly tells them apart."""


def descriptors_table(
    runs: Sequence[Run], prepared: Sequence[PreparedRun], permutations: int, seed: int, kept: Kept = NOTHING
) -> Table:
    """Makes one row per run, refused ones included and rereads left out."""
    by_key, rows = {each.run.key: each for each in prepared}, list[Row]()
    for run in [run for run in runs if run.reread_of is None]:
        each = by_key.get(run.key)
        if each is None:
            rows.append(_row(run, None, permutations, seed))
            continue
        key = {"run": run_key(each), "permutations": permutations, "seed": seed}
        rows += kept.get(key) or kept.put(key, [_row(run, each, permutations, seed)])
    return typed(rows, DESCRIPTOR_COLUMNS, WORDS)


def by_layer_table(prepared: Sequence[PreparedRun]) -> Table:
    """Makes one row per run and block."""
    rows = []
    for each in prepared:
        record, result = each.run.record, each.run.result
        if each.run.reread_of is not None:
            continue
        curves, finite = result.by_layer, result.layer.layers
        for block, nonfinite in enumerate(record.nonfinite["passages"]):
            row: Row = {"key": record.key, "run": each.name, "model": each.run.model, "precision": record.precision}
            row["reading"] = how_read(each.run)
            row["selected"] = "yes" if block == each.run.layer else "no"
            n_layers = each.run.n_layers
            row.update(layer=block, depth=None if n_layers is None else (block + 1) / n_layers, nonfinite=nonfinite)
            if block not in finite and record.imported is not None:
                continue
            if block in finite:
                at = finite.index(block)
                row.update({name: curves[name][at] for name in BY_LAYER if name in curves})
            rows.append(row)
    return typed(rows, BY_LAYER_COLUMNS, ["key", "run", "model", "precision", "reading", "selected"])


def _row(run: Run, prepared: PreparedRun | None, permutations: int, seed: int) -> Row:
    record, model = run.record, run.record.model
    row: Row = {"key": record.key, "precision": record.precision, "mode": record.mode.value, "model": run.model}
    row.update(family=model.family, variant=model.variant, params_b=model.params_b, n_layers=run.n_layers)
    row["reading"] = how_read(run)
    row["nonfinite"] = sum(record.nonfinite["passages"]) if record.nonfinite else None
    if prepared is None:
        flag = Note(f"overflow at {run.record.precision}", NoteKind.overflow)
        return {**row, "run": run.model, "flags": [flag], "note": [Note(record.reason or "", NoteKind.refused)]}
    row.update(run=prepared.name, layer=run.layer, n_units=prepared.halves.n_units)
    row.update({f"best_{way}": block for way, block in best_blocks(run.result).items()})
    notes = _put_intervals(row, prepared.halves)
    notes += _put_anisotropy(row, run) + _put_axes(row, run, permutations, seed)
    return {**row, "flags": _flags(row, run), "note": notes}


def _put_anisotropy(row: Row, run: Run) -> list[Note]:
    if run.row is None:
        return [Note("every block is used, so there is no single anisotropy")]
    if run.record.imported is not None:
        return [Note("anisotropy: no neutral sentences were imported")]
    at, curves = run.row, run.result.by_layer
    for name in ("anisotropy", "anisotropy_ci_low", "anisotropy_ci_high", "anisotropy_without_largest"):
        row[name] = curves[name][at]
    largest = run.result.largest_dimensions[at]
    pairs = zip(largest.indices, largest.contributions, strict=True)
    row["largest_dimensions"] = ", ".join(f"{index} ({added:.2f})" for index, added in pairs)
    return []


def _put_intervals(row: Row, halves: Halves) -> list[Note]:
    """Puts spread, dimension and reliability at the layer into a row, with their intervals over units."""
    n = halves.n_units
    weights = deletion_weights(n)
    spread = plain_rdms(halves.products.values, weights).std(axis=1)
    dimension = participation_ratio(_grams(halves, weights))
    for name, figures in (("rdm_std", spread), ("participation_ratio", dimension)):
        row.update(columns(name, _jackknifed(figures)))
    if n < MIN_UNITS:
        return [Note(f"reliability: not identifiable ({n} units, {MIN_UNITS} are needed)")]
    row.update(columns("reliability", reliability(halves)))
    return [] if n >= MIN_JACKKNIFE else [Note(f"no intervals ({n} units, {MIN_JACKKNIFE} are needed)")]


def _grams(halves: Halves, weights: Array) -> Array:
    """Gives inner products of condition vectors centred on their mean: [draw, condition, condition]."""
    gram = np.einsum("du,dv,uvij->dij", weights, weights, halves.products.values, optimize=True)
    gram = gram - gram.mean(axis=1, keepdims=True)
    return np.asarray(gram - gram.mean(axis=2, keepdims=True))


def _jackknifed(figures: Array) -> Estimate:
    if len(figures) <= MIN_JACKKNIFE:
        return Estimate(float(figures[0]), np.nan, np.nan)
    return interval(float(figures[0]), [figures[1:]], fisher=False)


def _put_axes(row: Row, run: Run, permutations: int, seed: int) -> list[Note]:
    """Looks for valence and arousal among the principal components at the layer."""
    norms, vectors = package_norms(), run.layer_vectors
    if vectors is None:
        return [Note("every block is used, so there are no single axes")]
    words = norms.match(run.conditions).words
    if len(words) < MIN_CONDITIONS:
        return [too_few_labels(len(words), "valence and arousal")]
    vectors, notes = vectors - vectors.mean(axis=0), []
    for number, name in enumerate(("valence", "arousal")):
        ratings = np.array([norms.entries[words[c]][number] if c in words else np.nan for c in run.conditions])
        try:
            axis = rating_axis(vectors, ratings, _COMPONENTS, permutations, seed)
        except GeometryError as error:
            notes.append(Note(f"{name}: {error}", NoteKind.not_identifiable))
        else:
            row.update({f"{name}_axis": axis.component, f"{name}_r": axis.r, f"{name}_p": axis.p})
    return notes


def _flags(row: Row, run: Run) -> list[Note]:
    flags = []
    if (row.get("anisotropy") or 0.0) > NARROW:
        flags.append(_flag(f"anisotropy {row['anisotropy']:.3f}, above {NARROW}"))
    if row.get("reliability_ci_low", 1.0) <= 0:
        low, high = row["reliability_ci_low"], row["reliability_ci_high"]
        flags.append(_flag(f"reliability's interval holds 0 [{low:.2f}, {high:.2f}]"))
    flags += [_flag(f"layer criterion flat: {why}") for why in _flat(run)]
    quantised = flag_of(run.quantized)
    if quantised is not None:
        flags.append(_flag(f"{run.record.precision}: {quantised}"))
    finite, blocks = len(run.result.layer.layers), run.record.provenance.n_blocks
    if finite < blocks and run.record.imported is None:
        lost = f"overflow at {run.record.precision}: {finite} of {blocks} blocks are finite"
        flags.append(Note(lost, NoteKind.overflow))
    return flags


def _flag(text: str) -> Note:
    return Note(text, NoteKind.flag)


def _flat(run: Run) -> list[str]:
    """Says where the criterion that chose the layer hardly tells blocks apart."""
    chosen, curves = run.config.layer_selection.name, run.result.by_layer
    if chosen is Selection.min_mean_cosine:
        reach = float(np.ptp(curves["mean_cosine"]))
        return [f"mean cosine differs by {reach:.4f} over blocks"] if reach < _FLAT_COSINE else []
    if chosen is Selection.separation:
        best, middle = float(np.max(curves["separation"])), float(np.median(curves["separation"]))
        flat = best - middle < _FLAT_SEPARATION * abs(best)
        return [f"separation {best:.3f} at best, {middle:.3f} in the median block"] if flat else []
    if chosen is Selection.reliability and "reliability_ci_low" in curves:
        best, middle = int(np.argmax(curves["reliability"])), float(np.median(curves["reliability"]))
        low, value = curves["reliability_ci_low"][best], curves["reliability"][best]
        held = f"reliability {value:.2f} at best, and its interval holds the median block's {middle:.2f}"
        return [held] if low <= middle else []
    return []
