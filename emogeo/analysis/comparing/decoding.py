"""What is decoded of a run: its states at each block, their conditions and topics, and its words at the same splits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from emogeo.analysis.comparing.checkpoints import states_by_block
from emogeo.analysis.comparing.depth import blocks_of
from emogeo.analysis.comparing.prepared import PreparedRun
from emogeo.arrays import Array
from emogeo.errors import GeometryError
from emogeo.geometry.decoding import Decoded, decode
from emogeo.geometry.doors import names_of_conditions
from emogeo.geometry.inference import Estimate, interval
from emogeo.geometry.left_out import Design
from emogeo.geometry.options import Centring
from emogeo.geometry.readout_accuracy import Tried, deleted_shares, found_by_words_without_group, interval_of_share
from emogeo.geometry.readout_topics import groups_of_source
from emogeo.geometry.recent import Recent
from emogeo.geometry.states import LabelledTexts
from emogeo.geometry.vectors import without_topic_means
from emogeo.record.run import Run
from emogeo.store.store import Store

FEWEST, MOST = 99, 499
"""The fewest and the most relabellings."""
_ENTRIES = 80_000_000_000
"""The products of two numbers that relabellings of all runs may take, where `FEWEST` of each take no more."""


@dataclass(frozen=True, eq=False)
class ByBlock:
    """The states of a run at its blocks."""

    blocks: Sequence[int | None]
    """None stands for all blocks side by side."""
    read: Callable[[int], Array]
    """Gives the states [text, feature] at one place among the blocks, centred by topic where the run is."""
    selected: int
    """The place of the selected block."""
    missing: str | None = None
    """Why only the selected block is there; None where all are."""


def by_block(run: Run, store: Store) -> ByBlock:
    """Gives a run's states at all blocks that have an RDM, from the store; at the selected one alone without them."""
    states = states_by_block(run, store)
    own, chosen = run.passages, run.layer
    if isinstance(states, str):
        return ByBlock([chosen], lambda _: _without_topics(run, own), 0, states)
    kept, blocks = states, list[int | None](blocks_of(run))
    if chosen is None:
        every = [*blocks, None]
        return ByBlock(
            every, lambda at: _without_topics(run, own if at == len(blocks) else kept[:, blocks[at]]), len(blocks)
        )
    return ByBlock(blocks, lambda at: _without_topics(run, kept[:, blocks[at]]), blocks.index(chosen))


def _without_topics(run: Run, states: NDArray[np.float32]) -> Array:
    values = np.asarray(states, dtype=np.float64)
    if run.config.centring is not Centring.topic_mean:
        return values
    return without_topic_means(values[:, None], run.topics)[:, 0]


def design_of(run: Run) -> Design:
    """Gives the conditions and topics of a run's texts, as its vectors are made of them."""
    labels = run.labelled
    conditions = tuple(names_of_conditions(labels.emotions))
    return Design(labels.emotions, groups_of_source(labels), conditions, run.config.centring, run.config.stimuli.origin)


def affordable(designs: Sequence[tuple[Design, int]], asked: int) -> int:
    """Gives how many relabellings all runs can have, `FEWEST` at least where so many are asked for.

    Args:
        designs: each run's, with its number of blocks.
    """
    one = sum(n_blocks * own.rows.size**2 * len(own.conditions) for own, n_blocks in designs)
    return min(asked, MOST, max(FEWEST, _ENTRIES // max(one, 1)))


@dataclass(frozen=True, eq=False)
class DecodedRun:
    """A run with what is found at its blocks and by words alone, or why nothing is."""

    of: PreparedRun
    design: Design
    states: ByBlock
    found: Decoded
    words: ByWords | str
    """What words find, or why they cannot."""

    def gain(self, place: int) -> Estimate | None:
        """Gives by how much a block finds more than words, with the interval of the paired jackknife."""
        if isinstance(self.words, str):
            return None
        value = self.found.accuracy[place].value - self.words.accuracy.value
        if self.found.deleted is None or self.words.deleted is None:
            return Estimate(value, float("nan"), float("nan"))
        return interval(value, [self.found.deleted[place] - self.words.deleted], fisher=False)


@dataclass(frozen=True, eq=False)
class ByWords:
    """How often words alone find a text's condition, in topics that they were not learned on."""

    accuracy: Estimate
    deleted: Array | None
    """[deletion], the same without some groups"""


def decoded(each: PreparedRun, design: Design, store: Store, draws: int, seed: int) -> DecodedRun | str:
    """Decodes a run, or says why it cannot be."""
    states = by_block(each.run, store)
    try:
        found = _decoded_once(each.run, states, design, draws, seed)
    except GeometryError as error:
        return str(error)
    light = replace(states, read=_not_kept)  # the states of all blocks are most of what a run has
    return DecodedRun(each, design, light, found, by_words(each.labels, tuple(design.counted)))


_LAST = Recent(64)
"""What was found in the last passes, which runs share that differ in the selected block alone."""


def _decoded_once(run: Run, states: ByBlock, design: Design, draws: int, seed: int) -> Decoded:
    def make() -> Decoded:
        return decode((states.read(at) for at in range(len(states.blocks))), design, draws, seed)

    if states.missing is not None or run.layer is None:
        return make()
    same = (run.record.meaning["passages"], tuple(states.blocks), run.labelled, run.options.centring, draws, seed)
    return _LAST.of(_LAST, (*same, run.options.neutral), make, lambda _: 1)


def _not_kept(place: int) -> Array:
    raise AssertionError(f"the states at place {place} are not kept once they are decoded")


@lru_cache(maxsize=64)
def by_words(labels: LabelledTexts, counts: tuple[bool, ...]) -> ByWords | str:
    """Gives what words alone find, or why they cannot; kept, because many runs read the same texts."""
    if not labels.known:
        return "the texts are not known, so neither are their words"
    groups = groups_of_source(labels)

    def find(rows: NDArray[np.intp]) -> list[str]:
        texts, emotions, own = ([given[row] for row in rows] for given in (labels.texts, labels.emotions, groups))
        return found_by_words_without_group(texts, emotions, own)

    tried = Tried(labels.emotions, groups, find, counts)
    try:
        value = tried.accuracy(np.arange(len(groups)))
    except GeometryError as error:
        return str(error)
    deleted = deleted_shares(tried)
    return ByWords(interval_of_share(value, deleted, sum(counts), len(set(groups))), deleted)
