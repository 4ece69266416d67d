"""RDMs of an analysis in the HDF5 layout of rsatoolbox 0.3, for its users."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emogeo.analysis.comparing.prepared import Compared
from emogeo.arrays import Array
from emogeo.geometry.rdm import upper
from emogeo.record.run import BareRun, Run
from emogeo.record.types import GeometryRecord
from emogeo.store.rsatoolbox import pack_rdms


def export_rdms(prepared: Sequence[Compared], file: Path) -> None:
    """Writes every run's RDM; `rsatoolbox.rdm.load_rdm(file)` reads them.

    RDMs of fewer conditions have NaN where one is missing, as rsatoolbox marks
    missing dissimilarities. No file is written for no runs.
    """
    file.unlink(missing_ok=True)
    if not prepared:
        return
    runs = [each.run for each in prepared]
    conditions = sorted({condition for run in runs for condition in run.conditions})
    rdms = np.stack([_over(conditions, run) for run in runs])
    file.write_bytes(pack_rdms(rdms, conditions, {**_named(prepared), **_described(runs)}))


def _named(prepared: Sequence[Compared]) -> dict[str, list[str]]:
    runs = [each.run for each in prepared]
    return {
        "key": [run.key for run in runs],
        "run": [each.name for each in prepared],
        "model": [run.model for run in runs],
        "layer": [str(run.layer) for run in runs],
    }


def _described(runs: Sequence[Run | BareRun]) -> dict[str, list[str]]:
    records = [run.record for run in runs]
    return {
        "precision": [record.precision for record in records],
        "mode": [record.mode.value for record in records],
        "prompt_template": [record.prompt_template if isinstance(record, GeometryRecord) else "" for record in records],
        "stimuli": [
            record.stimuli if isinstance(record, GeometryRecord) else record.imported.name for record in records
        ],
    }


def _over(conditions: Sequence[str], run: Run | BareRun) -> Array:
    whole = np.full((len(conditions), len(conditions)), np.nan)
    rows = [conditions.index(condition) for condition in run.conditions]
    whole[np.ix_(rows, rows)] = run.rdm
    return upper(whole)
