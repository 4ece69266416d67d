"""RDMs in bytes that rsatoolbox reads."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import rsatoolbox

from emogeo.store.rsatoolbox import pack_rdms


def test_numbers_words_and_missing_pairs(tmp_path: Path) -> None:
    dissimilarities = np.array([[0.1, 0.2, 0.3], [0.4, np.nan, np.nan]])
    described = {"block": [3, 7], "model": ["a", "b ρ"]}
    (tmp_path / "r.h5").write_bytes(
        pack_rdms(
            dissimilarities, ["x", "y", "ça"], described, said={"a": "ça", "labels": ["x", "y", "ça"], "layers": (3, 7)}
        )
    )
    rdms = rsatoolbox.rdm.load_rdm(str(tmp_path / "r.h5"))
    np.testing.assert_array_equal(rdms.dissimilarities, dissimilarities)
    assert list(rdms.rdm_descriptors["block"]) == [3, 7]
    assert list(rdms.rdm_descriptors["model"]) == ["a", "b ?"]
    assert list(rdms.pattern_descriptors["emotion"]) == ["x", "y", "?a"]
    assert rdms.subset("block", 7).n_rdm == 1
    with h5py.File(tmp_path / "r.h5") as file:
        assert file["emogeo"].attrs["a"] == "ça"
        assert list(file["emogeo/labels"].asstr()) == ["x", "y", "ça"]
        assert list(file["emogeo/layers"]) == [3, 7]
