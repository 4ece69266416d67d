"""Texts of one's own, in every shape, through a run of a tiny model to an analysis."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hydra import compose, initialize_config_dir

from emogeo.analysis.analyze import analyze
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.compose import parse_analyze, register
from emogeo.config.typed import override
from emogeo.errors import ConfigError, StimuliError
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.geometry.independent import independent_units
from emogeo.geometry.states import LabelledTexts
from emogeo.record.reading import read_run
from emogeo.record.run import Run
from emogeo.stimuli.corpus import load_corpus
from emogeo.store.store import Store
from tests.conftest import CONF, Composer

FORMATS = Path(__file__).parent / "stimuli" / "formats"
NAMES = ("Ann", "Bob", "Cid", "Dee", "Eve", "Fay", "Gil", "Hal", "Ida")
SIX = ("anger", "at ease", "fear", "grief-stricken", "joy", "sadness")
READ = {
    "01_comments_no_header.csv": ("stimuli.fields=[emotion,topic,text]",),
    "02_folder_per_label": (),
    "03_file_per_cell": ("stimuli.fields.text=stories",),
    "04_array_uneven.json": (),
    "05_other_field_names.jsonl": ("stimuli.fields={emotion: label, topic: setting, text: story}",),
    "06_no_topic.jsonl": (),
    "07_neutral_apart": ("stimuli.unlabelled=plain", "stimuli.neutral=plain"),
    "09_exact_fields_few_labels.jsonl": (),
    "10_semicolons.csv": (),
    "11_tabs.tsv": (),
    "12_packed.jsonl.gz": (),
    "13_utf16.csv": (),
    "14_languages_label_case.csv": ("stimuli.fields.text=phrase", "stimuli.mend=[spellings]"),
}
"""Every shape that is read, with what is typed."""
REFUSED = {
    "08_nested.jsonl": (("stimuli.fields={topic: scenario, text: event}",), "3 conditions"),
    "15_broken_row.csv": ((), "line 8: not CSV"),
}


def analysis(store: Path, output: Path) -> AnalyzeConfig:
    register()
    words = [f"store.path='{store}'", f"output='{output}'", "permutations=100"]
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return parse_analyze(compose("analyze", overrides=words))


def conditions_of(store: Path, key: str) -> tuple[str, ...]:
    run = read_run(Store(store), key)
    assert isinstance(run, Run)
    return run.result.conditions


def test_every_shape_ends_in_a_run_and_all_of_them_in_an_analysis(tiny_run: Composer, tmp_path: Path) -> None:
    store, keys = tmp_path / "store", {}
    for name, options in READ.items():
        keys[name] = run_extraction(tiny_run(f"stimuli.path='{FORMATS / name}'", *options)).key
        assert {file.name for file in FORMATS.iterdir()} >= {name}
    found = {name: conditions_of(store, key) for name, key in keys.items()}
    assert all(found[name] == SIX for name in ("01_comments_no_header.csv", "02_folder_per_label", "13_utf16.csv"))
    assert found["07_neutral_apart"] == tuple(sorted({*SIX, "plain"}))
    assert found["14_languages_label_case.csv"] == ("anger", "fear", "joy", "sadness")
    same = {keys[name] for name in ("01_comments_no_header.csv", "10_semicolons.csv", "11_tabs.tsv", "13_utf16.csv")}
    assert len(same) <= 2, "the same texts, whatever their topics are called, are one run"
    analyze(analysis(store, tmp_path / "out"))
    runs = pd.read_csv(tmp_path / "out" / "runs.csv")
    assert set(runs["key"]) == set(keys.values())
    said = (tmp_path / "out" / "report.html").read_text()
    assert "emotions like these" not in said, "fear and joy are not the study's conditions"


def test_shapes_that_cannot_be_read_say_why(tiny_run: Composer) -> None:
    assert {*READ, *REFUSED, "README.md"} >= {file.name for file in FORMATS.iterdir()}
    for name, (options, said) in REFUSED.items():
        with pytest.raises(StimuliError, match=said):
            run_extraction(tiny_run(f"stimuli.path='{FORMATS / name}'", *options))


@pytest.mark.parametrize("option", ["centring=neutral", "denoising.method=neutral_pcs denoising.texts=condition"])
def test_what_needs_a_neutral_condition_says_so(tiny_run: Composer, option: str) -> None:
    texts = f"stimuli.path='{FORMATS / '02_folder_per_label'}'"
    with pytest.raises(StimuliError, match="needs a condition that stands for no emotion, and 02_folder_per_label has"):
        run_extraction(tiny_run(texts, *option.split()))
    key = run_extraction(tiny_run(texts, *option.split(), "stimuli.neutral='at ease'")).key
    other = run_extraction(tiny_run(texts, *option.split(), "stimuli.neutral=joy")).key
    assert key != other


def test_centring_that_leaves_too_few_conditions_is_refused_before_anything_is_read(tiny_run: Composer) -> None:
    texts = (f"stimuli.path='{FORMATS / '02_folder_per_label'}'", "stimuli.conditions=[joy,anger,fear,'at ease']")
    with pytest.raises(StimuliError, match="centring=neutral leaves 3 of the conditions .* type centring=grand_mean"):
        plan_run(tiny_run(*texts, "stimuli.neutral='at ease'", "centring=neutral"))


def test_own_conditions_are_written_about(tiny_run: Composer, tmp_path: Path) -> None:
    texts = f"stimuli.path='{FORMATS / '02_folder_per_label'}'"
    words = ("mode=generation", "prompt_template=loose", "prompt_template.chat=false", "generation.max_new_tokens=4")
    more = ("generation.min_new_tokens=4", "generation.temperature=0.7", "generation.replicates=4")
    outcome = run_extraction(tiny_run(texts, *words, *more, "stimuli.words={joy: delighted}"))
    assert conditions_of(tmp_path / "store", outcome.key) == SIX
    stories = Store(tmp_path / "store").read("generations", outcome.record.generation.key)["generations.jsonl"].decode()
    assert "delighted" in stories
    assert "grief-stricken" in stories
    with pytest.raises(StimuliError, match="stimuli.words: 02_folder_per_label has no condition hapiness"):
        run_extraction(tiny_run(texts, *words, *more, "stimuli.words={hapiness: glad}"))


def lines(file: Path, rows: list[tuple[str, str | None, str]]) -> str:
    told = [{"emotion": emotion, "topic": topic, "text": text} for emotion, topic, text in rows]
    file.write_text("".join(json.dumps({k: v for k, v in own.items() if v is not None}) + "\n" for own in told))
    return f"stimuli.path='{file}'"


def test_another_neutral_condition_is_another_run(tiny_run: Composer) -> None:
    texts = f"stimuli.path='{FORMATS / '02_folder_per_label'}'"
    keys = {
        run_extraction(tiny_run(texts, *words)).key
        for words in ((), ("stimuli.neutral=joy",), ("stimuli.neutral=null",))
    }
    assert len(keys) == 2, "no label is called neutral, so that null says nothing else"


def test_one_sentence_in_every_topic_is_one_unit_and_chooses_no_layer(tiny_run: Composer, tmp_path: Path) -> None:
    said = {"joy": "smiled and sang all the way home", "fear": "did not dare to look behind her at all"}
    said |= {"anger": "slammed the door and shouted at the wall", "calm": "sat down and let the evening go by slowly"}
    rows = [(label, f"t{n}", f"{who} {text}") for label, text in said.items() for n, who in enumerate(NAMES)]
    texts = lines(tmp_path / "one.jsonl", rows)
    with pytest.raises(ConfigError, match="layer_selection=reliability .* it needs 8 units and there are 1"):
        run_extraction(tiny_run(texts, "layer_selection=reliability"))
    run_extraction(tiny_run(texts))
    analyze(analysis(tmp_path / "store", tmp_path / "out"))
    assert pd.read_csv(tmp_path / "out" / "corpus.csv")["n_units"].tolist() == [1]


def test_repeated_lines_without_topics_cost_no_units(tmp_path: Path) -> None:
    words = [f"{a}{b}" for a in "bdfgklmnprst" for b in ("ana", "elo", "iri", "osu", "uta")]
    draw = np.random.default_rng(0)
    rows = [
        (label, None, " ".join(draw.choice(words, 12))) for label in ("joy", "fear", "anger", "calm") for _ in range(40)
    ]
    rows += [(label, None, f"{text} again") for label, _, text in rows[::10]]
    file = tmp_path / "lines.jsonl"
    lines(file, rows)
    corpus = load_corpus(str(file))
    own = LabelledTexts(tuple(corpus.emotions), tuple(corpus.topics), tuple(corpus.units(0)), tuple(corpus.texts))
    assert len(set(independent_units(own))) == 40


def test_nobody_is_asked_for_texts_about_no_topic(tiny_run: Composer) -> None:
    texts = (f"stimuli.path='{FORMATS / '07_neutral_apart'}'", "stimuli.unlabelled=plain", "stimuli.neutral=plain")
    plan = plan_run(tiny_run(*texts, "mode=generation", "prompt_template=topic_stories", "prompt_template.chat=false"))
    assert plan.source.writing is not None
    assert {request.topic for request in plan.source.writing.requests} == {
        "a found dog",
        "a late train",
        "an exam",
        "an old letter",
    }


def test_options_of_own_names_are_written_as_they_are_typed() -> None:
    assert (
        override("stimuli.rename", {"joyful": "happy", "at ease": "calm"})
        == "stimuli.rename={joyful: happy, at ease: calm}"
    )
