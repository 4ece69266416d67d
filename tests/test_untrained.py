"""Untrained twins from the command line to the tables."""

from __future__ import annotations

import shlex
from pathlib import Path

import pandas as pd
import pytest

from emogeo.analysis.analyze import analyze
from emogeo.analysis.comparing.twins import twin_command, twins_of
from emogeo.analysis.records.catalogue import read_catalogue
from emogeo.config.analyze import AnalyzeConfig
from emogeo.config.model import Init
from emogeo.config.runtime import StoreConfig
from emogeo.extraction.plan import plan_run
from emogeo.extraction.run import run_extraction
from emogeo.record.run import Run
from emogeo.store.store import Store
from emogeo.tracking.mirror import mirror_of
from tests.conftest import Composer, compose_train
from tests.test_commands import command

COMMON = (
    *("tracking=disabled", "runtime.device=cpu", "runtime.progress=false", "stimuli=passages6", "max_depth=0.5"),
    *("layer_selection=min_mean_cosine", "runtime.threads=1"),
)

KINDS = (("random", 1), ("random", 2), ("shuffled", 1))


def runs_in(store: Path) -> list[Run]:
    return read_catalogue(Store(store)).finished


def test_a_twin_has_a_key_a_record_and_a_mirror_of_its_own(tiny_run: Composer, loads: list[str]) -> None:
    trained = tiny_run()
    twins = [tiny_run(f"model.init={init}", f"model.init_seed={seed}") for init, seed in KINDS]
    key = plan_run(trained).key
    outcomes = [run_extraction(config) for config in (trained, *twins)]
    assert outcomes[0].key == key
    assert len({outcome.key for outcome in outcomes}) == len(outcomes)
    assert loads == ["tiny-llama fp32"] * 4, "each of its own weights"
    store = Store(trained.store.path)
    for outcome, (init, seed) in zip(outcomes[1:], KINDS, strict=True):
        card, mirror = outcome.record.model, mirror_of(store, outcome.key)
        assert (card.init, card.init_seed, card.name) == (Init(init), seed, "tiny-llama")
        assert outcome.record.title.startswith(f"tiny-llama {init} {seed} fp32")
        assert mirror.title == outcome.record.title
        assert list(mirror.tags) == ["untrained", init]
        assert (mirror.config["model"]["init"], mirror.config["resolved"]["model"]["init_seed"]) == (init, seed)
    assert list(mirror_of(store, key).tags) == []


def test_the_record_says_what_was_drawn_whichever_pass_was_in_the_store(tiny_run: Composer, tmp_path: Path) -> None:
    digests = []
    for words in (("model.init_seed=1",), ("model.init_seed=1", "norm=unit"), ("model.init_seed=2",)):
        record = run_extraction(tiny_run("model.init=random", *words)).record
        assert isinstance(record.provenance.readings, dict)
        digests.append({name: own.drawn for name, own in record.provenance.readings.items()})
    assert digests[0] == digests[1] != digests[2]
    assert all(len(set(own.values())) == 1 and len(own["passages"]) == 64 for own in digests)
    elsewhere = tiny_run("model.init=random", "model.init_seed=1", f"store.path='{tmp_path / 'elsewhere'}'")
    again = run_extraction(elsewhere).record
    assert again.provenance.readings["passages"].drawn == digests[0]["passages"]
    assert run_extraction(tiny_run()).record.provenance.readings["passages"].drawn is None


def test_a_twin_reads_the_tokens_that_its_model_has_written(tiny_run: Composer) -> None:
    words = ("prompt_template=topic_stories", "generation.max_new_tokens=8", "generation.min_new_tokens=8")
    trained = run_extraction(tiny_run("mode=generation", *words, "prompt_template.chat=false"))
    source = f"mode.source={trained.key[:12]}"
    twin = tiny_run("mode=replay", f"'{source}'" if source.isdigit() else source, "model.init=random")
    run_extraction(twin)
    runs = {run.key: run for run in runs_in(Path(twin.store.path))}
    (found,) = twins_of(runs[trained.key], list(runs.values()))
    own, other = (run.record.provenance.readings["passages"].tokens for run in (runs[trained.key], found))
    assert own == other, "the prompts too, from which the texts follow"


@pytest.mark.usefixtures("small_pictures")
def test_from_the_command_line_to_the_tables(tiny_llama: Path, tiny_overflowing: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    for weights in (tiny_llama, tiny_overflowing):
        run_extraction(compose_train(f"model.weights='{weights}'", f"store.path='{store}'", *COMMON, "precision=fp32"))
    trained = runs_in(store)
    for run in trained:
        python, program, *typed = shlex.split(twin_command(run, str(store)))
        words = (*typed, f"hydra.sweep.dir='{tmp_path / 'jobs'}'", "runtime.device=cpu", "runtime.progress=false")
        done = command(program, *words, "tracking=disabled", "runtime.threads=1", cwd=tmp_path)
        assert (python, done.returncode) == ("python", 0), done.stderr
        assert f"{run.model} random 1 fp32" in done.stdout + done.stderr
    everything = runs_in(store)
    assert len(everything) == 6
    for run in trained:
        assert [twin.model for twin in twins_of(run, everything)] == [f"{run.model} random {seed}" for seed in (1, 2)]
    check_analysis(store, tmp_path / "results", everything, [run.model for run in trained])


def check_analysis(store: Path, output: Path, everything: list[Run], models: list[str]) -> None:
    """Twins are rows of `runs`, `descriptors` and `pairs`, and nothing else is of them."""
    analyze(AnalyzeConfig(store=StoreConfig(str(store)), output=str(output), permutations=100))
    tables = {file.stem: pd.read_parquet(file) for file in output.glob("*.parquet")}
    assert sorted(tables["runs"]["model"]) == sorted(run.model for run in everything)
    assert tables["runs"].groupby("init")["init_seed"].count().to_dict() == {"random": 4, "trained": 0}
    assert sorted(tables["descriptors"]["model"]) == sorted(tables["runs"]["model"])
    pairs = list(zip(tables["pairs"]["model_a"], tables["pairs"]["model_b"], strict=True))
    twins = [(f"{models[0]} random {i}", f"{models[1]} random {j}") for i in (1, 2) for j in (1, 2)]
    assert pairs == [tuple(models), *twins]
    assert list(zip(tables["universality"]["model_a"], tables["universality"]["model_b"], strict=True)) == pairs[:1]
    assert set(tables["baselines"]["model"]) == set(models)
    for name in ("effects", "base_instruct"):
        assert tables[name].empty, name
    assert not tables["behaviour"]["model"].str.contains("random").any()
    assert pd.read_csv(output / "rho_matrix.csv")["run"].tolist() == models
    assert len(list((output / "figures").glob("rdm_*.png"))) == len(models)
    page = (output / "report.html").read_text()
    assert "untrained twins" in page


@pytest.mark.weights
def test_a_real_model_and_its_twin(tmp_path: Path) -> None:
    """SmolLM2-135M, drawn, on a few passages and in a few blocks."""
    words = (
        *("stimuli.topics=2", f"store.path='{tmp_path / 'store'}'", "precision=bf16", "runtime.device=cpu"),
        *("tracking=disabled", "runtime.progress=false", "max_depth=0.1", "layer_selection=min_mean_cosine"),
    )
    for init in ((), ("model.init=random", "model.init_seed=1"), ("model.init=random", "model.init_seed=2")):
        run_extraction(compose_train(*words, *init))
    trained, *twins = runs_in(tmp_path / "store")
    assert twins_of(trained, [trained, *twins]) == twins
    digests = [own.record.provenance.readings["passages"].drawn for own in twins]
    assert None not in digests and digests[0] != digests[1]
    assert [run.model.removeprefix("smollm2-135m-instruct") for run in (trained, *twins)] == [
        "",
        " random 1",
        " random 2",
    ]
