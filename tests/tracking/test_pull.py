"""Records from W&B: the same tables, lineage, and nothing corrupt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import wandb
from hydra import compose, initialize_config_dir

from emogeo.analysis.analyze import analyze
from emogeo.config.analyze import AnalyzeConfig, RunsConfig
from emogeo.config.compose import parse_analyze, register
from emogeo.config.runtime import TrackingConfig, TrackingMode
from emogeo.errors import NonFiniteError, StoreError, TrackingError
from emogeo.extraction.imported_run import run_import
from emogeo.extraction.run import run_extraction
from emogeo.probes.run import run_probe
from emogeo.store.manifest import MANIFEST
from emogeo.store.store import GENERATIONS, RUNS, Store
from emogeo.tracking import pull
from tests.conftest import CONF, Composer, compose_train
from tests.wandb_server.faults import Fault, Kind
from tests.wandb_server.server import Server

pytestmark = pytest.mark.usefixtures("small_pictures")


def analysis(store: Path, output: Path, *overrides: str) -> AnalyzeConfig:
    register()
    words = [f"store.path='{store}'", f"output='{output}'", "permutations=100", *overrides]
    with initialize_config_dir(str(CONF), version_base="1.3"):
        return parse_analyze(compose("analyze", overrides=words))


def test_tables_from_wandb_are_those_of_the_store_and_the_lineage_is_there(
    tiny_run: Composer, tiny_overflowing: Path, wandb_server: Server, tmp_path: Path
) -> None:
    asked = ("mode=generation", "prompt_template=loose", "generation.max_new_tokens=3")
    outcomes = [run_extraction(tiny_run("tracking=online", *words)) for words in ((), asked)]
    with pytest.raises(NonFiniteError):
        run_extraction(tiny_run("precision=fp16", "tracking=online", weights=tiny_overflowing))
    local = analyze(analysis(tmp_path / "store", tmp_path / "local"))
    pulled = analyze(analysis(tmp_path / "pulled", tmp_path / "from wandb", "source=wandb"))
    tables = [*local.glob("*.csv"), *local.glob("*.parquet")]
    for table in [
        table for table in tables if not table.stem.startswith("decoding")
    ]:  # which needs states of all blocks
        assert (pulled / table.name).read_bytes() == table.read_bytes(), table.name
    stores = Store(tmp_path / "store"), Store(tmp_path / "pulled")
    for key in stores[0].keys(RUNS):
        assert stores[0].manifest(RUNS, key) == stores[1].manifest(RUNS, key)
        assert stores[1].read(RUNS, key)
    api = wandb.Api()
    (run,) = api.runs("tester/emogeo", filters={"jobType": "analysis"})
    (made,) = (artifact for artifact in run.logged_artifacts() if artifact.type == "analysis")
    assert {"report.html", "claims.csv", "figures/rho_matrix.png"} <= set(made.manifest.entries)
    assert {"figures/rho_matrix", "tables/claims"} <= set(run.summary.keys())
    rdm = next(a for a in run.used_artifacts() if a.name.startswith(f"rdm-{outcomes[0].key[:16]}"))
    assert rdm.logged_by().config["key"] == outcomes[0].key
    assert [user.id for user in rdm.used_by()] == [run.id]
    assert not wandb_server.refused


def test_a_project_without_a_geometry_is_analysed_and_logged(
    tiny_run: Composer, wandb_server: Server, tmp_path: Path
) -> None:
    run_probe(tiny_run("tracking=online", "mode=behaviour", "behaviour.turns=1", "behaviour.max_new_tokens=2"))
    analyze(analysis(tmp_path / "pulled", tmp_path / "out", "source=wandb"))
    (run,) = wandb.Api().runs("tester/emogeo", filters={"jobType": "analysis"})
    (made,) = (artifact for artifact in run.logged_artifacts() if artifact.type == "analysis")
    assert {"report.html", "behaviour.csv"} <= set(made.manifest.entries)


def test_only_the_runs_that_are_meant(tiny_run: Composer, wandb_server: Server, tmp_path: Path) -> None:
    for number, centring in enumerate(("grand_mean", "none")):
        run_extraction(tiny_run("tracking=online", f"tracking.group=g{number}", f"centring={centring}"))
    words = ("source=wandb", "tracking.mode=disabled")
    for number, chosen in enumerate(("runs.group=g0", "+runs.filters={config.centring:none}")):
        analyze(analysis(tmp_path / f"pulled {number}", tmp_path / "out", *words, chosen))
        assert len(list(Store(tmp_path / f"pulled {number}").keys(RUNS))) == 1
    with pytest.raises(TrackingError, match="No run"):
        analyze(analysis(tmp_path / "none", tmp_path / "out", *words, "runs.group=nobody"))
    with pytest.raises(TrackingError, match="elsewhere"):
        analyze(analysis(tmp_path / "none", tmp_path / "out", *words, "tracking.project=elsewhere"))


def test_corrupt_bytes_do_not_enter_the_store(tiny_run: Composer, wandb_server: Server, tmp_path: Path) -> None:
    run_extraction(tiny_run("tracking=online"))
    wandb_server.faults.add(Fault("GET blobs", Kind.corrupt))
    words = ("source=wandb", "tracking.mode=disabled")
    with pytest.raises(StoreError, match="holds no whole run"):
        analyze(analysis(tmp_path / "pulled", tmp_path / "out", *words))
    assert not list(Store(tmp_path / "pulled").keys(RUNS))
    wandb_server.faults.clear()
    analyze(analysis(tmp_path / "pulled", tmp_path / "out", *words))
    assert len(list(Store(tmp_path / "pulled").keys(RUNS))) == 1


DOWNLOADS = [
    (Fault("GET blobs", status=404), "404"),
    (Fault("GET blobs", Kind.stall, seconds=60), "took longer than 3 s"),
    (Fault("GET blobs", status=500), "took longer than 3 s"),
]


@pytest.mark.parametrize(("fault", "said"), DOWNLOADS, ids=["missing", "stalled", "broken"])
def test_what_cannot_be_fetched_is_left_out_by_name_and_comes_later(
    tiny_run: Composer,
    wandb_server: Server,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    said: str,
) -> None:
    """The client itself would go on for twenty minutes."""
    key = run_extraction(tiny_run("tracking=online")).key
    wandb_server.faults.add(fault)
    words = ("source=wandb", "tracking.mode=disabled")
    with monkeypatch.context() as patch, pytest.raises(StoreError, match="holds no whole run"):
        patch.setattr(pull, "PATIENCE", replace(pull.PATIENCE, transfer=3))
        analyze(analysis(tmp_path / "pulled", tmp_path / "out", *words))
    (told,) = [r.getMessage() for r in caplog.records if "left out" in r.getMessage()]
    assert f"tester/emogeo, runs {key[:12]}" in told
    assert said in told
    assert not list(Store(tmp_path / "pulled").keys(RUNS))
    wandb_server.faults.clear()
    analyze(analysis(tmp_path / "pulled", tmp_path / "out", *words))
    assert list(Store(tmp_path / "pulled").keys(RUNS)) == [key]


def test_texts_are_replayed_from_wandb_in_a_store_that_has_never_seen_them(
    tiny_run: Composer, wandb_server: Server, tmp_path: Path
) -> None:
    asked = ("mode=generation", "prompt_template=loose", "generation.max_new_tokens=3", "tracking=online")
    written = run_extraction(tiny_run(*asked))
    texts = written.record.generation.key
    source = f"mode.source='wandb:tester/emogeo/generations-{texts[:16]}:v0'"
    local = run_extraction(tiny_run("mode=replay", f"mode.source={written.key}"))
    words = ("mode=replay", source, f"store.path='{tmp_path / 'elsewhere'}'")
    wandb_server.faults.add(Fault("GET blobs", Kind.corrupt))
    with pytest.raises(StoreError, match=f"generations-{texts[:16]}:v0 cannot be fetched: "):
        run_extraction(tiny_run(*words))
    assert not Store(tmp_path / "elsewhere").has(GENERATIONS, texts), "nothing spoiled enters the store"
    wandb_server.faults.clear()
    pulled = run_extraction(tiny_run(*words))
    assert pulled.key == local.key
    stores = Store(tmp_path / "store"), Store(tmp_path / "elsewhere")
    assert (
        stores[0].read(RUNS, local.key)["vectors.safetensors"] == stores[1].read(RUNS, local.key)["vectors.safetensors"]
    )
    assert stores[0].manifest(GENERATIONS, texts) == stores[1].manifest(GENERATIONS, texts)
    assert not wandb_server.refused


def test_an_artifact_that_says_it_is_another_record_does_not_become_one(
    tiny_run: Composer, wandb_server: Server, tmp_path: Path
) -> None:
    key = run_extraction(tiny_run("tracking=online")).key
    store = Store(tmp_path / "store")
    files = {**store.read(RUNS, key), MANIFEST: store.manifest(RUNS, key)}
    claims = [{"kind": RUNS, "key": "b" * 64}, {"kind": "../../away", "key": "c" * 64}, {"kind": RUNS}]
    with wandb.init(project="emogeo", job_type="cell") as run:
        for number, metadata in enumerate(claims):
            artifact = wandb.Artifact(f"rdm-{number}", "rdm", metadata=metadata)
            for name, content in files.items():
                with artifact.new_file(name, "wb") as stream:
                    stream.write(content)
            run.log_artifact(artifact).wait()
    pulled = pull.pull_runs(TrackingConfig(TrackingMode.online), RunsConfig(), Store(tmp_path / "pulled"))
    assert pulled.keys == list(Store(tmp_path / "pulled").keys(RUNS)) == [key]
    assert pulled.left_out == [f"tester/emogeo, runs {'b' * 12}: its files are those of {key}"]
    assert not list(tmp_path.rglob("c" * 64))


def test_vectors_that_someone_has_logged_are_imported_once_they_are_verified(
    wandb_server: Server, tmp_path: Path
) -> None:
    values = np.random.default_rng(0).normal(size=(5, 8))
    np.savez(tmp_path / "own.npz", **{f"layer_3__c{row}": value for row, value in enumerate(values)})
    with wandb.init(project="emogeo", job_type="other") as run:
        artifact = wandb.Artifact("their-vectors", "model-vectors")
        artifact.add_file(str(tmp_path / "own.npz"))
        run.log_artifact(artifact).wait()
    words = [f"store.path='{tmp_path / 'store'}'", f"runtime.weights_cache='{tmp_path / 'cache'}'", "tracking=disabled"]
    given = "imported.path='wandb:tester/emogeo/their-vectors:v0'"
    wandb_server.faults.add(Fault("GET blobs", Kind.corrupt))
    with pytest.raises(StoreError, match="their-vectors:v0 cannot be fetched: "):
        run_import(compose_train("mode=imported", given, "model.name=theirs", *words))
    wandb_server.faults.clear()
    found = run_import(compose_train("mode=imported", given, "model.name=theirs", *words))
    local = f"imported.path='{tmp_path / 'own.npz'}'"
    assert run_import(compose_train("mode=imported", local, "model.name=theirs", *words)).key == found.key
    assert not list((tmp_path / "cache").rglob("tmp*"))


class Foreign:
    """An artifact or a run as the client gives it, with whatever somebody wrote there."""

    def __init__(self, **said: object) -> None:
        self.__dict__.update(said)


ODD: list[object] = [None, 7, "kind", [], {}, {"kind": []}, {"kind": RUNS}, {"kind": RUNS, "key": ["a"]}, {"kind": {}}]


@pytest.mark.parametrize("metadata", [*ODD, {"kind": RUNS, "key": "../../x"}, {"kind": "other", "key": "a" * 64}])
def test_metadata_of_any_type_is_no_record_of_ours(metadata: object) -> None:
    odd = Foreign(name="x:v0", metadata=metadata)
    ours = Foreign(name="rdm:v10", metadata={"kind": RUNS, "key": "a" * 64})
    unnumbered = Foreign(name="rdm:latest", metadata={"kind": RUNS, "key": "b" * 64})
    run = Foreign(logged_artifacts=lambda: [odd, ours, unnumbered])
    assert pull._records([run]) == {(RUNS, "a" * 64): [ours]}


@pytest.mark.parametrize("config", [None, 7, [], {"resolved": None}, {"resolved": {"model": []}}, {"mode": "replay"}])
def test_a_run_with_any_configuration_stops_nothing(config: object, caplog: pytest.LogCaptureFixture) -> None:
    assert pull._readable(Foreign(id="x", config=config, group=None, tags=[])) is None
    assert "left out: run x: its configuration is not of emogeo" in caplog.text
