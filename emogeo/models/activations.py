"""One forward pass per text gives the pooled residual stream after every block."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from emogeo.config.states import PoolingConfig, Position
from emogeo.errors import PrecisionError
from emogeo.models.batching import plan_batches, plan_even_batches, plan_other_batches
from emogeo.models.blocks import embedding_of, watched
from emogeo.models.habits import habits_of
from emogeo.models.inputs import forward_inputs, padded_on_the_right
from emogeo.models.keeping import Arrays, Keeping, Nothing, batch_name
from emogeo.models.limits import (
    beyond_training,
    refuse_too_long,
    refuse_too_short,
    refuse_unknown_tokens,
    trained_length,
)
from emogeo.models.loaded import LoadedModel
from emogeo.models.pooling import Pooler, count_nonfinite, seen_finite
from emogeo.stimuli.templates import Text

log = logging.getLogger(__name__)
_EVERY_TOKEN = PoolingConfig(Position.mean)
Tokens: TypeAlias = tuple[list[int], int]
"""The tokens of a text, and the first one that counts."""
TakeTokens = Callable[[int, NDArray[np.float32]], None]
"""Takes the row of a text and its states [token, d_model] at the last block that is run."""


@dataclass
class Activations:
    """Pooled states of texts, in the texts' order."""

    states: NDArray[np.float32]
    """[text, layer, d_model], the residual stream after each block."""
    embeddings: NDArray[np.float32]
    """[text, d_model], the mean of a text's input embeddings: what it says before the first block."""
    nonfinite: NDArray[np.int64]
    """[text, layer], NaN or infinite values over all of a text's tokens."""
    also: list[NDArray[np.float32]] = field(default_factory=list)
    """`states` in each of the plan's further poolings."""
    batches: list[list[int]] = field(default_factory=list)
    beyond_training: int = 0
    """The number of texts that are longer than what the model was trained on at once."""
    tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens_per_s(self) -> float:
        return self.tokens / self.seconds

    @property
    def size(self) -> int:
        """Gives the number of bytes of all states, embeddings and counts."""
        return sum(own.nbytes for own in self._arrays.values())

    @property
    def _arrays(self) -> Arrays:
        also = {f"states {number}": own for number, own in enumerate(self.also)}
        return {"states": self.states, "embeddings": self.embeddings, "nonfinite": self.nonfinite, **also}

    def of(self, rows: list[int]) -> Arrays:
        """Gives what was read of some texts."""
        return {name: own[rows] for name, own in self._arrays.items()}

    def put(self, rows: list[int], read: Arrays) -> None:
        """Puts there what was read of some texts."""
        for name, own in self._arrays.items():
            own[rows] = read[name]


@dataclass(frozen=True)
class PassPlan:
    """How texts are read; of these, only pooling is part of a key (and, under LLM.int8, the budget)."""

    pooling: PoolingConfig
    n_blocks: int
    """The number of blocks to run, from the first."""
    token_budget: int
    reread: bool = False
    """Whether to batch the texts in another way."""
    also: tuple[PoolingConfig, ...] = ()
    """Further poolings, from the same pass."""
    progress: bool = True
    take: TakeTokens | None = None
    """What takes the states of every token; a text comes again where its batch was too large for the memory."""
    kept: Keeping = field(default_factory=Nothing)
    """What keeps finished batches, and has those of a process that was killed."""


def read(model: LoadedModel, texts: Sequence[Text], plan: PassPlan) -> Activations:
    """Reads every text once.

    Batches are sorted by length, as even as can be, and padded on the right, with mask and positions
    given; out of memory halves the budget and goes on. A model whose states depend on
    batch mates reads one text at a time, except under LLM.int8, where the budget is in the key.
    A batch that `plan.kept` has is not read again: batches follow from the texts and the budget alone.

    Raises:
        StimuliError: a text too short for `pooling.skip`, or longer than the positions that the model has.
        WeightsError: a token that the model has no embedding for; a model that is none which writes text.
        PrecisionError: out of memory where the budget may not change, or with a single text.
    """
    tokens = [model.tokenize(text) for text in texts]
    starts = [model.start(text) for text in texts]
    lengths = [len(own) for own in tokens]
    refuse_too_short(texts, [n - start for n, start in zip(lengths, starts, strict=True)], plan.pooling.skip)
    refuse_unknown_tokens(model.body, tokens)
    refuse_too_long(model.body, lengths, "text")
    alone = habits_of(model).reads_alone and not model.batch_mates_matter
    result = _empty(len(tokens), plan, model)
    result.beyond_training = beyond_training(model.body, lengths)
    plan.kept.reserve(result.size)
    own = list(zip(tokens, starts, strict=True))
    batching, budget = _batching(model, plan), 1 if alone else plan.token_budget
    pending = batching(lengths, budget)
    known = _known(own, pending, plan)
    with tqdm(total=len(own), initial=len(known), desc="reading", unit="text", disable=not plan.progress) as bar:
        while pending:
            batch = pending[0]
            try:
                _read_once(model, own, batch, plan, alone, result)
            except (torch.OutOfMemoryError, RuntimeError) as error:
                budget = _smaller_budget(error, batch, budget, model)
                rows = [row for waiting in pending for row in waiting]
                pending = [[rows[i] for i in b] for b in batching([lengths[r] for r in rows], budget)]
                continue
            _warn_once(result, batch)
            result.batches.append(pending.pop(0))
            bar.update(len(set(batch) - known))
    result.tokens = sum(lengths)
    return result


def _batching(model: LoadedModel, plan: PassPlan) -> Callable[[list[int], int], list[list[int]]]:
    """Gives how texts are grouped: under LLM.int8 states follow from the groups, which follow from the key's budget."""
    if plan.reread:
        return plan_other_batches
    return plan_batches if model.batch_mates_matter else plan_even_batches


def _warn_once(result: Activations, batch: list[int]) -> None:
    """Says that states are not finite as soon as some are, since refusing them waits until all is read."""
    overflown = np.flatnonzero(result.nonfinite[batch].any(axis=0))
    if len(overflown) and not any(result.nonfinite[before].any() for before in result.batches):
        log.warning(
            "States are not finite from block %d on: the number format overflows. All texts are read before it is "
            "decided what that means (nonfinite=).",
            overflown[0],
        )


def _known(texts: Sequence[Tokens], batches: list[list[int]], plan: PassPlan) -> set[int]:
    """Finds the rows that a process has read which was killed."""
    known = {row for batch in batches if _name(texts, batch, plan) in plan.kept for row in batch}
    if known:
        log.info("%d of %d texts were read before", len(known), len(texts))
    return known


def _name(texts: Sequence[Tokens], batch: list[int], plan: PassPlan) -> str:
    """Names a batch by all that gives its states, but for the model and what it runs on."""
    own = [(row, *texts[row]) for row in batch]
    return batch_name(own, plan.pooling, plan.also, plan.n_blocks, plan.take is None)


def _read_once(
    model: LoadedModel, texts: Sequence[Tokens], batch: list[int], plan: PassPlan, alone: bool, result: Activations
) -> None:
    """Reads a batch, unless it is kept; `seconds` count it all the same."""
    name, started = _name(texts, batch, plan), time.perf_counter()
    found = plan.kept.found(name)
    if found is not None:
        result.put(batch, found)
        result.seconds += float(found["seconds"][0])
        return
    if alone:
        _start_over(model, len(texts[batch[0]][0]))
    _read_batch(model, [texts[row] for row in batch], batch, plan, result)
    seconds = time.perf_counter() - started
    result.seconds += seconds
    plan.kept.keep(name, {**result.of(batch), "seconds": np.array([seconds])})


def _start_over(model: LoadedModel, length: int) -> None:
    """Reads one token before a text beyond the trained length: frequencies that grew with another text start over."""
    trained = trained_length(model.body)
    if trained is not None and length > trained:
        ids, mask = padded_on_the_right([[0]], 0, model.input_device)
        with torch.inference_mode():
            model.body(**forward_inputs(model.body, ids, mask))


def _empty(n_texts: int, plan: PassPlan, model: LoadedModel) -> Activations:
    shape = (n_texts, plan.n_blocks, int(model.body.config.get_text_config(decoder=True).hidden_size))
    table = embedding_of(model.body).weight
    return Activations(
        states=np.empty(shape, np.float32),
        embeddings=np.empty((n_texts, table.shape[1]), np.float32),
        nonfinite=np.zeros(shape[:2], np.int64),
        also=[np.empty(shape, np.float32) for _ in plan.also],
    )


def _read_batch(model: LoadedModel, batch: list[Tokens], rows: list[int], plan: PassPlan, result: Activations) -> None:
    device = model.input_device
    ids, mask = padded_on_the_right([tokens for tokens, _ in batch], model.pad_token_id, device)
    starts = torch.tensor([start for _, start in batch], device=device)
    poolers = [Pooler(mask, pooling, starts) for pooling in (plan.pooling, *plan.also)]
    pooled: list[list[torch.Tensor]] = [[] for _ in poolers]
    nonfinite: list[torch.Tensor] = []
    latest: list[torch.Tensor] = []

    def watch(index: int, states: torch.Tensor) -> None:
        latest[:] = [states]
        finite = seen_finite(states)
        for pooler, found in zip(poolers, pooled, strict=True):
            found += found[-1:] * (index - len(found))  # of blocks that a text passes by
            found.append(pooler(states, finite).to(device))
        nonfinite.extend(nonfinite[-1:] * (index - len(nonfinite)))
        nonfinite.append(count_nonfinite(states, mask.to(states.device), finite).to(device))

    with torch.inference_mode(), watched(model.body, plan.n_blocks, watch):
        model.body(**forward_inputs(model.body, ids, mask))
        embedded = Pooler(mask, _EVERY_TOKEN, starts)(embedding_of(model.body)(ids))
    if plan.take is not None:
        for row, own, (tokens, _) in zip(rows, latest[0].float().cpu().numpy(), batch, strict=True):
            plan.take(row, own[: len(tokens)])
    for found in (*pooled, nonfinite):
        found += found[-1:] * (plan.n_blocks - len(found))
    result.embeddings[rows] = embedded.cpu().numpy()
    for target, found in zip((result.states, *result.also), pooled, strict=True):
        target[rows] = torch.stack(found, dim=1).cpu().float().numpy()
    result.nonfinite[rows] = torch.stack(nonfinite, dim=1).cpu().numpy()


def _smaller_budget(error: Exception, batch: list[int], budget: int, model: LoadedModel) -> int:
    """Halves the budget after running out of memory; any other error is raised again."""
    if not isinstance(error, torch.OutOfMemoryError) and "can't allocate memory" not in str(error):
        raise error
    if model.batch_mates_matter:
        raise PrecisionError(
            f"Out of memory at runtime.token_budget={budget}. With LLM.int8's outlier threshold the batch changes "
            f"the result, so it is not shrunk silently: type runtime.token_budget={max(budget // 2, 1)}, or "
            "precision=int8_no_outliers."
        ) from error
    if len(batch) == 1:
        raise PrecisionError(
            "Out of memory with a single text: type runtime.device_map=auto, or a smaller precision such as nf4."
        ) from error
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    log.warning("out of memory: token budget %d halved to %d", budget, budget // 2)
    return budget // 2
