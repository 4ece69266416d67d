"""RDMs as rsatoolbox and Python's own CSV reader have them."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import h5py
import numpy as np
import pytest
import rsatoolbox

from emogeo.export.rdms import rdms_of
from emogeo.record.run import BareRun, Run
from tests.export.conftest import bare
from tests.planted_records import altered


def read(run: Run | BareRun, folder: Path, blocks: str = "all") -> rsatoolbox.rdm.RDMs:
    (folder / "r.h5").write_bytes(rdms_of(run, blocks, "s").files["s_rdms.h5"])
    return rsatoolbox.rdm.load_rdm(str(folder / "r.h5"))


def test_rsatoolbox_reads_every_block_and_which_is_selected(run: Run, tmp_path: Path) -> None:
    rdms = read(run, tmp_path)
    np.testing.assert_array_equal(rdms.dissimilarities, run.rdm_by_layer)
    assert list(rdms.rdm_descriptors["block"]) == [0, 1, 2, 3]
    assert list(rdms.rdm_descriptors["selected"]) == [0, 1, 0, 0]
    (matrix,) = rdms.subset("selected", 1).get_matrices()
    for row, one in enumerate(run.vectors[:, 1].astype(np.float64)):
        for column, other in enumerate(run.vectors[:, 1].astype(np.float64)):
            cosine = one @ other / (np.linalg.norm(one) * np.linalg.norm(other))
            assert matrix[row, column] == pytest.approx(1 - cosine, abs=1e-6)
    assert read(run, tmp_path, "1,3").n_rdm == 2


def test_labels_that_rsatoolbox_cannot_read_stand_beside(run: Run, tmp_path: Path) -> None:
    rdms = read(run, tmp_path)
    assert list(rdms.pattern_descriptors["emotion"])[:3] == ["../x", "at ease", "at+ease"]
    assert "?a va" in list(rdms.pattern_descriptors["emotion"])
    with h5py.File(tmp_path / "r.h5") as file:
        assert list(file["emogeo/labels"].asstr()) == run.conditions
        assert list(file["emogeo/layers"]) == [0, 1, 2, 3]
        assert file["emogeo"].attrs["run"] == run.key


def test_the_square_table_is_the_selected_blocks_to_the_bit(run: Run) -> None:
    files = rdms_of(run, "all", "s").files
    header, *rows = csv.reader(StringIO(files["s_rdm.csv"].decode(), newline=""))
    assert header == ["", *run.conditions]
    assert [row[0] for row in rows] == run.conditions
    found = np.array([[float(value) for value in row[1:]] for row in rows])
    assert found.tobytes() == np.asarray(run.rdm).tobytes()
    assert json.loads(files["s_rdm.json"])["layers"] == [1]


def test_rdms_that_were_imported_are_written_as_they_are(tmp_path: Path) -> None:
    rdms = read(bare((3, 7), vectors=False), tmp_path)
    assert list(rdms.rdm_descriptors["block"]) == [3, 7]
    assert list(rdms.rdm_descriptors["selected"]) == [1, 0]
    assert rdms.dissimilarity_measure == "as imported"
    lone = bare((), vectors=False)
    rdms = read(lone, tmp_path)
    np.testing.assert_array_equal(rdms.get_matrices()[0], lone.rdm)
    assert "block" not in rdms.rdm_descriptors
    assert "layers" not in json.loads(rdms_of(lone, "all", "s").files["s_rdm.json"])


def test_all_blocks_side_by_side_are_in_the_table_alone(run: Run, tmp_path: Path) -> None:
    whole = altered(run, layer_index=None)
    made = rdms_of(whole, "all", "s")
    assert "all blocks side by side" in made.notes[0]
    assert list(read(whole, tmp_path).rdm_descriptors["selected"]) == [0, 0, 0, 0]
