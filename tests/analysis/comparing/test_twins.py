"""Untrained twins of a run, and the command that computes them."""

from __future__ import annotations

import shlex
from dataclasses import replace
from itertools import product

import pytest

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.comparing.twins import pair_command, read_alike, subjects, twin_command, twins_of
from emogeo.config.model import Init
from emogeo.config.precision import Quantization
from emogeo.config.train import TrainConfig
from emogeo.record.files import TEXTS
from emogeo.record.run import Run
from tests.conftest import compose_train
from tests.planted_catalogue import MATCHED, Design, draw, lines_of
from tests.planted_records import altered, geometry


@pytest.fixture(scope="module")
def trained() -> Run:
    return Run(*geometry())


def twin(of: Run, seed: int, init: Init = Init.random, **changes: object) -> Run:
    own = {"key": f"{of.key}-{init.value}-{seed}", "model_init": init, "model_init_seed": seed}
    return altered(of, **{**own, **changes})


def test_twins_are_finished_runs_of_other_weights_that_were_read_alike(trained: Run) -> None:
    first, second, shuffled = twin(trained, 1), twin(trained, 2), twin(trained, 1, Init.shuffled)
    config = trained.config
    others = [
        trained,
        altered(trained, key="again"),
        twin(trained, 3, reread_of="k" * 64),
        twin(trained, 4, precision="int8(6.0)+bf16"),
        twin(trained, 5, model_revision="sha256:1"),
        twin(trained, 6, model_id="other"),
        twin(trained, 7, config=replace(config, centring=compose_train("centring=topic_mean").centring)),
        twin(trained, 8, config=replace(config, max_depth=0.5)),
        twin(trained, 9, config=compose_train("prompt_template=feeling")),
        altered(twin(trained, 10), {TEXTS: lines_of("other", 2)}),
        Run(replace(twin(trained, 11).record, result=None, reason="overflow"), {}),
    ]
    assert twins_of(trained, [shuffled, *others, second, first]) == [first, second, shuffled]


def test_twins_of_a_quantised_checkpoint_are_drawn_at_its_data_type(trained: Run) -> None:
    precision = replace(trained.config.precision, quantization=Quantization.as_stored)
    stored = altered(trained, config=replace(trained.config, precision=precision), precision="fp8+bf16")
    drawn, other = twin(trained, 1), twin(trained, 2, precision="fp16")
    assert twins_of(stored, [drawn, other]) == [drawn]
    assert "precision=bf16" in shlex.split(twin_command(stored))


def test_no_run_is_its_own_twin(trained: Run) -> None:
    first, second, shuffled = twin(trained, 1), twin(trained, 2), twin(trained, 1, Init.shuffled)
    runs = [trained, first, second, shuffled, twin(trained, 1, key="the same seed elsewhere")]
    assert twins_of(first, runs) == [second, shuffled]
    assert twins_of(shuffled, runs) == [first, second]


def test_one_twin_of_each_seed(trained: Run) -> None:
    runs = [twin(trained, 1), twin(trained, 1, key="read again on another machine"), twin(trained, 2)]
    assert twins_of(trained, runs) == [runs[0], runs[2]]


def test_other_labels_of_the_same_texts_are_another_reading(trained: Run) -> None:
    turned = tuple(reversed(trained.record.emotions))
    assert not twins_of(trained, [twin(trained, 1, emotions=turned)])


def test_subjects_are_the_trained_runs_where_there_are_any(trained: Run) -> None:
    own, null = PreparedRun(trained, "a", 0), PreparedRun(twin(trained, 1), "b", 0)
    assert subjects([own, null]) == [own]
    assert subjects([null]) == [null]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("recipe=jeong_comprehension", "stimuli=passages6"),
        ("model=gemma-3-270m", "pooling.position=mean", "layer_selection=depth", "layer_selection.depth=0.85"),
        ("prompt_template=chat", "centring=neutral", "norm=unit", "denoising.method=neutral_pcs", "seed=3"),
        ("precision=int8", "precision.threshold=5", "max_depth=0.5", "nonfinite=finite_layers"),
        ("model.weights='/a folder/it\\'s'", "stimuli.path=mine.csv"),
        ("model.init=random", "model.init_seed=1"),
        ("model.init=shuffled", "model.init_seed=1"),
    ],
)
def test_the_command_composes_to_the_runs_twins(words: tuple[str, ...], trained: Run) -> None:
    config = compose_train(*words)
    label = "int8(5.0)+bf16" if config.precision.threshold else "bf16"
    run = altered(trained, config=config, precision=label, model_init=config.model.init)
    run = altered(run, model_init_seed=config.model.init_seed)
    made = [altered(run, key=f"twin {row}", config=each) for row, each in enumerate(composed(twin_command(run)))]
    made = [altered(r, model_init=r.config.model.init, model_init_seed=r.config.model.init_seed) for r in made]
    assert twins_of(run, made) == made
    assert len(made) == 2
    assert all(one.config.model.weights == config.model.weights for one in made)
    assert [one.config.model.init for one in made] == [Init.random] * 2
    assert all((one.config.precision.dtype.value, one.config.nonfinite) == ("bf16", config.nonfinite) for one in made)


def test_twins_of_a_run_that_reads_what_it_wrote_read_the_same_texts() -> None:
    run = next(own.run for own in draw(Design(0.5, 0.1, 0.5), 0) if own.run.key == "C")
    assert run.config == compose_train(*MATCHED, "centring=grand_mean", "norm=none")
    command = twin_command(run)
    assert "mode=replay mode.source=matched" in command
    shown = command.replace("mode.source=matched", "mode.source=" + "a" * 64)
    made = [
        altered(
            run, key=f"twin {row}", config=config, mode=config.mode.name, model_init=Init.random, model_init_seed=row
        )
        for row, config in enumerate(composed(shown), start=1)
    ]
    assert twins_of(run, made) == made


def test_twins_read_in_the_context_of_their_run() -> None:
    run = next(own.run for own in draw(Design(0.5, 0.1, 0.5), 0) if own.run.key == "C")
    assert "generation" not in twin_command(run).replace("mode=generation", "")
    alone = altered(run, config=compose_train(*MATCHED, "centring=grand_mean", "norm=none", "generation.context=none"))
    assert " mode.source=matched generation.context=none " in twin_command(alone)
    command = twin_command(alone).replace("mode.source=matched", "mode.source=" + "a" * 64)
    config = composed(command)[0]
    own = altered(alone, key="twin", config=config, mode=config.mode.name, model_init=Init.random, model_init_seed=1)
    assert (twins_of(alone, [own]), twins_of(run, [own])) == ([own], [])


@pytest.mark.parametrize(
    ("words", "other"),
    [
        (("pooling.position=mean", "stimuli.path=mine.csv", "store.path=mine"), "gemma-3-270m"),
        (("model.weights=./own", "precision=bf16"), "gemma-3-270m"),
        (("model=gemma-3-270m", "max_depth=0.5"), "smollm2-135m-instruct"),
    ],
)
def test_the_command_that_makes_a_pair_reads_the_same_with_another_model(
    words: tuple[str, ...], other: str, trained: Run
) -> None:
    config = compose_train(*words)
    run = altered(trained, config=config, precision="bf16", model_name=config.model.name)
    python, program, *typed = shlex.split(pair_command(run))
    made = compose_train(*typed)
    assert (python, program, made.model.name) == ("python", "train.py", other)
    assert read_alike(run, altered(run, config=made, model_name=other))
    assert (made.stimuli, made.pooling, made.max_depth) == (config.stimuli, config.pooling, config.max_depth)
    assert made.store == config.store


def test_the_command_names_the_store_where_it_is_not_the_usual_one(trained: Run) -> None:
    assert "store.path" not in twin_command(trained)
    assert twin_command(trained, "my store").endswith("'store.path='\"'\"'my store'\"'\"''")


def composed(command: str) -> list[TrainConfig]:
    """The configurations of a sweep over seeds, as a shell and Hydra read its command."""
    python, program, sweep, *words = shlex.split(command)
    assert (python, program, sweep) == ("python", "train.py", "-m")
    options = [
        [f"model.init_seed={seed}" for seed in word.partition("=")[2].split(",")] if "init_seed" in word else [word]
        for word in words
    ]
    return [compose_train(*chosen) for chosen in product(*options)]
