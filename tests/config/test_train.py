"""A run whose parts contradict one another, or are out of range, is refused before anything slow."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.errors import ConfigError
from tests.conftest import compose_train

LOOSE = ("mode=generation", "prompt_template=loose", "generation.temperature=1.0", "generation.max_new_tokens=8")


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["prompt_template=chat", "model=gemma-3-270m"], ["gemma-3-270m", "chat template", "raw|feeling|question"]),
        (["prompt_template.mode=generation"], ["mode=generation", "mode=comprehension", "raw"]),
        (["prompt_template.text=hello"], ["{passage}"]),
        (["layer_selection=index", "layer_selection.index=null"], ["layer_selection.index"]),
        (["layer_selection.index=3"], ["layer_selection=index layer_selection.index=3"]),
        (["layer_selection=depth", "layer_selection.depth=1.5"], ["1.5", "up to 1"]),
        (["max_depth=0"], ["max_depth=0"]),
        (["pooling.skip=3"], ["pooling.skip=3", "mean"]),
        (["pooling.position=mean", "pooling.skip=-1"], ["pooling.skip=-1"]),
        (["denoising.share=1"], ["denoising.share"]),
        (["runtime.token_budget=0"], ["runtime.token_budget=0"]),
        (["runtime.threads=0"], ["runtime.threads=0"]),
        (["precision.threshold=6"], ["precision.threshold", "int8"]),
        (["precision=int8", "precision.threshold=-1"], ["-1"]),
        (["model.revision=null", "model=qwen2.5-1.5b"], ["revision"]),
        (["model.source=folder"], ["model.weights=FOLDER"]),
    ],
)
def test_what_cannot_be_meant_is_refused(overrides: list[str], words: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        compose_train(*overrides)
    assert all(word in str(error.value) for word in words), error.value


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mode=generation",), "prompt_template=stories"),
        (("prompt_template=stories",), "Type mode=generation"),
        (("mode=replay",), "mode.source=KEY"),
        (("mode.source=abc",), "type mode=replay mode.source=KEY"),
        (("mode=replay", "mode.source=''"), "mode.source=KEY"),
        (("mode=replay", "mode.source=12e45678"), "quote one that could be a number"),
        ((*LOOSE, "generation.temperature=null", "generation.replicates=2"), "writes the same each time"),
        ((*LOOSE, "pooling.position=mean", "pooling.skip=3", "generation.min_new_tokens=3"), "min_new_tokens=4"),
        ((*LOOSE, "generation.min_new_tokens=9"), "max_new_tokens=8"),
        ((*LOOSE, "generation.temperature=0"), "null for greedy"),
        ((*LOOSE, "generation.top_p=0"), "up to 1"),
        ((*LOOSE, "generation.temperature=null", "generation.top_p=0.9"), "no meaning in greedy"),
        ((*LOOSE, "generation.temperature=null", "generation.ban_emotion_words=true"), "writes the same"),
        ((*LOOSE, "generation.samples=0"), "at least 1"),
        ((*LOOSE, "prompt_template.prompts=[nothing]"), "has no {emotion}"),
        ((*LOOSE, "prompt_template.neutral=[]"), "one of neutral for each"),
        ((*LOOSE, "prompt_template.neutral=['{topic}']"), "or none"),
        ((*LOOSE, "denoising.method=neutral_pcs"), "denoising.texts=condition"),
    ],
)
def test_contradictions_are_refused(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        compose_train(*words)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("max_depth=1.01",), "max_depth=1.01: a share of depth above 0 and up to 1, or null."),
        (
            ("mode=replay",),
            "mode=replay reads again what was written: give the run's key (mode.source=KEY), or the recipe or "
            "prompt_template with which this model has written before.",
        ),
        (
            ("prompt_template=stories",),
            "prompt_template=stories is for mode=generation, but mode=comprehension. Type mode=generation, or a "
            "template of comprehension such as prompt_template=raw.",
        ),
        (
            (*LOOSE, "prompt_template=stories", "model=gemma-3-270m"),
            "prompt_template=stories needs a chat template, and model=gemma-3-270m (base) has none. Type "
            "prompt_template=loose, prompt_template.chat=false, or an instruct model.",
        ),
        (
            (*LOOSE, "pooling.position=mean", "pooling.skip=2", "generation.min_new_tokens=2"),
            "pooling.skip=2 may leave nothing of a text of generation.min_new_tokens=2: type "
            "generation.min_new_tokens=3 or more.",
        ),
        (
            ("mode=replay", "mode.source=abc", "denoising.method=neutral_pcs"),
            "mode=replay has neutral texts of its own: type denoising.texts=condition.",
        ),
        (("mode=steering", "mode.source=xyz"), "mode.source=xyz: the key of a run, in hexadecimal digits."),
    ],
)
def test_a_refusal_says_what_to_type(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as error:
        compose_train(*words)
    assert str(error.value) == said


def test_texts_that_are_not_used_are_not_checked() -> None:
    compose_train("mode=behaviour", "prompt_template=stories")
    compose_train("mode=replay", "mode.source=abc", "prompt_template.text=none")
    compose_train("model=gemma-3-270m", "prompt_template=chat", "model.weights=Org/With-a-template")


@pytest.mark.parametrize("init", ["random", "shuffled"])
@pytest.mark.parametrize(
    "words",
    [
        ("mode=generation", "prompt_template=stories"),
        ("mode=steering",),
        ("mode=behaviour",),
        ("mode=replay", "prompt_template=stories"),
        ("recipe=crossed",),
    ],
)
def test_an_untrained_twin_reads_and_never_writes(init: str, words: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match=f"model.init={init} with mode=.*type mode=replay mode.source=KEY"):
        compose_train(*words, f"model.init={init}")
    compose_train(f"model.init={init}")
    compose_train("mode=replay", "mode.source=abc", f"model.init={init}", "model.init_seed=2")


def test_a_file_is_no_store(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("mine")
    with pytest.raises(ConfigError, match=r"mine.csv is a file; type store.path=FOLDER.$"):
        compose_train(f"store.path='{file}'", "dry=true")
