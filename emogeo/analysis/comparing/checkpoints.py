"""Checkpoints of one model: which runs are compared over depth, and their states at each block."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from emogeo.analysis.comparing.levels import Levels, levels
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.config.states import DenoisingMethod
from emogeo.geometry.geometry import halves_of
from emogeo.geometry.halves import Halves
from emogeo.geometry.independent import independent_units
from emogeo.geometry.rdm import standard_ranks
from emogeo.geometry.recent import Recent
from emogeo.record.passes import StoredActivations, is_of, whole_pass
from emogeo.record.run import Run
from emogeo.store.store import ACTIVATIONS, KEY, Store

_SAME_SIZE = 1.1
"""The largest ratio of parameters at which two models are checkpoints of one."""


@dataclass(frozen=True)
class OverDepth:
    """Two runs of one model's checkpoints that have read the same texts in the same way."""

    first: PreparedRun
    """The base, or the first checkpoint."""
    second: PreparedRun

    @property
    def depths(self) -> tuple[int, int]:
        """How many blocks each of the two models has."""
        first, second = (own.run.record.model.n_layers for own in (self.first, self.second))
        return first, second

    @property
    def blocks(self) -> list[int]:
        """The blocks that are finite in both."""
        own = set(self.second.run.result.layer.layers)
        return [block for block in self.first.run.result.layer.layers if block in own]


def checkpoints_of(prepared: Sequence[PreparedRun]) -> list[OverDepth]:
    """Pairs the first checkpoint of each model with every other.

    Checkpoints of one model have its family, number of blocks, width and size, and other weights. The first is a base,
    if there is one, without an adapter, and of those the first by name. Passages alone count: what models have written
    differs. Rereads and untrained twins are left out. Of models alike but for their number of blocks the first ones are
    paired too, so that it is said that they cannot be compared by block.
    """
    groups: dict[tuple[Levels, Any], dict[int, dict[tuple[str, ...], PreparedRun]]] = {}
    for each in prepared:
        run = each.run
        if run.reread_of is None and not run.untrained and run.record.generation is None:
            alike = groups.setdefault((levels(run), _architecture(run)), {})
            alike.setdefault(run.record.model.n_layers, {}).setdefault(run.weights, each)
    return [pair for alike in groups.values() for pair in _pairs([list(own.values()) for own in alike.values()])]


def _architecture(run: Run) -> tuple[str, int]:
    return (run.record.model.family, int(run.vectors.shape[-1]))


def _pairs(alike: Sequence[Sequence[PreparedRun]]) -> Iterator[OverDepth]:
    """Pairs the first of each number of blocks with the others of that number, and the very first with the firsts."""
    for group in alike:
        yield from _with_the_first(group)
    yield from _with_the_first([min(group, key=_rank) for group in alike])


def _with_the_first(group: Sequence[PreparedRun]) -> Iterator[OverDepth]:
    first, *others = sorted(group, key=_rank)
    for other in others:
        sizes = [own.run.record.model.params_b for own in (first, other)]
        if not all(sizes) or max(sizes) / min(sizes) < _SAME_SIZE:  # type: ignore[type-var, operator]
            yield OverDepth(first, other)


def _rank(each: PreparedRun) -> tuple[bool, bool, str, str]:
    model = each.run.record.model
    return (model.variant != "base", each.run.config.model.adapter is not None, model.name, model.revision)


def states_by_block(run: Run, store: Store) -> NDArray[np.float32] | str:
    """Gives a run's states [text, block, d_model] from the pass that it was measured on, or why there are none."""
    if run.config.denoising.method is not DenoisingMethod.none:
        return "denoised states are not kept by block"
    found = _pass_of(str(run.record.meaning["passages"]), store) if _has_key(run) else None
    if found is None:
        return f"the states of {run.model} at every block are not in {store.path}: read again with force=true"
    if len(found.states) != len(run.labelled.texts):
        return f"the states of {run.model} are of {len(found.states)} texts, its record of {len(run.labelled.texts)}"
    if found.states.shape[1] != run.record.provenance.n_blocks or not is_of(run, found):
        return f"the states of {run.model} in {store.path} are not those of its record: read again with force=true"
    return found.states


def pass_digest(run: Run, store: Store) -> str | None:
    """Gives the checksum of the manifest of the pass that a run was measured on; None where the store has none."""
    key = str(run.record.meaning.get("passages"))
    if not (_has_key(run) and store.has(ACTIVATIONS, key)):
        return None
    return hashlib.sha256(store.manifest(ACTIVATIONS, key)).hexdigest()


_LAST = Recent(60_000_000)
"""The states of the passes that were read last, up to 240 MB."""


def _pass_of(key: str, store: Store) -> StoredActivations | None:
    return _LAST.of(store, key, lambda: whole_pass(store, key), lambda found: 0 if found is None else found.states.size)


def _has_key(run: Run) -> bool:
    return bool(KEY.fullmatch(str(run.record.meaning.get("passages", ""))))


def halves_by_block(each: PreparedRun, states: NDArray[np.float32], blocks: Sequence[int]) -> Iterator[Halves]:
    """Gives a run's halves at each block, over all of its units."""
    labels, options = each.labels, each.run.options
    units = independent_units(labels)
    for block in blocks:
        found = halves_of(states[:, block], labels, units, options)
        yield Halves(found.products, each.seed)


def floors_by_block(run: Run, runs: Sequence[Run], blocks: Sequence[int]) -> list[float | None]:
    """Gives 1 - rho between a run and its rereads at each block, the largest; None without a reread."""
    again = [other for other in runs if other.reread_of == run.key]
    return [_largest(run, again, block) for block in blocks]


def _largest(run: Run, again: Sequence[Run], block: int) -> float | None:
    own, found = run.rdm_at(block), [other.rdm_at(block) for other in again]
    if own is None:
        return None
    ranks = standard_ranks(own)
    floors = [1.0 - float(ranks @ standard_ranks(other)) for other in found if other is not None]
    return max(floors, default=None)
