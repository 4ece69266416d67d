"""HDF5: RDMs as rsatoolbox saves them, and arrays of any file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import rsatoolbox

from emogeo.errors import ImportedError
from tests.imported.made_up import BLOCKS, LABELS, RDM, STATES, TEXT_LABELS, TOPICS, read


def saved(path: Path, n: int, **descriptors: Any) -> Path:
    pairs = np.stack([RDM[np.triu_indices(6, 1)] * (1 + own) for own in range(n)])
    rdms = rsatoolbox.rdm.RDMs(pairs, pattern_descriptors={"emotion": LABELS}, rdm_descriptors=descriptors or None)
    rdms.save(str(path), file_type="hdf5")
    return path


def test_rdms_of_several_blocks(tmp_path: Path) -> None:
    got = read(saved(tmp_path / "x.h5", 2, layer=[7, 3]))
    assert got.kind == "rdm" and got.blocks == (3, 7) and got.labels == tuple(LABELS)
    assert np.allclose(got.at(0), 2 * RDM) and np.allclose(got.at(1), RDM)
    assert read(saved(tmp_path / "y.h5", 2, layer=[7, 3]), layers=[7]).blocks == (7,)


def test_rdms_that_are_of_no_block_are_asked_for(tmp_path: Path) -> None:
    assert read(saved(tmp_path / "one.hdf5", 1)).blocks == ()
    path = saved(tmp_path / "x.h5", 2, model=["a", "b"])
    with pytest.raises(ImportedError, match="2 RDMs, and does not say of which blocks"):
        read(path)
    assert read(path, layers=BLOCKS).blocks == (3, 7)


def test_states(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "s.h5", "w") as file:
        file["run/states"], file["run/emotion"] = STATES, TEXT_LABELS
        file["run/topic"], file["run/layers"] = TOPICS, BLOCKS
        file.attrs["model"] = "org/m"
    got = read(tmp_path / "s.h5")
    assert got.kind == "states" and got.topics == tuple(TOPICS) and got.said == {"model": "org/m"}
    assert np.array_equal(got.at(1), STATES[:, 1])


def test_other_files_are_not_followed_and_an_absurd_shape_takes_no_memory(tmp_path: Path) -> None:
    saved(tmp_path / "real.h5", 1)
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["rdm"] = h5py.ExternalLink("real.h5", "/dissimilarities")
    with pytest.raises(ImportedError, match="no array of floating-point numbers"):
        read(tmp_path / "x.h5")
    with h5py.File(tmp_path / "y.h5", "w") as file:
        file.create_dataset("states", (1_000, 1, 8), "f4", external=[("real.h5", 0, h5py.h5f.UNLIMITED)])
    with pytest.raises(ImportedError, match="kept in other files, which are not followed"):
        read(tmp_path / "y.h5")
    with h5py.File(tmp_path / "z.h5", "w") as file:
        file.create_dataset("vectors", (6, 2**45), "f4", chunks=(1, 1_024))
    with pytest.raises(ImportedError, match="at most 4 are read at once"):
        read(tmp_path / "z.h5", labels=LABELS, layers=[0]).at(0)
