"""Records of runs that are refused because their model overflows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from emogeo.config.runtime import TrackingConfig
from emogeo.config.train import TrainConfig
from emogeo.errors import NonFiniteError
from emogeo.record.files import RUN_FILE
from emogeo.record.json import record_json
from emogeo.record.types import AnyRecord
from emogeo.store.store import RUNS, Store
from emogeo.tracking.beside import track_run


def keep_refusal(store: Store, tracking: TrackingConfig, key: str, files: Mapping[str, bytes]) -> None:
    """Records a refusal and mirrors it to W&B."""
    store.write(RUNS, key, files)
    track_run(tracking, store, key)


def refused(store: Store, config: TrainConfig, record: AnyRecord, error: NonFiniteError) -> NonFiniteError:
    """Records and mirrors the refusal of a probe; returns the error to raise, with the run's title.

    Args:
        record: the record, without a result.
    """
    reason = f"{record.title}: {error}"
    files = {RUN_FILE: record_json(replace(record, reason=reason))}
    keep_refusal(store, config.tracking, record.key, files)
    return NonFiniteError(reason)
