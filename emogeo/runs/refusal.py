"""What is kept of a probe whose model overflows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emogeo.config.schema import TrainConfig
from emogeo.errors import NonFiniteError
from emogeo.store.keys import canonical_json
from emogeo.store.store import RUNS, Store
from emogeo.tracking.mirror import track_run


def refused(store: Store, config: TrainConfig, heading: Mapping[str, Any], error: NonFiniteError) -> NonFiniteError:
    """Records and mirrors the refusal; the error to raise, with the cell's title."""
    reason = f"{heading['title']}: {error}"
    store.write(RUNS, heading["key"], {"run.json": canonical_json({**heading, "reason": reason})})
    track_run(config.tracking, store, heading["key"])
    return NonFiniteError(reason)
