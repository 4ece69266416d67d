"""Batches that a run has finished, kept while it goes on, for whoever takes up its work should it be killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from emogeo.installation import code_digest
from emogeo.models.session import Session
from emogeo.runs.heading import libraries
from emogeo.runs.made import hardware_of
from emogeo.store.kept import Kept
from emogeo.store.keys import canonical_json
from emogeo.store.store import Store

_ROOMS = ("models", "extraction", "probes")
"""The rooms whose code decides what is in a batch."""


@contextmanager
def kept_batches(store: Store, key: str, session: Session, force: bool) -> Iterator[Kept]:
    """Gives what keeps the batches of a record that is about to be computed, until the store has it.

    An error or a signal has all that is finished written; a killed process loses what it did in the last seconds.

    Args:
        key: of the record, which is locked.
        force: leaves aside, and drops, what an earlier process has kept.
    """
    if force:
        store.drop_kept(key)
    kept = store.kept(key, made_alike(session))
    try:
        yield kept
    except BaseException:
        kept.save()
        raise


def made_alike(session: Session) -> str:
    """Names all but its inputs that numbers depend on: batches that differ in it are never mixed in one record."""
    device = session.placed_on
    threads = None if device.startswith("cuda") else session.threads
    parts = [libraries(), hardware_of(device), threads, session.device_map, code_digest(*_ROOMS)]
    return canonical_json(parts).decode()
