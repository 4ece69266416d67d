"""RDMs as the HDF5 of rsatoolbox 0.3."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, TypeAlias

import h5py
import numpy as np
from numpy.typing import NDArray

from emogeo.arrays import Array

Said: TypeAlias = str | Sequence[str] | Sequence[int]
"""What a file says of its RDMs: a text, or a list."""


def pack_rdms(
    dissimilarities: Array,
    conditions: Sequence[str],
    described: Mapping[str, Sequence[str] | Sequence[int]],
    said: Mapping[str, Said] | None = None,
    measure: str = "cosine",
) -> bytes:
    """Gives the bytes of a file that `rsatoolbox.rdm.load_rdm` reads.

    Strings are in ASCII, which is all that rsatoolbox reads: other letters become question marks.

    Args:
        dissimilarities: [rdm, pair]; NaN where an RDM lacks a condition.
        described: descriptors of the RDMs, each a value an RDM.
        said: what else is said, letters as they are, in a group `emogeo` that rsatoolbox leaves aside: texts as its
            attributes, lists as arrays.
        measure: what the dissimilarities are.
    """
    content = BytesIO()
    with h5py.File(content, "w") as out:
        out["dissimilarities"] = dissimilarities
        out.attrs["dissimilarity_measure"] = measure
        out.create_group("descriptors")
        rdms = out.create_group("rdm_descriptors")
        rdms["index"] = np.arange(len(dissimilarities))
        for name, values in described.items():
            rdms[name] = _written(values)
        patterns = out.create_group("pattern_descriptors")
        patterns["index"] = np.arange(len(conditions))
        patterns["emotion"] = _written(conditions)
        if said is not None:
            _say(out.create_group("emogeo"), said)
    return content.getvalue()


def _say(group: h5py.Group, said: Mapping[str, Said]) -> None:
    for name, value in said.items():
        if isinstance(value, str):
            group.attrs[name] = value
        else:
            group[name] = list(value)


def _written(values: Sequence[str] | Sequence[int]) -> NDArray[Any]:
    if all(isinstance(value, str) for value in values):
        return np.array([str(value).encode("ascii", "replace") for value in values])
    return np.array(values)
