"""The `runs` table: one row per run, refused ones included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from emogeo.analysis.comparing.made import made_in_parts
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.records.names import settings_of
from emogeo.analysis.tables.frame import Row, Table, columns, typed
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.config.texts import Thinking
from emogeo.geometry.grouping import is_group
from emogeo.geometry.halves import MIN_JACKKNIFE, MIN_UNITS, Halves
from emogeo.geometry.inference import reliability
from emogeo.imported.types import Kind
from emogeo.models.shares import flag_of
from emogeo.record.origin import Generation
from emogeo.record.run import BareRun, Run
from emogeo.record.types import LayerRecord
from emogeo.stimuli.conditions import noun_of

RUN_COLUMNS = [
    *("key", "model", "family", "variant", "params_b", "init", "init_seed"),
    *("precision", "mode", "recipe", "prompt_template", "stimuli", "context", "pooling", "layer_selection"),
    *("layer", "n_layers", "n_units", "n_texts", "n_distinct_texts", "anisotropy", "rdm_std"),
    *("reliability", "reliability_ci_low", "reliability_ci_high", "clipped", "separation"),
    *("held_out", "held_out_ci_low", "held_out_ci_high", "nonfinite", "tokens_per_s", "note"),
]
WORDS = ["key", "model", "family", "variant", "init", "precision", "mode", "recipe", "prompt_template", "stimuli"]
WORDS += ["context", "pooling", "layer_selection", "note"]
MANY_REFUSALS = 0.1
"""The share of refusals among written texts above which a run is flagged."""


def runs_table(runs: Sequence[Run], prepared: Sequence[PreparedRun], bare: Sequence[BareRun] = ()) -> Table:
    """Makes one row per run, in the catalogue's order, and one per bare geometry."""
    halves = {each.run.key: each.halves for each in prepared}
    rows = [_run_row(run, halves.get(run.key)) for run in runs]
    return typed([*rows, *map(_bare_row, bare)], RUN_COLUMNS, WORDS)


def _bare_row(run: BareRun) -> Row:
    record, metrics = run.record, run.result.metrics
    row = _heading(run)
    row.update(n_layers=run.n_layers, stimuli=record.imported.name, layer=run.layer)
    row["rdm_std"] = metrics.rdm_std
    what = "vectors without the states of their texts" if record.kind is Kind.vectors else "dissimilarities alone"
    row["note"] = [Note(f"imported: {what}, so no reliability and no rho_star")]
    return row


def _run_row(run: Run, halves: Halves | None) -> Row:
    row = _described(run)
    if halves is None:
        row["note"] = [Note(f"refused: {run.record.reason}", NoteKind.refused)]
        return row
    metrics = run.result.metrics
    row.update(layer=run.layer, anisotropy=metrics.anisotropy, rdm_std=metrics.rdm_std)
    row.update(separation=metrics.separation, tokens_per_s=metrics.tokens_per_s)
    row["n_units"] = halves.n_units
    notes = [*_layer_notes(run), *_put_held_out(row, run.result.layer), *_put_reliability(row, halves)]
    written = run.record.generation
    texts = [*_shared_topics(run), *_refusals(written), *_thoughts(written)]
    row["note"] = [*notes, *_imported(run), *_quantised(run), *texts, *_reading(run), *map(Note, made_in_parts(run))]
    return row


def _described(run: Run) -> Row:
    """Gives the columns that a refused run has as well."""
    record = run.record
    return {
        **_heading(run),
        "n_layers": run.n_layers,
        "prompt_template": record.prompt_template,
        "stimuli": record.stimuli,
        "n_units": record.n_units,
        "n_texts": record.n_texts,
        "n_distinct_texts": record.n_distinct_texts if run.texts_known else None,
        "nonfinite": sum(record.nonfinite["passages"]) if record.nonfinite else None,
    }


def _heading(run: Run | BareRun) -> Row:
    """Gives the columns that every run has."""
    record, model, settings = run.record, run.record.model, settings_of(run)
    return {
        "key": record.key,
        "model": run.model,
        "family": model.family,
        "variant": model.variant,
        "params_b": model.params_b,
        "init": model.init.value,
        "init_seed": model.init_seed if run.untrained else None,
        "precision": record.precision,
        "mode": record.mode.value,
        "recipe": record.recipe,
        "context": settings["context"],
        "pooling": settings["pooling"],
        "layer_selection": settings["selection"],
    }


def _put_reliability(row: Row, halves: Halves) -> list[Note]:
    if halves.n_units < MIN_UNITS:
        return [Note(f"reliability: not identifiable ({halves.n_units} units, {MIN_UNITS} are needed)")]
    row.update(columns("reliability", reliability(halves)), clipped=halves.clipped)
    if halves.n_units < MIN_JACKKNIFE:
        return [Note(f"reliability: no interval ({halves.n_units} units, {MIN_JACKKNIFE} are needed)")]
    return []


def _put_held_out(row: Row, layer: LayerRecord) -> list[Note]:
    if layer.held_out is None or layer.n_choosing is None:
        return []
    row["held_out"], row["held_out_ci_low"], row["held_out_ci_high"] = layer.held_out
    others = row["n_units"] - layer.n_choosing
    chosen = Note(f"layer: {layer.criterion} on {layer.n_choosing} units")
    return [chosen, Note(f"held_out: the same on the other {others}")]


def _shared_topics(run: Run) -> list[Note]:
    """Notes random groups with a topic in common, which are not on disjoint topics."""
    groups: dict[str, set[str]] = defaultdict(set)
    for topic, unit in zip(run.topics, run.labelled.units, strict=True):
        if is_group(unit):
            groups[topic].add(unit)
    shared = [topic for topic, units in groups.items() if len(units) > 1]
    if not shared or len(groups) == 1:
        return []
    noun = noun_of(run.record.emotions)
    return [
        _flag(
            f"units: random groups, and {len(shared)} of {len(groups)} topics are in several of them, so what a topic "
            f"gives to {noun.one} counts as the {noun}'s, give every topic a text of every {noun}"
        )
    ]


def _quantised(run: Run) -> list[Note]:
    """Notes weights that are quantised in part only, and not as the precision says."""
    flag = flag_of(run.quantized)
    return [] if flag is None else [_flag(f"precision: {flag}")]


def _imported(run: Run) -> list[Note]:
    """Notes that states were imported, and what is not known of them."""
    origin = run.record.imported
    if origin is None:
        return []
    notes = [Note(f"imported from {origin.name}: what read the texts, and how, is as the file says")]
    if origin.averaged is not None:
        notes.append(Note(f"{origin.averaged} texts were averaged within units and conditions"))
    if not origin.texts_known:
        notes.append(Note("the texts are not known: words cannot be held against the model"))
    return notes


def _refusals(generation: Generation | None) -> list[Note]:
    """Notes many refusals to write, which read the same for every condition."""
    counts = None if generation is None else generation.counts
    if counts is None or counts.refusals < MANY_REFUSALS * counts.texts:
        return []
    return [_flag(f"texts: {counts.refusals} of {counts.texts} begin as a refusal, {counts.distinct} are distinct")]


def _thoughts(generation: Generation | None) -> list[Note]:
    """Notes thoughts that were stripped from written texts, and texts that are empty because theirs did not end."""
    counts = None if generation is None else generation.counts
    if generation is None or counts is None or not (counts.thoughts or counts.endless_thoughts):
        return []
    said = f"{counts.thoughts} of {counts.texts} held a thought, which was stripped ({counts.thought_tokens} tokens)"
    if generation.written.prompt_template.thinking is Thinking.off:
        said = f"{said}, though thinking is off"
    notes = [Note(f"texts: {said}")]
    if counts.endless_thoughts:
        notes.append(_flag(f"texts: {counts.endless_thoughts} of {counts.texts} are empty, their thought did not end"))
    return notes


def _reading(run: Run) -> list[Note]:
    """Notes what is not as usual in how the run's texts were read."""
    own, base = run.record.provenance.readings.get("passages"), run.record.model.adapter_of
    notes = [] if base is None else [_flag(f"adapter: by its own word it was trained on {base}")]
    if own is None:
        return notes
    if own.beyond_training:
        notes.append(_flag(f"texts: {own.beyond_training} are longer than what the model was trained on at once"))
    if own.left_out:
        notes.append(Note(f"tokenizer: {' '.join(own.left_out)}, which it puts after a text, was left out"))
    if own.passed_by:
        notes.append(Note(f"blocks: texts pass by {', '.join(map(str, own.passed_by))}, where the block before stands"))
    return [*notes, *([Note(f"residual stream: {own.stream}")] if own.stream else [])]


def _layer_notes(run: Run) -> list[Note]:
    notes = [] if run.record.recipe else [Note("recipe: none was named")]
    if run.layer is None:
        notes.append(Note("layer: every block, so anisotropy and separation have no single value"))
    finite, blocks = len(run.result.layer.layers), run.record.provenance.n_blocks
    if finite < blocks and run.record.imported is None:
        notes.append(_flag(f"overflow: only {finite} of {blocks} blocks are finite"))
    if run.result.metrics.separation is None and run.layer is not None:
        notes.append(Note("separation: needs two units"))
    return notes


def _flag(text: str) -> Note:
    return Note(f"FLAG {text}", NoteKind.flag)
