"""What is kept of a run whose model overflows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emogeo.config.schema import TrackingConfig, TrainConfig
from emogeo.errors import NonFiniteError
from emogeo.store.keys import canonical_json
from emogeo.store.store import RUNS, Store
from emogeo.tracking.mirror import track_run


def keep_refusal(store: Store, tracking: TrackingConfig, key: str, files: Mapping[str, bytes]) -> None:
    """Records a refusal and mirrors it to W&B."""
    store.write(RUNS, key, files)
    track_run(tracking, store, key)


def refused(store: Store, config: TrainConfig, heading: Mapping[str, Any], error: NonFiniteError) -> NonFiniteError:
    """Records and mirrors the refusal of a probe; returns the error to raise, with the run's title."""
    reason = f"{heading['title']}: {error}"
    files = {"run.json": canonical_json({**heading, "reason": reason})}
    keep_refusal(store, config.tracking, heading["key"], files)
    return NonFiniteError(reason)
