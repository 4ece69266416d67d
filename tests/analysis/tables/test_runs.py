"""One row per run, refused ones included, of planted records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.tables.frame import Table
from emogeo.analysis.tables.notes import Note, NoteKind
from emogeo.analysis.tables.runs import RUN_COLUMNS, runs_table
from emogeo.config.texts import Thinking
from emogeo.geometry.inference import reliability
from emogeo.record.origin import TextCounts
from emogeo.record.run import Run
from tests.analysis.comparing.test_made import made
from tests.analysis.planted_models import PlantedModel, catalogue
from tests.planted_catalogue import Design, draw
from tests.planted_records import altered, geometry, refused


def few_units(**changes: Any) -> Run:
    """A run of two units."""
    return altered(Run(*geometry()), **changes)


def table_of(*runs: Run) -> Table:
    return runs_table(runs, [PreparedRun(run, run.key, 0) for run in runs if run.finished])


def row_of(run: Run) -> tuple[dict[str, Any], list[Note]]:
    table = table_of(run)
    (row,) = table.frame.to_dict("records")
    return row, list(table.notes_of(table.frame)[0])


def said(run: Run) -> list[str]:
    return [str(note) for note in row_of(run)[1]]


def test_a_run_has_what_its_record_says_and_the_reliability_of_its_halves() -> None:
    (ready,) = catalogue([PlantedModel("m", "fam", "base", 1.5)])
    table = runs_table([ready.run], [ready]).frame
    assert list(table.columns) == RUN_COLUMNS
    (row,) = table.to_dict("records")
    record, metrics = ready.run.record, ready.run.result.metrics
    assert {name: row[name] for name in ("key", "model", "family", "variant", "params_b", "n_layers")} == {
        **{"key": record.key, "model": "m", "family": "fam", "variant": "base", "params_b": 1.5, "n_layers": 4}
    }
    assert (row["layer"], row["n_units"], row["n_texts"], row["nonfinite"]) == (2, 12, 252, 0)
    for name in ("anisotropy", "rdm_std", "separation", "tokens_per_s"):
        assert row[name] == getattr(metrics, name)
    found = reliability(ready.halves)
    assert [row["reliability"], row["reliability_ci_low"], row["reliability_ci_high"]] == [
        *(found.value, found.low, found.high)
    ]
    assert row["clipped"] == ready.halves.clipped


def test_refused_runs_are_rows_with_their_reason_and_no_figure() -> None:
    record, _ = geometry(nonfinite={"passages": (3, 4), "facts": (9, 9)})
    row, (note,) = row_of(Run(refused(record), {}))  # type: ignore[arg-type]
    assert str(note) == "refused: it overflowed" and note.kind is NoteKind.refused
    assert (row["nonfinite"], row["n_units"], row["n_texts"]) == (7, 2, 42)
    assert pd.isna([row[name] for name in ("layer", "anisotropy", "reliability", "separation")]).all()


def test_few_units_have_no_reliability_and_some_have_no_interval() -> None:
    assert "reliability: not identifiable (2 units, 4 are needed)" in said(few_units())
    (ready,) = catalogue([PlantedModel("m", "fam", "base", 1.5)])
    units = tuple(f"{row // 21 % 5}:p" for row in range(252))
    row, notes = row_of(altered(ready.run, units=units))
    assert "reliability: no interval (5 units, 6 are needed)" in map(str, notes)
    assert not np.isnan(row["reliability"]) and np.isnan(row["reliability_ci_low"])


def test_a_layer_chosen_on_some_units_is_held_against_the_others() -> None:
    row, notes = row_of(few_units(layer_held_out=(0.5, 0.25, 0.75), layer_n_choosing=1, layer_criterion="separation"))
    assert (row["held_out"], row["held_out_ci_low"], row["held_out_ci_high"]) == (0.5, 0.25, 0.75)
    assert [str(note) for note in notes][1:3] == ["layer: separation on 1 units", "held_out: the same on the other 1"]


def test_every_block_at_once_has_no_single_layer() -> None:
    row, notes = row_of(
        few_units(layer_index=None, result_metrics=replace(few_units().result.metrics, separation=None))
    )
    assert pd.isna(row["layer"])
    assert "layer: every block, so anisotropy and separation have no single value" in map(str, notes)
    assert not any(str(note).startswith("separation") for note in notes)


def test_blocks_that_overflowed_are_flagged() -> None:
    run = few_units()
    less = few_units(provenance=replace(run.record.provenance, n_blocks=5))
    flags = [note for note in row_of(less)[1] if note.kind is NoteKind.flag]
    assert [str(flag) for flag in flags] == ["FLAG overflow: only 2 of 5 blocks are finite"]
    assert not [note for note in row_of(run)[1] if note.kind is NoteKind.flag]


@pytest.mark.parametrize(("refusals", "flagged"), [(9, False), (10, True), (40, True)])
def test_many_refusals_are_flagged(refusals: int, flagged: bool) -> None:
    ready = next(ready for ready in draw(Design(0.5, 0.1, 0.5), 0) if ready.name == "C")
    generation = ready.run.record.generation
    assert generation is not None
    names = TextCounts.__dataclass_fields__
    counts = TextCounts(**{**dict.fromkeys(names, 0), "texts": 100, "refusals": refusals, "distinct": 80})
    notes = row_of(altered(ready.run, generation=replace(generation, counts=counts)))[1]
    wanted = [Note(f"FLAG texts: {refusals} of 100 begin as a refusal, 80 are distinct", NoteKind.flag)]
    assert [note for note in notes if note.kind is NoteKind.flag] == (wanted if flagged else [])


def test_weights_that_are_quantised_in_part_are_flagged() -> None:
    provenance = few_units().record.provenance
    for share, flagged in ((0.11, True), (0.95, False)):
        passes = {"passages": replace(provenance.readings["passages"], quantized={"all": share, "experts": 0.0})}
        found = said(few_units(provenance=replace(provenance, readings=passes)))
        assert ("FLAG precision: only 11% of the blocks' weights are quantised (experts 0%)" in found) == flagged


def test_a_run_without_a_recipe_says_so() -> None:
    assert "recipe: none was named" in said(few_units(recipe=None))
    assert "recipe: none was named" not in said(few_units(recipe="jeong_matched"))


def test_rows_keep_the_order_of_the_catalogue() -> None:
    runs = [few_units(key=key) for key in "bac"]
    assert table_of(*runs).frame["key"].tolist() == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("thinking", "thoughts", "endless", "wanted"),
    [
        (Thinking.strip, 3, 0, ["texts: 3 of 100 held a thought, which was stripped (70 tokens)"]),
        (
            Thinking.off,
            3,
            0,
            ["texts: 3 of 100 held a thought, which was stripped (70 tokens), though thinking is off"],
        ),
        (
            Thinking.strip,
            3,
            1,
            [
                "texts: 3 of 100 held a thought, which was stripped (70 tokens)",
                "FLAG texts: 1 of 100 are empty, their thought did not end",
            ],
        ),
        (Thinking.keep, 0, 0, []),
    ],
)
def test_thoughts_are_noted(thinking: Thinking, thoughts: int, endless: int, wanted: list[str]) -> None:
    ready = next(ready for ready in draw(Design(0.5, 0.1, 0.5), 0) if ready.name == "C")
    generation = ready.run.record.generation
    assert generation is not None
    names = TextCounts.__dataclass_fields__
    found = {"texts": 100, "thoughts": thoughts, "thought_tokens": 70, "endless_thoughts": endless}
    template = replace(generation.written.prompt_template, thinking=thinking)
    written = replace(generation.written, prompt_template=template)
    counts = TextCounts(**{**dict.fromkeys(names, 0), **found})
    notes = row_of(altered(ready.run, generation=replace(generation, counts=counts, written=written)))[1]
    assert [str(note) for note in notes if "thought" in str(note)] == wanted


def test_what_is_not_as_usual_in_how_texts_were_read_is_said() -> None:
    run = few_units()
    usual = run.record.provenance.readings["passages"]
    unusual = replace(usual, beyond_training=3, left_out=("</s>",), passed_by=(3, 8), stream="the mean of 4 streams")
    provenance = replace(run.record.provenance, readings={"passages": unusual})
    found = said(replace(run, record=replace(run.record, provenance=provenance)))
    assert "FLAG texts: 3 are longer than what the model was trained on at once" in found
    assert "tokenizer: </s>, which it puts after a text, was left out" in found
    assert "blocks: texts pass by 3, 8, where the block before stands" in found
    assert "residual stream: the mean of 4 streams" in found
    parts = {"passages": replace(usual, made_with=made("2.13.0")), "facts": replace(usual, made_with=made("2.12.0"))}
    provenance = replace(run.record.provenance, readings=parts)
    older = said(replace(run, record=replace(run.record, provenance=provenance)))
    assert "factual sentences, then states: made with torch 2.12.0 and 2.13.0" in older
    card = replace(run.record.model, adapter_of="Org/Other")
    assert "FLAG adapter: by its own word it was trained on Org/Other" in said(
        replace(run, record=replace(run.record, model=card))
    )
    assert not [note for note in said(run) if "trained on at once" in note or "residual stream" in note]
