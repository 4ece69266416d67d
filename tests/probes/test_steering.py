"""Runs of steering: what is recorded, what names it, what is refused; the default model, really steered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoTokenizer

from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.analysis.tables.steering import steering_runs, steering_shifts_table, steering_table, steering_texts_table
from emogeo.config.mode import Mode
from emogeo.config.train import TrainConfig
from emogeo.errors import ConfigError, NonFiniteError, StimuliError
from emogeo.extraction.run import run_extraction
from emogeo.probes.run import run_probe
from emogeo.probes.words import vocabulary
from emogeo.record.files import SHIFTS, TEXTS
from emogeo.runs.task import Outcome
from emogeo.stimuli.emotion_words import steering_words
from emogeo.store.store import RUNS, Store
from tests.chat_templates import ALWAYS
from tests.conftest import Composer, compose_train
from tests.models.test_generation import load
from tests.scripted_writer import writes
from tests.tiny import CHAT, write_model

STEER = ("mode=steering", "steering.max_new_tokens=4", "steering.controls=3", "steering.strengths=[0.02,0.1]")
NEUTRAL = ["wooden", "recent", "local", "square", "northern", "plastic", "narrow", "typical"]
PLAIN = f"steering.neutral_words={json.dumps(NEUTRAL)}"


@pytest.fixture(scope="module")
def wordy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny instruct model to whose tokenizer the words are one token."""
    folder = write_model(tmp_path_factory.mktemp("tiny") / "tiny-wordy", "smollm2", CHAT)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    words = {word for emotion in ("calm", "hostile") for word in steering_words()[emotion]}
    tokenizer.add_tokens([f" {word}" for word in sorted({*words, *NEUTRAL})])
    tokenizer.save_pretrained(folder)
    return folder


def steer(config: TrainConfig) -> Outcome:
    outcome = run_probe(config)
    assert outcome is not None
    return outcome


def lines(config: TrainConfig, key: str, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Store(config.store.path).read(RUNS, key)[name].splitlines()]


def test_a_run_reads_steers_records_and_is_not_steered_again(tiny_run: Composer, wordy: Path) -> None:
    config = tiny_run(*STEER, PLAIN, weights=wordy)
    outcome = steer(config)
    assert outcome.computed
    texts, shifts = (lines(config, outcome.key, name) for name in (TEXTS, SHIFTS))
    kinds = [(t["scenario"], t["direction"], t["strength"]) for t in texts]
    assert sorted(kinds) == sorted(
        (scenario, *way)
        for scenario in ("threat", "weather")
        for way in [("none", 0.0), *((kind, s) for kind in ("emotion", "random") for s in (0.02, 0.1))]
    )
    assert len(shifts) == 2 * 2 * (1 + 3 + 19)
    assert all(np.isfinite([row["shift"], row["shift_words"], row["shift_neutral"]]).all() for row in shifts)
    assert (
        {row["target"] for row in shifts} == {"calm", "hostile"} == {r["target"] for r in shifts if r["match_gap"] > 0}
    )
    assert not steer(config).computed


def test_tables_of_a_store_with_steering(tiny_run: Composer, wordy: Path) -> None:
    config = tiny_run(*STEER, PLAIN, weights=wordy)
    steer(config)
    catalogue = read_catalogue(Store(config.store.path))
    assert [run.record.mode for run in catalogue.runs] == [Mode.comprehension]
    runs = steering_runs(catalogue.probes)
    assert list(steering_table(runs).frame["direction"]) == ["emotion", "random"]
    assert len(steering_texts_table(runs).frame) == 10
    shifts = steering_shifts_table(runs).frame
    assert list(shifts["n_random"]) == [3] * 4
    assert set(shifts["beats_random"]) == {"not identifiable"}  # p is 1/4 at best
    row = shifts.iloc[0]
    own = [s for s in lines(config, runs[0].key, SHIFTS) if (s["target"], s["strength"]) == ("calm", 0.02)]
    along = next(s["shift"] for s in own if s["kind"] == "emotion")
    reached = sum(s["shift"] >= along for s in own if s["kind"] == "random")
    assert row["p"] == (1 + reached) / 4


def test_vectors_of_another_run_are_taken_by_its_key(tiny_run: Composer, wordy: Path) -> None:
    other = run_extraction(tiny_run("pooling.position=mean", weights=wordy))
    config = tiny_run(*STEER, PLAIN, f"mode.source='{other.key[:10]}'", "steering.blocks=[1,2]", weights=wordy)
    outcome = steer(config)
    assert (outcome.record.vectors, outcome.record.result.blocks) == (other.key, (1, 2))
    assert outcome.key != steer(tiny_run(*STEER, PLAIN, weights=wordy)).key


def test_words_that_are_several_tokens_are_left_out_and_too_few_are_an_error(
    tiny_run: Composer, wordy: Path, tiny_llama: Path, tmp_path: Path
) -> None:
    with pytest.raises(StimuliError, match="0 are one token"):
        steer(tiny_run(*STEER, PLAIN))
    words = {"calm": [*steering_words()["calm"], "unheardof"]}
    known = vocabulary(load(wordy, tmp_path).tokenize, ["I feel"], words, NEUTRAL)
    assert known.emotions["calm"] == steering_words()["calm"]


def test_a_model_that_overflows_when_steered_is_refused_by_name_and_remembered(
    tiny_run: Composer, wordy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tiny_run(*STEER, PLAIN, "steering.strengths=[1e38]", weights=wordy)
    for _ in range(2):
        with pytest.raises(NonFiniteError, match="tiny-wordy fp32 steering|refused before"):
            run_probe(config)
    runs = steering_runs(read_catalogue(Store(config.store.path)).probes)
    (row,) = steering_table(runs).frame.to_dict("records")
    assert row["note"].startswith("refused: tiny-wordy fp32 steering published")
    assert len(steering_texts_table(runs).frame) == len(steering_shifts_table(runs).frame) == 0


def test_a_source_with_more_blocks_than_are_run_gives_those_that_are(tiny_run: Composer, wordy: Path) -> None:
    whole = run_extraction(tiny_run(weights=wordy))
    words = (*STEER, PLAIN, f"mode.source='{whole.key}'", "max_depth=0.5")
    assert steer(tiny_run(*words, weights=wordy)).record.result.blocks == (0, 1)


@pytest.mark.weights
def test_the_default_models_vectors_move_their_own_words_more_than_random_ones(tmp_path: Path) -> None:
    config = compose_train(
        *("mode=steering", "precision=fp32", "pooling.position=mean", "stimuli=passages6", "runtime.device=cpu"),
        *(
            "layer_selection=depth",
            "layer_selection.depth=0.9",
            "steering.strengths=[0.02]",
            "steering.max_new_tokens=8",
        ),
        *(f"store.path='{tmp_path}'", "tracking=disabled", "runtime.progress=false"),
    )
    outcome = steer(config)
    for emotion in ("calm", "hostile"):
        own = [s for s in lines(config, outcome.key, SHIFTS) if s["target"] == emotion]
        along = next(s["shift"] for s in own if s["kind"] == "emotion")
        assert along > max(s["shift"] for s in own if s["kind"] == "random")
        assert along > 0


def test_a_model_is_steered_towards_conditions_of_ones_own(tiny_run: Composer, wordy: Path) -> None:
    texts = Path(__file__).parents[1] / "stimuli" / "formats" / "02_folder_per_label"
    mine = (f"stimuli.path='{texts}'", *STEER, PLAIN, "steering.scenarios.threat.emotion=at ease")
    own = tiny_run(*mine, "steering.scenarios.weather.emotion=anger", weights=wordy)
    with pytest.raises(ConfigError, match=r"at ease: no words .* Type steering.words=\{at ease: \[a, b, c"):
        steer(own)
    words = {name: steering_words()[name] for name in ("calm", "hostile")}
    typed = f"steering.words={{at ease: {json.dumps(words['calm'])}, anger: {json.dumps(words['hostile'])}}}"
    config = tiny_run(*mine, "steering.scenarios.weather.emotion=anger", typed, weights=wordy)
    outcome = steer(config)
    assert {row["target"] for row in lines(config, outcome.key, SHIFTS)} == {"at ease", "anger"}
    absent = tiny_run(f"stimuli.path='{texts}'", *STEER, PLAIN, weights=wordy)
    with pytest.raises(ConfigError, match="threat.emotion=calm: there is no vector of it. There are anger, at ease"):
        steer(absent)


def test_thoughts_are_no_part_of_a_steered_text(
    tiny_run: Composer, wordy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(wordy, tmp_path / "thinks"))
    (folder / "chat_template.jinja").write_text(ALWAYS)
    writes(monkeypatch, lambda _prompt, _seed: "Hm.</think>The answer.")
    config = tiny_run(*STEER, PLAIN, "steering.max_new_tokens=30", weights=folder)
    outcome = steer(config)
    texts = lines(config, outcome.key, TEXTS)
    assert {(t["text"], t["thought"], t["stop"]) for t in texts} == {("The answer.", "Hm.", "stopped")}
    assert all(t["prompt"].endswith("<think>\n") and t["perplexity"] > 0 for t in texts)
    table = steering_texts_table(steering_runs(read_catalogue(Store(config.store.path)).probes)).frame
    assert set(table["thought"]) == {"Hm."}
    kept = steer(tiny_run(*STEER, PLAIN, "steering.max_new_tokens=30", "prompt_template.thinking=keep", weights=folder))
    assert kept.key != outcome.key
    assert {t["text"] for t in lines(config, kept.key, TEXTS)} == {"Hm.</think>The answer."}
