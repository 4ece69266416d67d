"""An analysis has enough permutations, and a server where it needs one."""

from __future__ import annotations

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from emogeo.analysis.tables.equivalence import EQUIVALENCE
from emogeo.config.analyze import AnalyzeConfig, NormsConfig, RecordSource
from emogeo.config.runtime import TrackingConfig, TrackingMode
from emogeo.errors import ConfigError
from tests.conftest import CONF


def analysis(source: RecordSource, mode: TrackingMode, permutations: int = 100) -> AnalyzeConfig:
    return AnalyzeConfig(source, TrackingConfig(mode), output="out", permutations=permutations)


@pytest.mark.parametrize("permutations", [99, 0, -1])
def test_too_few_permutations_are_refused(permutations: int) -> None:
    with pytest.raises(ConfigError) as error:
        analysis(RecordSource.store, TrackingMode.disabled, permutations).check()
    assert str(error.value) == f"permutations={permutations}: give at least 100, or p cannot be small."


@pytest.mark.parametrize("bound", [0.0, 1.0, -0.1])
def test_a_bound_of_equivalence_that_bounds_nothing_is_refused(bound: float) -> None:
    own = analysis(RecordSource.store, TrackingMode.disabled)
    own.equivalence = bound
    with pytest.raises(ConfigError) as error:
        own.check()
    assert str(error.value) == (f"equivalence={bound:g}: a bound on 1 − ρ*, above 0 and below 1; type equivalence=0.1.")


def test_the_usual_bound_of_equivalence_is_one_everywhere() -> None:
    assert OmegaConf.load(CONF / "analyze.yaml").equivalence == AnalyzeConfig.equivalence == EQUIVALENCE


def test_runs_of_a_server_are_not_had_offline() -> None:
    with pytest.raises(ConfigError) as error:
        analysis(RecordSource.wandb, TrackingMode.offline).check()
    assert str(error.value) == (
        "source=wandb needs the server: type tracking.mode=online, or disabled for no run of its own."
    )
    for source, mode in ((RecordSource.store, TrackingMode.offline), (RecordSource.wandb, TrackingMode.disabled)):
        analysis(source, mode).check()


@pytest.mark.parametrize("option", ["path", "rdm"])
def test_norms_that_are_not_there_are_answered_with_what_is(tmp_path: Path, option: str) -> None:
    (tmp_path / "nrc.txt").write_text("sad\t1")
    own = analysis(RecordSource.store, TrackingMode.disabled)
    own.norms = NormsConfig(**{option: str(tmp_path / "nrc.txt")})
    own.check()
    for given, folder, files in (
        (tmp_path / "nrx.txt", tmp_path, "nrc.txt"),
        (tmp_path, tmp_path, "nrc.txt"),
        (tmp_path / "none" / "nrc.txt", tmp_path / "none", "no files"),
    ):
        own.norms = NormsConfig(**{option: str(given)})
        with pytest.raises(ConfigError) as error:
            own.check()
        assert str(error.value) == f"norms.{option}={given} is no file. In {folder} are {files}."


def test_columns_of_no_list_and_of_no_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("word,v")
    for norms, said in (
        (NormsConfig(word="word"), "type norms.path=FILE too"),
        (NormsConfig(columns=["v"], rdm=str(path)), "type norms.path=FILE too"),
        (NormsConfig(str(path), columns=[]), "norms.columns=[]: name at least one column"),
        (NormsConfig(str(path), columns=["v", "v"]), "none of them twice"),
    ):
        with pytest.raises(ConfigError, match=said.replace("[", r"\[")):
            norms.check()


@pytest.mark.parametrize("option", ["output", "store.path"])
def test_a_file_is_no_folder_of_an_analysis(option: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("mine")
    own = analysis(RecordSource.store, TrackingMode.disabled)
    if option == "output":
        own.output = str(file)
    else:
        own.store.path = str(file)
    with pytest.raises(ConfigError) as error:
        own.check()
    assert str(error.value) == f"{option}={file} is a file; type {option}=FOLDER."
