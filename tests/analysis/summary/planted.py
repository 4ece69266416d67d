"""Stores of any number of runs with names as long as one likes, with planted tables."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.catalogue import Catalogue
from emogeo.analysis.report.material import Material
from emogeo.analysis.summary.summary import summary
from emogeo.analysis.tables.baselines import BASELINE_COLUMNS
from emogeo.analysis.tables.beyond import BEYOND_COLUMNS
from emogeo.analysis.tables.corpus import CORPUS_COLUMNS
from emogeo.analysis.tables.effects import EFFECT_COLUMNS
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.measures import ANSWER_COLUMNS
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.analysis.tables.pairs import PAIR_COLUMNS
from emogeo.analysis.tables.runs import RUN_COLUMNS
from emogeo.analysis.tables.universality import UNIVERSALITY_COLUMNS
from emogeo.analysis.tables.variance import VARIANCE_COLUMNS
from tests.analysis.report.planted import compared, frame
from tests.planted_records import run_of_model

EMPTY = {
    "runs": frame(RUN_COLUMNS),
    "pairs": frame(PAIR_COLUMNS),
    "baselines": frame(BASELINE_COLUMNS),
    "beyond": frame(BEYOND_COLUMNS),
    "measure_verdicts": frame(ANSWER_COLUMNS),
    "effects": frame(EFFECT_COLUMNS),
    "variance": frame(VARIANCE_COLUMNS),
    "corpus": frame(CORPUS_COLUMNS),
    "universality": frame(UNIVERSALITY_COLUMNS),
}
RELIABLE = {"reliability": 0.7, "reliability_ci_low": -0.6, "reliability_ci_high": 0.9997, "held_out": 0.5}
RELIABLE |= {"held_out_ci_low": -0.4, "held_out_ci_high": 0.6, "separation": 0.1, "anisotropy": 0.9}
_FLAG = "FLAG so " * 30
LEFT = {"rho_partial": 0.8, "rho_partial_ci_low": 0.7, "rho_partial_ci_high": 0.9}


def prepared_runs(n: int, name: str = "m{}") -> list[PreparedRun]:
    """Runs of different models whose names follow a pattern."""
    own = [run_of_model(_called(name, number)) for number in range(n)]
    named = [replace(run.record.model, name=_called(name, number)) for number, run in enumerate(own)]
    records = [replace(run.record, key=f"key{number}", model=named[number]) for number, run in enumerate(own)]
    runs = [replace(run, record=record) for run, record in zip(own, records, strict=True)]
    return [PreparedRun(run, f"{name.replace('{}', str(number))} bf16", 0) for number, run in enumerate(runs)]


def _called(name: str, number: int) -> str:
    return name.replace("{}", str(number))


def material(prepared: list[PreparedRun], catalogue: Catalogue | None = None, **tables: Table) -> Material:
    """Runs with some tables, all others empty."""
    own = catalogue or Catalogue([each.run for each in prepared])
    return Material({**EMPTY, **tables}, prepared, own, Path("none"))


def full(n: int, name: str = "m{}", verdict: str = "cannot tell") -> Material:
    """A store of so many runs with every table filled, with notes and commands that are long."""
    prepared, first = prepared_runs(n, name), _called(name, 0)
    pairs = [_names(a, b) for a, b in combinations(prepared, 2)]
    reason = f"ρ* 0.80 is left; fewer than 2 untrained twins of {name.replace('{}', '0')} and of another"
    floor = f"floor: not measured for {first} at bf16, repeat the run with reread=true"
    notes = [Note("a note with many words " * 9), Note(floor, NoteKind.no_floor)]
    command = f"python train.py -m model={name.replace('{}', '0')} model.init=random model.init_seed=1,2 precision="
    both = {**compared(0.9, 0.996), "beyond_words": verdict, "p": 0.01, "p_holm": 0.02, "n_conditions": 21, **LEFT}
    both |= {"rho_star_any_ci_low": 0.7, "rho_star_any_ci_high": 1.1, "equivalence": "cannot tell (no floor)"}
    words = {**LEFT, "level": "words", "verdict": verdict, "reason": reason}
    rows = {
        "model": first,
        "layer_of_effect": "precision",
        "n_units": 24,
        "rho": 0.5,
        "effect": 0.003,
    }
    rows |= {"ci_low": 0.0004, "ci_high": 0.02, "counts": "not identifiable", "equivalence": "cannot tell (no floor)"}
    return material(
        prepared,
        runs=frame(RUN_COLUMNS, *map(_run_row, prepared)),
        pairs=frame(PAIR_COLUMNS, *[{**own, **both, "note": notes} for own in pairs]),
        beyond=frame(
            BEYOND_COLUMNS,
            *[{**own, **words, "twin_command": f"{command}p{row % 5}"} for row, own in enumerate(pairs)],
        ),
        baselines=frame(
            BASELINE_COLUMNS,
            *[
                {
                    "key": each.run.key,
                    "baseline": baseline,
                    **compared(0.4, 0.5),
                    "note": notes,
                }
                for each in prepared
                for baseline in ("bag_of_words", "input_embeddings", "human_norms", "norms of the user's own")
            ],
        ),
        effects=frame(
            EFFECT_COLUMNS, *[{**rows, "factor": f"in comprehension, bf16–int8_weight_only+bf16 {i}"} for i in range(n)]
        ),
        variance=frame(VARIANCE_COLUMNS, {"factor": "chat", "share": 0.5, "p": 0.01, "p_min": 0.002}),
        measure_verdicts=frame(
            ANSWER_COLUMNS, *[{**own, "verdict": "depends on the measure", "answer": "so " * 50} for own in pairs[:3]]
        ),
        corpus=frame(
            CORPUS_COLUMNS,
            {"stimuli": "mine", "n_texts": 210, "n_units": 10, "runs": "m", "blocks_verdict": "yes", "note": notes[:1]},
        ),
    )


def _names(a: PreparedRun, b: PreparedRun) -> dict[str, str]:
    return {"key_a": a.run.key, "key_b": b.run.key, "model_a": a.run.model, "model_b": b.run.model}


def _run_row(each: PreparedRun) -> dict[str, object]:
    own = {"key": each.run.key, "model": each.run.model, "init": "trained", "precision": "int8_weight_only+bf16"}
    return {
        **own,
        "layer": 17,
        "n_layers": 128,
        "n_units": 24,
        **RELIABLE,
        "note": [Note(_FLAG, NoteKind.flag)],
    }


def lines(of: Material, width: int = 80, store: str = "store", output: str = "out", whole: bool = False) -> list[str]:
    """What is printed, or kept, by line."""
    return summary(of, [], store, Path(output), width, whole=whole).split("\n")
