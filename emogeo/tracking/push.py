"""`python -m emogeo.tracking push`: delivers what is recorded and not yet on the server."""

from __future__ import annotations

import logging

from emogeo.config.runtime import TrackingConfig, TrackingMode
from emogeo.errors import StoreError, TrackingError
from emogeo.installation import command
from emogeo.record.reading import read_record
from emogeo.store.store import RUNS, Store
from emogeo.tracking.client import reason, sign_in
from emogeo.tracking.mirror import push_record
from emogeo.tracking.origin import pulled_from


def deliver(store: Store, entity: str | None, project: str | None) -> int:
    """Pushes record after record; says how many are there.

    Raises:
        TrackingError: the server is not there, or does not let us in.
        StoreError: an empty store.
    """
    keys = list(store.keys(RUNS))
    if not keys:
        raise StoreError(f"{store.path} holds no record: type the folder, as in {command('tracking')} push STORE.")
    sign_in()
    outcomes: dict[str, int] = {"delivered": 0, "there before": 0, "failed": 0}
    for key in keys:
        try:
            outcomes[push_record(_where(store, key, entity, project), store, key)] += 1
        except TrackingError:  # no server: the others would not arrive either
            raise
        except Exception as error:  # the client raises errors of many kinds; one record does not stop the others
            logging.error("%s is not delivered: %s: %s", key[:12], type(error).__name__, reason(error))
            outcomes["failed"] += 1
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.items() if count))
    return 1 if outcomes["failed"] else 0


def _where(store: Store, key: str, entity: str | None, project: str | None) -> TrackingConfig:
    """Gives where a record is pushed to: its own entity and project, unless others are asked for.

    Raises:
        StoreError: a record that was pulled, which others may have written, and no project to push it to.
    """
    origin = pulled_from(store, key)
    if origin is not None:
        if project is None:
            raise StoreError(f"it was pulled from {origin}, and goes nowhere by itself: type --project NAME")
        return TrackingConfig(TrackingMode.online, project, entity)
    own = read_record(store, key).config.tracking
    return TrackingConfig(TrackingMode.online, project or own.project, entity or own.entity, own.group, own.tags)
