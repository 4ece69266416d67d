"""RDMs of a run: every block for rsatoolbox, and the selected one as a table."""

from __future__ import annotations

import numpy as np

from emogeo.export.blocks import chosen_blocks
from emogeo.export.made import Made, json_file
from emogeo.export.metadata import Measured, metadata_of
from emogeo.export.table import csv_file
from emogeo.record.files import RDM, VECTORS
from emogeo.store.rsatoolbox import Said, pack_rdms
from emogeo.store.tensors import unpack

_COSINE = "cosine"
_SIDE_BY_SIDE = "The run takes all blocks side by side: that RDM is in the CSV, those of single blocks are in the HDF5."


def rdms_of(run: Measured, asked: str, stem: str) -> Made:
    """Writes the RDM of each block, with descriptors `block` and `selected`, and a square CSV of the run's own RDM.

    The dissimilarities are cosine distances between vectors, in float64, or what was imported. A run that takes all
    blocks side by side has no RDM of one selected block: its own is in the CSV alone. An imported RDM whose block is
    not known has no such descriptors.

    Raises:
        ConfigError: a block that the run has not.
    """
    blocks, layers, conditions = chosen_blocks(run, asked), run.result.layer.layers, run.conditions
    measure = _COSINE if VECTORS in run.files else "as imported"
    said: dict[str, Said] = {**metadata_of(run), "units": f"dissimilarity, {measure}", "labels": conditions}
    found = unpack(run.files[RDM])["rdm_by_layer"]
    rdms = found[[layers.index(block) for block in blocks]] if layers else found
    numbered: dict[str, list[int]] = {
        "block": list(blocks),
        "selected": [int(block == run.layer) for block in blocks],
    }
    named = {name: [str(said[name])] * len(rdms) for name in ("run", "model", "precision", "mode")}
    described: dict[str, list[str] | list[int]] = {**(numbered if layers else {}), **named}
    rdm = [[label, *row] for label, row in zip(conditions, np.asarray(run.rdm).tolist(), strict=True)]
    selected: dict[str, Said] = {} if run.layer is None else {"layers": [run.layer]}
    files = {
        f"{stem}_rdms.h5": pack_rdms(rdms, conditions, described, {**said, "layers": blocks}, measure),
        f"{stem}_rdm.csv": csv_file(["", *conditions], rdm),
        f"{stem}_rdm.json": json_file({**said, **selected}),
    }
    return Made(files, (_SIDE_BY_SIDE,) if run.layer is None and layers else ())
