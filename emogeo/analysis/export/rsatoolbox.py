"""RDMs in the HDF5 layout of rsatoolbox 0.3, for its users."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.arrays import Array
from emogeo.geometry.rdm import upper
from emogeo.record.run import Run


def export_rdms(prepared: Sequence[PreparedRun], file: Path) -> None:
    """Writes every run's RDM; `rsatoolbox.rdm.load_rdm(file)` reads them.

    RDMs of fewer conditions have NaN where one is missing, as rsatoolbox marks
    missing dissimilarities. No file is written for no runs.
    """
    file.unlink(missing_ok=True)
    if not prepared:
        return
    runs = [each.run for each in prepared]
    conditions = sorted({condition for run in runs for condition in run.conditions})
    with h5py.File(file, "w") as out:
        out["dissimilarities"] = np.stack([_over(conditions, run) for run in runs])
        out.attrs["dissimilarity_measure"] = "cosine"
        out.create_group("descriptors")
        described = out.create_group("rdm_descriptors")
        described["index"] = np.arange(len(runs))
        described["key"] = _strings([run.key for run in runs])
        described["run"] = _strings([each.name for each in prepared])
        described["model"] = _strings([run.model for run in runs])
        described["layer"] = _strings([str(run.layer) for run in runs])
        for name, values in _described(runs).items():
            described[name] = _strings(values)
        patterns = out.create_group("pattern_descriptors")
        patterns["index"] = np.arange(len(conditions))
        patterns["emotion"] = _strings(conditions)


def _described(runs: Sequence[Run]) -> dict[str, list[str]]:
    records = [run.record for run in runs]
    return {
        "precision": [record.precision for record in records],
        "mode": [record.mode.value for record in records],
        "prompt_template": [record.prompt_template for record in records],
        "stimuli": [record.stimuli for record in records],
    }


def _over(conditions: Sequence[str], run: Run) -> Array:
    whole = np.full((len(conditions), len(conditions)), np.nan)
    rows = [conditions.index(condition) for condition in run.conditions]
    whole[np.ix_(rows, rows)] = run.rdm
    return upper(whole)


def _strings(values: Sequence[str]) -> NDArray[np.bytes_]:
    """Gives strings in ASCII, which is all that rsatoolbox reads."""
    return np.array([value.encode("ascii", "replace") for value in values])
