"""Material for the report whose every free text is hostile, and whose every figure is planted."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.finding import Finding
from emogeo.analysis.report.findings import findings
from emogeo.analysis.report.material import Material
from emogeo.analysis.tables.about import ABOUT_COLUMNS
from emogeo.analysis.tables.base_instruct import BASE_INSTRUCT_COLUMNS
from emogeo.analysis.tables.baselines import BASELINE_COLUMNS
from emogeo.analysis.tables.behaviour import BEHAVIOUR_COLUMNS, ITEM_COLUMNS
from emogeo.analysis.tables.beyond import BEYOND_COLUMNS
from emogeo.analysis.tables.claims import CLAIM_COLUMNS
from emogeo.analysis.tables.decoding import CONFUSION_COLUMNS, DECODING_COLUMNS
from emogeo.analysis.tables.depth import CHOICE_COLUMNS, GRID_COLUMNS
from emogeo.analysis.tables.descriptors import BY_LAYER_COLUMNS, DESCRIPTOR_COLUMNS
from emogeo.analysis.tables.effects import EFFECT_COLUMNS
from emogeo.analysis.tables.frame import Table, typed
from emogeo.analysis.tables.lens import LENS_COLUMNS
from emogeo.analysis.tables.map import MAP_COLUMNS
from emogeo.analysis.tables.map import SHIFT_COLUMNS as MAP_SHIFT_COLUMNS
from emogeo.analysis.tables.measures import ANSWER_COLUMNS, MEASURE_COLUMNS, ORDER_COLUMNS
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from emogeo.analysis.tables.rdm_differences import DIFFERENCE_COLUMNS
from emogeo.analysis.tables.readout import READ_TEXT_COLUMNS, READOUT_COLUMNS
from emogeo.analysis.tables.relations import RELATION_COLUMNS
from emogeo.analysis.tables.runs import RUN_COLUMNS
from emogeo.analysis.tables.steering import REGIME_COLUMNS, SHIFT_COLUMNS, TEXT_COLUMNS
from emogeo.analysis.tables.universality import UNIVERSALITY_COLUMNS
from emogeo.analysis.tables.variance import VARIANCE_COLUMNS
from emogeo.config.model import Source
from emogeo.figures.matrices import rho_figure
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered

SCRIPT = "<script>window.hacked=1</script>"
IMAGE = '"><img src=x onerror="window.hacked=2">'
CLOSING = "</script></style></td>{{ 7 * 7 }}"
HOSTILE = f"{SCRIPT} {IMAGE} {CLOSING}"
"""What a model may write, and what may stand in any name or note."""
MODEL = f"model {HOSTILE}"
FIGURE = "universality_'><img src=x onerror=window.hacked=3>.png"
DISTANCE_COLUMNS = ["model_a", "model_b", "behaviour_distance", "geometry_distance", "reading", "note"]
_PROVENANCE = {
    "created": "2026-11-25T12:00:00+00:00",
    "python": "3.11.2",
    "platform": HOSTILE,
    "libraries": {"emogeo": "0.1.0", "torch": "2.13.0", "bitsandbytes": None},
    "device": "cpu",
}


def material(figures: Path) -> Material:
    """Three runs (one a reread), every table, and a figure with a hostile name."""
    prepared = _prepared()
    figures.mkdir(parents=True, exist_ok=True)
    (figures / FIGURE).write_bytes(_figure())
    return Material(
        tables(), prepared, Catalogue([each.run for each in prepared], [], [f"left out {HOSTILE}"]), figures
    )


def bare(figures: Path) -> Material:
    """One run, and no table but that of runs."""
    full = material(figures)
    (figures / FIGURE).unlink()
    first = full.prepared[0]
    return Material({"runs": first_rows(full.tables["runs"], 1)}, [first], Catalogue([first.run]), figures)


@cache
def _prepared() -> list[PreparedRun]:
    return [_hostile(each) for each in draw(Design(0.5, 0.1, 0.5), 0) if each.name in {"A", "A_reread", "C"}]


@cache
def _figure() -> bytes:
    return rho_figure(np.eye(3), ["x", "y", "z"], "planted")


def _hostile(each: PreparedRun) -> PreparedRun:
    record = each.run.record
    run = altered(
        each.run,
        title=HOSTILE,
        n_texts=504,
        model=replace(record.model, name=MODEL, source=Source.hub, id=HOSTILE, revision="abc"),
        provenance=replace(record.provenance, **_PROVENANCE),
    )
    return replace(each, run=run, name=f"{each.name} {IMAGE}")


def tables() -> dict[str, Table]:
    """Every table, a few rows each."""
    pair = {"key_a": "A", "key_b": "C", "model_a": MODEL, "model_b": "gemma-3-1b-it", "n_units": 24, "note": HOSTILE}
    both = {**pair, **compared(0.83, 0.92), "floor": 0.01, "p_same_text": 0.001, "p": 0.001, "p_holm": 0.002}
    left = {"rho_partial": 0.7, "rho_partial_ci_low": 0.6, "rho_partial_ci_high": 0.8, "best_null": HOSTILE}
    unknown = {
        **pair,
        "rho": 0.4,
        "note": [Note(f"rho_star and p: not identifiable ({IMAGE})", NoteKind.not_identifiable)],
    }
    known_models = {**both, "model_a": "qwen2.5-1.5b-instruct", "rho": 0.6246 + 0.1}
    measure = {"measure": "cka", "value": 0.9, "chance": 0.0, "disjoint": 0.6, "reliability_a": 0.8}
    measure |= {"disattenuated": 0.85, "ci_low": 0.8, "ci_high": 0.9, "reading": HOSTILE}
    effect = {"model": MODEL, "layer_of_effect": "precision", "factor": HOSTILE, **pair}
    known = {**effect, "effect": 0.2, "ci_low": 0.1, "ci_high": 0.3, "counts": "yes", "rho_star": 0.8}
    cell = {"block_a": 0, "block_b": 0, "rho": 0.5, "p_largest": 0.01}
    found = {"key": "A", "run": MODEL, "init": "trained", "block": 0, "depth": 0.5, "selected": "no", "accuracy": 0.4}
    found |= {"chance": 0.05, "p": 0.01, "p_largest": 0.02, "note": HOSTILE}
    differs = {"dissimilarity_a": 0.5, "dissimilarity_b": 0.75, "difference": 0.25, "p_largest": 0.01}
    differs |= {"beyond_noise": "yes"}
    descriptor = {"key": "A", "run": MODEL, "model": MODEL, "layer": 3, "n_layers": 4, "anisotropy": 0.97}
    predictor = {"key": "A", "run": MODEL, "model": MODEL, "ceiling": 0.8, "note": HOSTILE}
    descriptors = [
        {**descriptor, "precision": "fp32", "flags": f"anisotropy .97 {HOSTILE}", "anisotropy_ci_low": 0.96},
        {**descriptor, "precision": "fp16", "flags": "", "nonfinite": 7, "anisotropy": 0.91},
        {**descriptor, "model": "gemma-3-1b-it", "precision": "fp16", "flags": HOSTILE, "rdm_std": 0.05},
    ]
    return {
        "runs": frame(RUN_COLUMNS, {"key": "A", "model": MODEL, "precision": "bf16", "note": HOSTILE}),
        "pairs": frame(PAIR_COLUMNS, both, unknown, known_models),
        "baselines": frame(BASELINE_COLUMNS, {"key": "A", "model": MODEL, "baseline": HOSTILE, "rho": 0.5}),
        "beyond": frame(
            BEYOND_COLUMNS,
            {**pair, **left, "level": "words", "verdict": "yes", "reason": f"ρ* 0.70 is left {HOSTILE}"},
            {**pair, "level": "word meanings", "verdict": "cannot tell", "reason": f"nulls may explain all {IMAGE}"},
        ),
        "measures": frame(MEASURE_COLUMNS, {**pair, **measure}, {**pair, "measure": "kendall", "value": 0.5}),
        "measure_verdicts": frame(ANSWER_COLUMNS, {**pair, "verdict": "all agree", "answer": HOSTILE}),
        "map": frame(
            MAP_COLUMNS,
            {"key": "A", "run": MODEL, "condition": HOSTILE, "x": 0.5, "y": -0.5, "nearest": IMAGE, "note": HOSTILE},
        ),
        "about": frame(
            ABOUT_COLUMNS,
            {**predictor, "predictor": HOSTILE, "rho": 0.5, "rho_ci_low": 0.4, "rho_ci_high": 0.6, "rho_given": 0.1},
            {**predictor, "predictor": "all together", "explained": 0.4, "explained_ci_low": 0.3},
        ),
        "lens": frame(LENS_COLUMNS, {**predictor, "condition": HOSTILE, "telling": HOSTILE, "up": HOSTILE}),
        "map_shifts": frame(MAP_SHIFT_COLUMNS, {**pair, "condition": HOSTILE, "displacement": 0.4, "p": 0.01}),
        "measure_orders": frame(ORDER_COLUMNS, {"measure": "cka", "n_pairs": 1}),
        "effects": frame(EFFECT_COLUMNS, known, {**effect, "rho": 0.3, "counts": "not identifiable"}),
        "variance": frame(VARIANCE_COLUMNS, {"factor": HOSTILE, "share": 0.5, "p": 0.01, "p_min": 0.01}),
        "descriptors": frame(DESCRIPTOR_COLUMNS, *descriptors),
        "descriptors_by_layer": frame(BY_LAYER_COLUMNS, {"key": "A", "run": MODEL, "layer": 0, "anisotropy": 0.9}),
        "decoding": frame(DECODING_COLUMNS, found, {**found, "block": 1, "selected": "yes"}),
        "decoding_confusion": frame(
            CONFUSION_COLUMNS, {"key": "A", "run": MODEL, "true": HOSTILE, "taken": IMAGE, "share": 1.0, "n_texts": 2}
        ),
        "rdm_differences": frame(
            DIFFERENCE_COLUMNS,
            {**pair, "condition_a": "afraid", "condition_b": "proud", **differs},
            {**pair, "condition_a": "afraid", "condition_b": HOSTILE, **differs, "beyond_noise": "no"},
        ),
        "depth_grid": frame(GRID_COLUMNS, {**pair, **cell, "chosen_by": "middle"}, {**pair, **cell, "block_a": 1}),
        "depth_choices": frame(CHOICE_COLUMNS, {**pair, **cell, "choice": "middle", "rank": 1, "n_cells": 2}),
        "base_instruct": frame(BASE_INSTRUCT_COLUMNS, {**both, "family": HOSTILE, "moved": f"anisotropy {IMAGE}"}),
        "universality": frame(UNIVERSALITY_COLUMNS, {**both, "reading": HOSTILE, "within_family": "no"}),
        "relations": frame(
            RELATION_COLUMNS,
            {"relation": "size", "reading": HOSTILE, "note": "not identifiable (2 models, 6 needed)"},
            {"relation": "depth", "n_models": 7, "n_families": 6, "r": -0.3, "p": 0.02, "p_min": 0.001},
        ),
        **_probes(),
        "claims": frame(
            CLAIM_COLUMNS,
            {
                "claim": HOSTILE,
                "published": 0.8,
                "measured": 0.83,
                "ci_low": 0.7,
                "ci_high": 0.9,
                "verdict": "reproduced",
                **{"here": "does not hold here", "models": MODEL, "n_models": 1, "n_families": 1},
            },
            {
                **{"claim": "method dissociation", "published": 0.2, "verdict": "not testable", "note": HOSTILE},
                **{"here": "holds here (3 models, 3 families)", "measured": 0.3, "models": "a, b, c"},
            },
        ),
    }


def _probes() -> dict[str, Table]:
    of = {"key": "S", "model": MODEL, "precision": "bf16", "note": HOSTILE}
    regime = {
        "direction": "emotion",
        "n_texts": 6,
        "repeated_share": 0.5,
        "regime": "surgical",
        "perplexity_ratio": 1.5,
    }
    shift = {"emotion": "afraid", "strength": 0.5, "shift": 1.25, "random_mean": 0.1, "random_low": -0.5}
    text = {
        "emotion": "afraid",
        "direction": "emotion",
        "strength": 0.5,
        "prompt": HOSTILE,
        "text": HOSTILE,
        "words": 3,
    }
    stance = {"facet": "stance", "source": "measured", "n_items": 20, "capability": 0.9, "value": 0.35}
    format = {"facet": "format", "source": "measured", "n_items": 20, "capability": 0.2}
    return {
        "steering": frame(REGIME_COLUMNS, {**of, **regime, "regime_by_perplexity": "explosive"}),
        "steering_texts": frame(TEXT_COLUMNS, {**of, **text, "repeated": "no", "perplexity": 20.0}),
        "steering_shifts": frame(
            SHIFT_COLUMNS,
            {**of, **shift, "random_high": 0.6, "n_random": 20, "p": 0.05, "p_min": 0.048, "beats_random": "yes"},
        ),
        "behaviour": frame(BEHAVIOUR_COLUMNS, {**of, **stance, "ci_low": 0.15, "ci_high": 0.55}, {**of, **format}),
        "behaviour_items": frame(
            ITEM_COLUMNS, {**of, "facet": "format", "item": "1", "prompt": HOSTILE, "answer": HOSTILE, "met": "1 of 2"}
        ),
        "readout": frame(
            READOUT_COLUMNS,
            {**of, "stimuli": HOSTILE, "own_texts": "no", "n_scored": 4, "accuracy": 0.5, "words_accuracy": 0.25},
        ),
        "readout_texts": frame(
            READ_TEXT_COLUMNS, {**of, "top": "calm", "top_z": 2.5, "label": HOSTILE, "text": HOSTILE}
        ),
        "behaviour_geometry": frame(
            DISTANCE_COLUMNS, {"model_a": MODEL, "model_b": "b", "behaviour_distance": 0.3, "geometry_distance": 0.2}
        ),
    }


def found(tables: dict[str, Table]) -> list[Finding]:
    """What tables say by themselves."""
    return findings(Material(tables, [], Catalogue(), Path("none")))


def compared(rho: float, star: float) -> dict[str, float]:
    """Two numbers with everything that qualifies them."""
    around = {"rho_ci_low": rho - 0.1, "rho_ci_high": rho + 0.1}
    around |= {"rho_star_ci_low": star - 0.05, "rho_star_ci_high": star + 0.05}
    halves = {
        "half_size": 12,
        "rho_same_half": rho,
        "rho_disjoint_half": rho - 0.2,
        "reliability_a": 0.7,
        "reliability_b": 0.6,
        "p_same_text": 0.001,
    }
    return {"rho": rho, "rho_star": star, **around, **halves}


def first_rows(table: Table, n: int) -> Table:
    return Table(table.frame.head(n), table.notes)


def changed(table: Table, **columns: Any) -> Table:
    """A table with other values in some columns, and other notes."""
    noted = {name: [[Note(value)]] * len(table.frame) for name, value in columns.items() if name in _NOTED}
    return Table(table.frame.assign(**columns), {**table.notes, **noted})


_NOTED = ("note", "flags", "moved")


def frame(columns: list[str], *rows: dict[str, Any]) -> Table:
    """A table with all of its columns, typed as the analysis types them; a note may be given as its text."""
    text = set(_WORDS) | {name for row in rows for name, value in row.items() if isinstance(value, str | list)}
    rows = tuple({c: [Note(v)] if c in _NOTED and isinstance(v, str) else v for c, v in row.items()} for row in rows)
    return typed(
        [{k: v for k, v in row.items() if k in columns} for row in rows], columns, [c for c in columns if c in text]
    )


_WORDS = (
    *("key", "model", "family", "variant", "precision", "mode", "recipe", "prompt_template", "stimuli", "note"),
    *("model_a", "model_b", "key_a", "key_b", "given", "baseline", "layer_of_effect", "factor", "aliased_with"),
    *("counts", "run", "flags", "largest_dimensions", "moved", "reading", "relation", "family_a", "family_b"),
    *("within_family", "direction", "regime", "regime_by_perplexity", "published_regime", "scenario", "emotion"),
    *("prompt", "text", "repeated", "beats_random", "facet", "source", "item", "flipped", "answer", "constraints"),
    *("met", "claim", "verdict", "here", "models", "measure"),
)
