"""Activations of a pass: from the store if it has them, else from one forward pass."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from emogeo.extraction.passes import Pass
from emogeo.models.session import Session
from emogeo.record.files import ACTIVATIONS_FILE, PASS_FILE
from emogeo.record.json import plain
from emogeo.record.origin import PassRecord
from emogeo.record.passes import StoredActivations, activations_in, whole_pass
from emogeo.runs.kept import kept_batches
from emogeo.runs.made import made_now
from emogeo.store.kept import Kept
from emogeo.store.keys import canonical_json
from emogeo.store.store import ACTIVATIONS, Store
from emogeo.store.tensors import pack

if TYPE_CHECKING:  # imports torch, which finished runs do without
    from emogeo.models.activations import Activations

log = logging.getLogger(__name__)


def activations_of(
    wanted: Pass, session: Session, store: Store, force: bool = False, later: ExitStack | None = None
) -> StoredActivations:
    """Reads the texts of a pass, unless the store has their activations; goes on where a killed process stopped.

    Args:
        force: reads them also where the store has them.
        later: where it ends, states in other poolings are written, which nobody has asked for yet; until then a
            pass that has some stays locked. None to write them at once.

    Raises:
        EmogeoError: see `emogeo.models.activations.read`.
    """
    with ExitStack() as own:
        own.enter_context(store.lock(ACTIVATIONS, wanted.lock))  # another process may be reading the same
        found = None if force else whole_pass(store, wanted.key)
        if found is None:
            with kept_batches(store, wanted.key, session, force) as kept:
                read = _read_and_store(wanted, session, store, kept, own)
            if later is not None and wanted.also:
                later.enter_context(own.pop_all())
            return activations_in(read, str(store.folder(ACTIVATIONS, wanted.key)))
        store.drop_kept(wanted.key)  # of a process that was killed before it could
        log.info("%s: in the store, no forward pass (%s)", wanted.name, wanted.key[:12])
        return found


def _read_and_store(wanted: Pass, session: Session, store: Store, kept: Kept, later: ExitStack) -> dict[str, bytes]:
    result = _read(wanted, session, kept)
    provenance = _provenance(wanted, session, result)
    files = _files(result, result.states, provenance)
    store.write(ACTIVATIONS, wanted.key, files)
    for (_, key), states in zip(wanted.also, result.also, strict=True):
        if not store.has(ACTIVATIONS, key):
            later.callback(_write_spare, store, key, _files(result, states, provenance))
    return files


def _write_spare(store: Store, key: str, files: dict[str, bytes]) -> None:
    """Writes states that no run has asked for; where that fails, they are read when one does."""
    try:
        store.write(ACTIVATIONS, key, files)
    except OSError as error:
        log.warning("states in another pooling are not kept: %s: %s", error.filename, error.strerror)


def _read(wanted: Pass, session: Session, kept: Kept) -> Activations:
    from emogeo.models.activations import PassPlan, read

    model = session.model()
    log.info("%s: forward pass over %d texts", wanted.name, len(wanted.texts))
    plan = PassPlan(
        pooling=wanted.pooling,
        n_blocks=wanted.model.n_blocks,
        token_budget=wanted.model.token_budget,
        reread=wanted.model.reread,
        progress=session.progress,
        also=tuple(pooling for pooling, _ in wanted.also),
        kept=kept,
    )
    result = read(model, wanted.texts, plan)
    log.info("%s: %d tokens in %.1f s, %.0f tokens/s", wanted.name, result.tokens, result.seconds, result.tokens_per_s)
    return result


def _provenance(wanted: Pass, session: Session, result: Activations) -> PassRecord:
    from emogeo.models.habits import habits_of

    model = session.model()
    habits = habits_of(model)
    return PassRecord(
        batches=tuple(tuple(batch) for batch in result.batches),
        token_budget=wanted.model.token_budget,
        tokens=result.tokens,
        seconds=round(result.seconds, 3),
        tokens_per_s=round(result.tokens_per_s, 1),
        threads=session.threads,
        device=session.placed_on,
        device_map=session.device_map,
        drawn=model.drawn,
        quantized=model.quantized,
        attention=model.attention,
        read_alone=habits.reads_alone and not wanted.model.precision.depends_on_batch_mates,
        passed_by=habits.passed_by,
        stream=habits.stream,
        left_out=tuple(model.tokenizer.convert_ids_to_tokens(model.ending)),
        beyond_training=result.beyond_training,
        made_with=made_now(session),
    )


def _files(result: Activations, states: np.ndarray[Any, Any], provenance: PassRecord) -> dict[str, bytes]:
    tensors = {"states": states, "embeddings": result.embeddings, "nonfinite": result.nonfinite}
    return {ACTIVATIONS_FILE: pack(tensors), PASS_FILE: canonical_json(plain(provenance))}
