"""What a run on the user's own texts warns of, and families of topics as units end to end."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from transformers import MixtralConfig

from emogeo.analysis.analyze import comparable
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.tables.pairs import pairs_table
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.extraction.warnings import warning_of_precision, warnings_of
from emogeo.geometry.states import LabelledTexts
from emogeo.store.store import Store
from tests.conftest import Composer
from tests.made_up_corpora import objects_in_templates, package
from tests.quantised import write_plain


def write(path: Path, labels: LabelledTexts, size: int = 2) -> str:
    order = list(dict.fromkeys(labels.topics))
    rows = [
        {"emotion": emotion, "topic": topic, "text": text, "kind": f"k{order.index(topic) // size}"}
        for emotion, topic, text in zip(labels.emotions, labels.topics, labels.texts, strict=True)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_bad_texts_are_warned_of_once_the_run_is_done(
    tiny_run: Composer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = tiny_run(f"stimuli.path='{write(tmp_path / 'objects.jsonl', objects_in_templates())}'")
    with caplog.at_level(logging.INFO):
        run_extraction(config)
    warned = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warned == warnings_of(plan_run(config))
    assert warned[0].startswith("objects: a word or two give 21 of 21 conditions away")
    assert warned[0].endswith("No verdict beyond words can be given.")
    assert "finished" in caplog.records[-len(warned) - 1].getMessage(), "the last lines"


def test_nothing_is_said_of_good_texts_nor_of_the_packages_own(tiny_run: Composer, tmp_path: Path) -> None:
    path = write(tmp_path / "good.jsonl", package(6))
    assert warnings_of(plan_run(tiny_run())) == []
    assert warnings_of(plan_run(tiny_run(f"stimuli.path='{path}'"))) == []


def test_families_are_units_in_plan_record_and_tables(tiny_run: Composer, tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", package(12))
    plain = tiny_run(f"stimuli.path='{path}'")
    families = tiny_run(f"stimuli.path='{path}'", "stimuli.fields.family=kind")
    assert plan_run(plain).key != plan_run(families).key
    assert plan_run(plain).passages.key == plan_run(families).passages.key, "one pass serves both"
    (warning,) = warnings_of(plan_run(families))
    assert "6 families of 12 topics are the units (stimuli.fields.family=kind), and a rho_star needs 8" in warning
    run_extraction(families)
    run_extraction(tiny_run(f"stimuli.path='{path}'", "stimuli.fields.family=kind", "pooling.position=mean"))
    store = Store(families.store.path)
    catalogue = read_catalogue(store)
    assert {run.record.n_units for run in catalogue.runs} == {6}
    (row,) = pairs_table(comparable(catalogue, store, 0), 100, 0).frame.to_dict("records")
    assert row["n_units"] == 6
    assert "6 families of topics (stimuli.fields.family=kind), of which a rho_star needs 8, because" in row["note"]
    assert "rho_star and p: not identifiable (6 units, 8 needed)" in row["note"]


def test_weights_that_are_quantised_in_part_are_recorded_and_flagged(
    tiny_run: Composer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sizes = {"vocab_size": 512, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    mixtral = MixtralConfig(**sizes, num_attention_heads=4, num_key_value_heads=2, num_local_experts=4)
    config = tiny_run("precision=int8_no_outliers", weights=write_plain(tmp_path / "mixtral", mixtral))
    outcome = run_extraction(config)
    shares = outcome.record.provenance.readings["passages"].quantized
    assert shares["experts"] == 0.0 and 0.1 < shares["all"] < 0.12
    (warning,) = warning_of_precision(outcome.record)
    assert "only 11% of the blocks' weights are quantised" in warning and warning in caplog.text
    assert run_extraction(config).computed is False
