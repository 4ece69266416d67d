"""The section on the runs."""

from __future__ import annotations

import pandas as pd

from emogeo.analysis.report.material import Material
from emogeo.analysis.report.parts import (
    Absent,
    Listing,
    Part,
    Section,
    Sheet,
    Tiles,
    beside,
    figure,
    sheet,
    word,
)
from emogeo.installation import command


def run_section(material: Material) -> Section:
    """Shows counts, and a row per run."""
    parts: list[Part] = [Tiles(_counts(material)), *_runs(material)] if material.records else _runs(material)
    if material.catalogue.left_out:
        parts.append(Listing("Left out", material.catalogue.left_out))
    return Section("run", "What was run", "The runs of the store, refused ones included.", parts)


def counted(material: Material) -> str:
    """Writes in a line what the page is about: models, runs, conditions, texts."""
    counts = _counts(material)
    kinds = [("models", "model"), ("geometries", "geometry"), ("texts per run", "text per run"), ("units", "unit")]
    said = [f"{counts[many]} {one if counts[many] == '1' else many}" for many, one in kinds if counts.get(many)]
    conditions = counts.get(material.noun.many)
    return " · ".join([*said, *([f"{conditions} {material.noun.many}"] if conditions else [])])


def _counts(material: Material) -> dict[str, str]:
    records, runs = material.records, material.catalogue.runs
    models = {run.model for run in records if not run.untrained}
    finished = [run for run in runs if run.finished and run.reread_of is None]
    own = [run for run in finished if not run.untrained]
    texts = sorted({run.record.n_texts for run in own})
    units = sorted({run.record.n_units for run in own})
    conditions = sorted({len(run.conditions) for run in own})
    counts = {
        "models": str(len(models)),
        "precisions": ", ".join(sorted({str(run.record.precision) for run in records})),
        "geometries": str(len(own)),
        "untrained twins": str(len(finished) - len(own)) if len(finished) > len(own) else "",
        "rereads": str(sum(run.finished and run.reread_of is not None for run in runs)),
        "steering and behaviour": str(len(records) - len(runs)),
        "refused": str(sum(not run.finished for run in runs)),
        "pairs compared": str(len(material.trained_pairs("pairs")[0])),
        "texts per run": _span(texts),
        "units": _span(units),
        material.noun.many: _span(conditions),
    }
    return {name: value for name, value in counts.items() if value}


def _span(values: list[int]) -> str:
    return "" if not values else str(values[0]) if len(values) == 1 else f"{values[0]} to {values[-1]}"


def _runs(material: Material) -> list[Part]:
    runs = material.table("runs")
    if runs.empty:
        return [Absent("No run of a geometry.", command("train"))]
    return [_runs_sheet(runs.assign(run=runs["key"].map(material.names).fillna(runs["model"])))]


def _runs_sheet(runs: pd.DataFrame) -> Sheet:
    columns = [
        word("run", "run"),
        word("precision", "precision"),
        word("mode", "mode"),
        word("stimuli", "stimuli"),
        figure("parameters, 10⁹", "params_b"),
        beside("layer / of", "layer", "n_layers", digits=0),
        beside("texts / units", "n_texts", "n_units", digits=0),
        figure("reliability", "reliability"),
        figure("held out", "held_out"),
        figure("separation", "separation"),
        figure("tokens/s", "tokens_per_s", 0),
        word("note", "note", style="long"),
    ]
    return sheet(runs, "Runs", "runs", columns)
