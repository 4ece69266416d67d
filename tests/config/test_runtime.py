"""Where and how a run is computed: numbers in their ranges, slots where there are jobs to share them."""

from __future__ import annotations

from pathlib import Path

import pytest

from emogeo.config.runtime import ClusterConfig, RuntimeConfig, StoreConfig, check_folder, check_seed
from emogeo.errors import ConfigError
from tests.conftest import compose_train

MAPS = "allowed are null, auto, balanced, balanced_low_0, sequential."
ONE_GPU = "cluster=gpus gives every job one GPU: leave out runtime.device=cuda:N and device_map."


@pytest.mark.parametrize(
    ("runtime", "said"),
    [
        (RuntimeConfig(device_map="spread"), f"runtime.device_map=spread: {MAPS}"),
        (RuntimeConfig(token_budget=0), "runtime.token_budget=0: at least 1, or null."),
        (RuntimeConfig(threads=-2), "runtime.threads=-2: at least 1, or null."),
    ],
)
def test_a_runtime_out_of_range_is_refused(runtime: RuntimeConfig, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        runtime.check()
    assert str(error.value) == said


def test_a_runtime_in_range_passes() -> None:
    RuntimeConfig().check()
    RuntimeConfig(device_map="balanced_low_0", threads=1, token_budget=1).check()


@pytest.mark.parametrize(
    ("cluster", "runtime", "said"),
    [
        (ClusterConfig("gpus", slots=0), RuntimeConfig(), "cluster.slots=0: at least 1, or null."),
        (ClusterConfig("slurm", gpus=-1), RuntimeConfig(), "cluster.gpus=-1: at least 0, or null."),
        (
            ClusterConfig("slurm", slots=2),
            RuntimeConfig(),
            "cluster.slots=2 does not go with cluster=slurm: type cluster=gpus.",
        ),
        (ClusterConfig("gpus", slots=2), RuntimeConfig(device="cuda:1"), ONE_GPU),
        (ClusterConfig("gpus", slots=2), RuntimeConfig(device_map="auto"), ONE_GPU),
    ],
)
def test_a_cluster_that_cannot_be_meant_is_refused(cluster: ClusterConfig, runtime: RuntimeConfig, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        cluster.check(runtime)
    assert str(error.value) == said


@pytest.mark.parametrize("device", ["auto", "cpu", "cuda"])
def test_slots_are_shared_on_any_device_that_names_no_gpu(device: str) -> None:
    ClusterConfig("gpus", slots=2).check(RuntimeConfig(device=device))
    ClusterConfig("ray", gpus=0).check(RuntimeConfig(device="cuda:1", device_map="auto"))


def test_a_seed_is_0_or_more() -> None:
    check_seed(0)
    with pytest.raises(ConfigError, match="seed=-1: 0 or more"):
        check_seed(-1)
    with pytest.raises(ConfigError, match="seed=-1"):
        compose_train("seed=-1")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("mine")
    with pytest.raises(ConfigError) as error:
        StoreConfig(str(file)).check()
    assert str(error.value) == f"store.path={file} is a file; type store.path=FOLDER."
    with pytest.raises(ConfigError) as error:
        RuntimeConfig(weights_cache=f"{file}/in/it").check()
    said = (
        f"runtime.weights_cache={file}/in/it would lie in {file}, which is a file; type runtime.weights_cache=FOLDER."
    )
    assert str(error.value) == said


def test_a_file_in_the_home_directory_is_no_folder_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.csv").write_text("mine")
    with pytest.raises(ConfigError, match=r"^output=~/mine.csv is a file"):
        check_folder("output", "~/mine.csv")


@pytest.mark.parametrize("typed", ["", ".", "new", "new/inside", "n" * 5000])
def test_folders_and_what_is_not_there_yet_pass(typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    check_folder("output", typed)
