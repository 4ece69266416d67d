"""RDMs of a run: every block for rsatoolbox, and the selected one as a table."""

from __future__ import annotations

import numpy as np

from emogeo.export.blocks import chosen_blocks
from emogeo.export.made import Made, json_file
from emogeo.export.metadata import metadata_of
from emogeo.export.table import csv_file
from emogeo.record.run import Run
from emogeo.store.rsatoolbox import Said, pack_rdms


def rdms_of(run: Run, asked: str, stem: str) -> Made:
    """Writes the RDM of each block, with descriptors `block` and `selected`, and a square CSV of the run's own RDM.

    The dissimilarities are cosine distances between vectors, in float64. A run that takes all blocks side by side has
    no RDM of one selected block: its own is in the CSV alone.

    Raises:
        ConfigError: a block that the run has not.
    """
    blocks, conditions = chosen_blocks(run, asked), run.conditions
    said: dict[str, Said] = {**metadata_of(run), "units": "cosine distance", "labels": conditions}
    rows = [run.result.layer.layers.index(block) for block in blocks]
    described: dict[str, list[str] | list[int]] = {
        "block": list(blocks),
        "selected": [int(block == run.layer) for block in blocks],
        **{name: [str(said[name])] * len(blocks) for name in ("run", "model", "precision", "mode", "stimuli")},
    }
    rdm = [[label, *row] for label, row in zip(conditions, np.asarray(run.rdm).tolist(), strict=True)]
    selected: dict[str, Said] = {} if run.layer is None else {"layers": [run.layer]}
    files = {
        f"{stem}_rdms.h5": pack_rdms(run.rdm_by_layer[rows], conditions, described, {**said, "layers": blocks}),
        f"{stem}_rdm.csv": csv_file(["", *conditions], rdm),
        f"{stem}_rdm.json": json_file({**said, **selected}),
    }
    return Made(files, () if run.layer is not None else (_SIDE_BY_SIDE,))


_SIDE_BY_SIDE = "The run takes all blocks side by side: that RDM is in the CSV, those of single blocks are in the HDF5."
