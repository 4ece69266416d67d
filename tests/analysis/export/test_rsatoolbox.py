"""RDMs as rsatoolbox reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rsatoolbox

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.analysis.export.rsatoolbox import export_rdms
from emogeo.geometry.rdm import cosine_rdm, upper
from emogeo.record.files import RDM
from emogeo.record.run import Run
from emogeo.stimuli.conditions import STUDIED as CONDITIONS
from emogeo.store.tensors import pack
from tests.planted_records import altered, run_of_model


def planted_run(name: str, conditions: tuple[str, ...], seed: int) -> Run:
    rdm = cosine_rdm(np.random.default_rng(seed).normal(size=(len(conditions), 9)), conditions)
    run = altered(run_of_model(name), {RDM: pack({"rdm": rdm})}, key=f"{seed}" * 64)
    return altered(run, result_conditions=conditions, layer_index=seed)


def exported(runs: list[Run], folder: Path) -> rsatoolbox.rdm.RDMs:
    export_rdms([PreparedRun(run, f"{run.model} ρ", 0) for run in runs], folder / "rdms.h5")
    return rsatoolbox.rdm.load_rdm(str(folder / "rdms.h5"))


def test_rsatoolbox_reads_every_rdm_back_equal(tmp_path: Path) -> None:
    runs = [planted_run(name, CONDITIONS, seed) for seed, name in enumerate(["one", "two", "three"])]
    rdms = exported(runs, tmp_path)
    np.testing.assert_array_equal(rdms.dissimilarities, [upper(run.rdm) for run in runs])
    np.testing.assert_array_equal(rdms.get_matrices(), [run.rdm for run in runs])
    assert list(rdms.pattern_descriptors["emotion"]) == list(CONDITIONS)
    assert list(rdms.rdm_descriptors["model"]) == ["one", "two", "three"]
    assert list(rdms.rdm_descriptors["key"]) == [run.key for run in runs]
    assert list(rdms.rdm_descriptors["run"]) == ["one ?", "two ?", "three ?"]
    assert rdms.dissimilarity_measure == "cosine"
    assert rdms.subset("model", "two").n_rdm == 1


def test_what_an_rdm_lacks_is_missing_there(tmp_path: Path) -> None:
    without = tuple(c for c in CONDITIONS if c != "neutral")
    rdms = exported([planted_run("one", CONDITIONS, 0), planted_run("two", without, 1)], tmp_path)
    row = CONDITIONS.index("neutral")
    matrices = rdms.get_matrices()
    assert np.isnan(matrices[1][row, :row]).all()
    assert np.isfinite(matrices[0]).all()
    alike = exported([planted_run("two", without, 1)], tmp_path)
    assert list(alike.pattern_descriptors["emotion"]) == list(without)
    assert np.isfinite(alike.dissimilarities).all()


def test_no_runs_no_file(tmp_path: Path) -> None:
    exported([planted_run("one", CONDITIONS, 0)], tmp_path)
    export_rdms([], tmp_path / "rdms.h5")
    assert not (tmp_path / "rdms.h5").exists()
