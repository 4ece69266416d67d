"""Names for people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from emogeo.analysis.records.names import file_stem, how_read, short_names
from emogeo.config.model import Init
from emogeo.record.run import Run
from tests.planted_catalogue import MATCHED, Design, draw
from tests.planted_records import altered, geometry, model_card, usual_config


def run(*words: str, model: str = "m", **changes: object) -> Run:
    record, files = geometry(config=usual_config(*words), model=model_card(model), key="0123456789ab")
    return Run(replace(record, **changes), files)


def planted() -> dict[str, Run]:
    return {ready.name: ready.run for ready in draw(Design(0.5, 0.1, 0.5), 0)}


def test_a_run_alone_has_its_models_name() -> None:
    assert short_names([run("norm=unit", "pooling.position=mean")]) == ["m"]
    assert short_names([]) == []


def test_only_what_differs_is_named_and_what_is_usual_is_not() -> None:
    runs = [
        run("pooling.position=mean"),
        run("pooling.position=mean", "norm=unit", "centring=neutral"),
        run("pooling.position=mean", "seed=3", precision="int8"),
    ]
    assert short_names(runs) == ["m bf16 seed 0", "m bf16 centring neutral norm unit seed 0", "m int8 seed 3"]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("pooling.position=mean", "mean"),
        ("pooling.position=middle", "middle"),
        ("layer_selection=all", "all"),
        ("denoising.method=neutral_pcs", "denoising neutral_pcs"),
        ("centring=topic_mean", "centring topic_mean"),
    ],
)
def test_one_word_of_the_configuration_is_one_word_of_the_name(word: str, name: str) -> None:
    usual, other = short_names([run(), run(word)])
    assert other == f"m {name}"
    assert usual.startswith("m")
    assert name not in usual


def test_a_block_is_named_with_its_rule_and_skipped_tokens_with_their_number() -> None:
    chosen = {"depth": 0.85, "index": 3}
    rules = [(f"layer_selection={rule}", f"layer_selection.{rule}={at}") for rule, at in chosen.items()]
    assert short_names([run(*words) for words in rules]) == ["m 0.85 depth", "m 3 index"]
    skipped = run("pooling.position=mean", "pooling.skip=2")
    assert short_names([run("pooling.position=last"), skipped]) == ["m last token", "m mean skip 2"]


def test_rereads_are_told_and_what_is_left_alike_has_its_key() -> None:
    first, second = run(), run()
    again = altered(first, reread_of=first.key)
    assert short_names([first, again]) == ["m", "m reread"]
    other = altered(second, key="ba9876543210")
    assert short_names([first, other]) == ["m 012345", "m ba9876"]


def test_written_texts_are_named_by_where_they_were_written() -> None:
    sets = planted()
    names = dict(zip("CRG", short_names([sets[name] for name in ("C", "C_replay", "C_again")]), strict=True))
    assert names == {
        "C": "planted bf16 generation",
        "R": "planted int8 replay written at bf16",
        "G": "planted bf16 generation again 1",
    }


def test_a_reading_is_the_same_words_for_every_model_and_precision() -> None:
    words = ("pooling.position=mean", "layer_selection=depth", "layer_selection.depth=0.85", "norm=unit")
    readings = {how_read(run(*words, model=model, precision=precision)) for model in "mn" for precision in "xy"}
    (reading,) = readings
    assert reading == "comprehension, raw, passages, 0.85 depth, mean, norm unit"
    assert how_read(run(*words, "seed=2")) == f"{reading}, seed 2"


def test_a_twin_is_always_named_as_what_it_is() -> None:
    twin = altered(run(), model_init=Init.random, model_init_seed=1)
    assert short_names([twin]) == ["m random 1"]
    shuffled = altered(twin, model_init=Init.shuffled, key="s")
    assert short_names([run(), twin, shuffled]) == ["m", "m random 1", "m shuffled 1"]
    assert how_read(twin) == how_read(run())


def test_another_context_is_named_and_the_usual_one_is_not() -> None:
    run = planted()["C"]
    other = altered(run, config=usual_config(*MATCHED, "generation.context=none"))
    usual = altered(run, config=usual_config(*MATCHED))
    assert short_names([usual, other]) == ["planted", "planted without the prompt"]
    assert "without the prompt" in how_read(other).split(", ")
    assert "prompt" not in how_read(usual)


def test_a_name_in_a_file_s_name_is_short_and_plain() -> None:
    assert file_stem("smollm2 bf16") == "smollm2-bf16"
    assert file_stem(r"$\frac{$ é/..") == "-frac-.."
    assert len(file_stem("n" * 300)) == 100
