"""What a run is called, and what is refused before anything is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import emogeo
from emogeo.errors import ConfigError, PrecisionError, StimuliError, WeightsError
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.stimuli.corpus import load_corpus
from tests.conftest import Composer
from tests.extraction.recorded import LOOSE
from tests.quantised import FORMATS, quantise, write_plain
from tests.tiny import write_model


def test_names_devices_and_batches_are_not_meaning(tiny_run: Composer) -> None:
    key = plan_run(tiny_run()).key
    for change in ("runtime.threads=1", "runtime.token_budget=99", "tracking=offline", "tracking.project=x"):
        assert plan_run(tiny_run(change)).key == key
    for change in ("max_depth=0.5", "norm=unit", "nonfinite=finite_layers", "prompt_template=chat"):
        assert plan_run(tiny_run(change)).key != key


def test_the_token_budget_is_meaning_only_with_int8_outliers(tiny_run: Composer) -> None:
    def keys(precision: str) -> set[str]:
        return {plan_run(tiny_run(f"precision={precision}", f"runtime.token_budget={b}")).key for b in (100, 200)}

    assert len(keys("int8")) == 2
    assert len(keys("int8_no_outliers")) == 1


def test_weights_that_are_quantised_already_have_one_key_for_one_content(tiny_run: Composer, tmp_path: Path) -> None:
    _, settings, encode = FORMATS["gptq"]
    folder = quantise(write_plain(tmp_path / "plain"), tmp_path / "gptq", settings, encode)
    plans = {own: plan_run(tiny_run(f"precision={own}", weights=folder)) for own in ("bf16", "fp32", "fp16")}
    assert {plan.precision.label for plan in plans.values()} == {"gptq4+bf16", "gptq4+fp32", "gptq4+fp16"}
    assert len({plan.key for plan in plans.values()}) == 3
    auto, as_stored = (plan_run(tiny_run(f"precision={own}", weights=folder)) for own in ("auto", "as_stored"))
    assert auto.key == as_stored.key and auto.key in {plan.key for plan in plans.values()}
    assert auto.config.precision.quantization.value == "as_stored"
    assert plans["bf16"].passages.model.meaning["precision"] == {
        **{"dtype": "bf16", "quantization": "as_stored", "threshold": None, "stored": "gptq4"}
    }
    for own in ("int8", "nf4", "int8_weight_only", "fp8"):
        with pytest.raises(PrecisionError, match=f"stored in gptq4, and precision={own} would quantise them a second"):
            plan_run(tiny_run(f"precision={own}", weights=folder))


def test_the_order_of_lines_is_not_meaning(tiny_run: Composer, tmp_path: Path) -> None:
    rows = [{"emotion": p.emotion, "topic": p.topic, "text": p.text} for p in load_corpus(topics=6).passages]
    for name, ordered in (("a", rows), ("b", rows[::-1])):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ordered))
    keys = {plan_run(tiny_run(f"stimuli.path='{tmp_path / name}.jsonl'")).key for name in ("a", "b")}
    assert keys == {plan_run(tiny_run()).key}


def test_a_language_is_known_by_its_texts(tiny_run: Composer) -> None:
    german, spanish = (plan_run(tiny_run(f"stimuli=passages_{own}", "stimuli.topics=6")) for own in ("de", "es"))
    data = Path(emogeo.__file__).parent / "stimuli" / "data" / "passages_de.jsonl"
    from_file = plan_run(tiny_run(f"stimuli.path='{data}'"))
    assert len({plan_run(tiny_run()).key, german.key, spanish.key}) == 3
    assert german.source.name == "passages_de"
    assert from_file.key == plan_run(tiny_run("stimuli=passages_de", "stimuli.topics=null")).key


SAME = ["runtime.threads=1", "max_depth=0.5", "pooling.position=mean", "reread=true", "generation.batch_size=20"]
OTHER = [
    "generation.batch_size=7",
    *("seed=1", "generation.repetition=1", "generation.top_p=0.9", "generation.temperature=0.5"),
    *("generation.min_new_tokens=2", "generation.max_new_tokens=9", "generation.samples=2", "precision=bf16"),
    *("generation.ban_emotion_words=true", "prompt_template.prompts=['{emotion}!']", "prompt_template.chat=true"),
]


def test_the_key_of_texts_is_what_decides_them(tiny_run: Composer) -> None:
    key = plan_run(tiny_run(*LOOSE)).source.generation
    assert {plan_run(tiny_run(*LOOSE, change)).source.generation for change in SAME} == {key}
    others = [plan_run(tiny_run(*LOOSE, change)).source.generation for change in OTHER]
    assert len({key, *others}) == len(OTHER) + 1
    samples, replicates = (
        plan_run(tiny_run(*LOOSE, f"generation.{name}=8")).source.generation for name in ("samples", "replicates")
    )
    assert samples != replicates, "other units"


def test_too_few_units_to_choose_on_are_refused_before_anything_is_read(
    tiny_run: Composer, forward_passes: list[int]
) -> None:
    with pytest.raises(ConfigError, match="needs 8 units and there are 6"):
        run_extraction(tiny_run("layer_selection=reliability"))
    assert forward_passes == []


def test_a_topic_with_texts_of_one_emotion_keeps_its_mean(tiny_run: Composer, tmp_path: Path) -> None:
    rows = [
        {"emotion": p.emotion, "topic": f"{p.topic} {p.emotion}", "text": p.text}
        for p in load_corpus(topics=6).passages
    ]
    (tmp_path / "nested.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(StimuliError, match="would take that emotion along"):
        plan_run(tiny_run(f"stimuli.path='{tmp_path / 'nested.jsonl'}'", "centring=topic_mean"))


def test_labels_of_other_weights_are_their_own(tiny_run: Composer) -> None:
    record = run_extraction(tiny_run()).record
    assert record.model.name == record.config.model.name == "tiny-llama"
    assert record.config.model.sha256 is None


def test_a_chat_turn_needs_a_template(tiny_run: Composer, tmp_path: Path) -> None:
    base = write_model(tmp_path / "tiny-base", "smollm2")
    with pytest.raises(WeightsError, match="tiny-base has none"):
        plan_run(tiny_run("prompt_template=chat", weights=base))
    plan = plan_run(tiny_run("prompt_template=chat"))
    assert plan.passages.texts[0].content.startswith("<bos><user>")
    assert plan.passages.texts[0].content.endswith("<assistant>")
    assert not plan.passages.texts[0].special_tokens
    assert plan.facts.texts[0].special_tokens


def test_a_base_model_has_no_chat_turn(tiny_run: Composer, tmp_path: Path) -> None:
    base = write_model(tmp_path / "tiny-base", "smollm2")
    with pytest.raises(Exception, match="tiny-base has none"):
        plan_run(tiny_run("mode=generation", "prompt_template=stories", weights=base))
    plain = tiny_run("mode=generation", "prompt_template=stories", "prompt_template.chat=false", weights=base)
    assert plan_run(plain).source.writing is not None
