"""One forward pass per text gives the pooled residual stream after every block."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from emogeo.config.states import PoolingConfig, Position
from emogeo.errors import PrecisionError, StimuliError
from emogeo.models.batching import plan_batches, plan_other_batches
from emogeo.models.blocks import embedding_of, watched
from emogeo.models.habits import habits_of
from emogeo.models.inputs import forward_inputs, padded_on_the_right
from emogeo.models.limits import beyond_training, refuse_too_long, refuse_unknown_tokens, trained_length
from emogeo.models.loaded import LoadedModel
from emogeo.stimuli.templates import Text

log = logging.getLogger(__name__)
_EVERY_TOKEN = PoolingConfig(Position.mean)
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


@dataclass(frozen=True)
class PassPlan:
    """How texts are read; of these, only pooling is part of a key (and, under LLM.int8, the budget)."""

    pooling: PoolingConfig
    n_blocks: int
    """The number of blocks to run, from the first."""
    token_budget: int
    batch_mates_matter: bool
    """Whether batch mates change results, so that the budget must hold."""
    reread: bool = False
    """Whether to batch the texts in another way."""
    also: tuple[PoolingConfig, ...] = ()
    """Further poolings, from the same pass."""
    progress: bool = True
    take: TakeTokens | None = None
    """What takes the states of every token; a text comes again where its batch was too large for the memory."""


def read(model: LoadedModel, texts: Sequence[Text], plan: PassPlan) -> Activations:
    """Reads every text once.

    Batches are sorted by length and padded on the right, with mask and positions
    given; out of memory halves the budget and goes on. A model whose states depend on
    batch mates reads one text at a time, except under LLM.int8, where the budget is in the key.

    Raises:
        StimuliError: a text too short for `pooling.skip`, or longer than the positions that the model has.
        WeightsError: a token that the model has no embedding for; a model that is none which writes text.
        PrecisionError: out of memory where the budget may not change, or with a single text.
    """
    tokens = [model.tokenize(text) for text in texts]
    starts = [model.start(text) for text in texts]
    lengths = [len(own) for own in tokens]
    _refuse_short(tokens, starts, texts, plan.pooling)
    refuse_unknown_tokens(model.body, tokens)
    refuse_too_long(model.body, lengths, "text")
    alone = habits_of(model).reads_alone and not plan.batch_mates_matter
    result = _empty(len(tokens), plan, model)
    result.beyond_training = beyond_training(model.body, lengths)
    batching, budget = plan_other_batches if plan.reread else plan_batches, 1 if alone else plan.token_budget
    pending = batching(lengths, budget)
    started = time.perf_counter()
    with tqdm(total=len(tokens), desc="reading", unit="text", disable=not plan.progress) as bar:
        while pending:
            batch = pending[0]
            try:
                if alone:
                    _start_over(model, lengths[batch[0]])
                _read_batch(model, [(tokens[row], starts[row]) for row in batch], batch, plan, result)
            except (torch.OutOfMemoryError, RuntimeError) as error:
                budget = _smaller_budget(error, batch, budget, plan)
                rows = [row for waiting in pending for row in waiting]
                pending = [[rows[i] for i in b] for b in batching([len(tokens[r]) for r in rows], budget)]
                continue
            result.batches.append(pending.pop(0))
            bar.update(len(batch))
    result.seconds = time.perf_counter() - started
    result.tokens = sum(map(len, tokens))
    return result


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


def _read_batch(
    model: LoadedModel, batch: list[tuple[list[int], int]], rows: list[int], plan: PassPlan, result: Activations
) -> None:
    device = model.input_device
    ids, mask = padded_on_the_right([tokens for tokens, _ in batch], model.pad_token_id, device)
    starts = torch.tensor([start for _, start in batch], device=device)
    poolings = (plan.pooling, *plan.also)
    pooled: list[list[torch.Tensor]] = [[] for _ in poolings]
    nonfinite: list[torch.Tensor] = []
    latest: list[torch.Tensor] = []

    def watch(index: int, states: torch.Tensor) -> None:
        latest[:] = [states]
        seen, begin = mask.to(states.device), starts.to(states.device)
        for pooling, found in zip(poolings, pooled, strict=True):
            found += found[-1:] * (index - len(found))  # of blocks that a text passes by
            found.append(pool(states, seen, pooling, begin).to(device))
        nonfinite.extend(nonfinite[-1:] * (index - len(nonfinite)))
        nonfinite.append(count_nonfinite(states, seen).to(device))

    with torch.inference_mode(), watched(model.body, plan.n_blocks, watch):
        model.body(**forward_inputs(model.body, ids, mask))
        embedded = pool(embedding_of(model.body)(ids), mask, _EVERY_TOKEN, starts)
    if plan.take is not None:
        for row, own, (tokens, _) in zip(rows, latest[0].float().cpu().numpy(), batch, strict=True):
            plan.take(row, own[: len(tokens)])
    for found in (*pooled, nonfinite):
        found += found[-1:] * (plan.n_blocks - len(found))
    result.embeddings[rows] = embedded.cpu().numpy()
    for target, found in zip((result.states, *result.also), pooled, strict=True):
        target[rows] = torch.stack(found, dim=1).float().cpu().numpy()
    result.nonfinite[rows] = torch.stack(nonfinite, dim=1).cpu().numpy()


def pool(states: torch.Tensor, mask: torch.Tensor, pooling: PoolingConfig, starts: torch.Tensor) -> torch.Tensor:
    """One state per text.

    Args:
        states: [text, token, d_model], padded on the right.
        mask: [text, token], 1 on tokens.
        starts: [text], the first token that counts; what comes before is a prompt.

    Returns:
        [text, d_model]: the last token's state, the middle one's (of n tokens the one at n // 2), or the
        float32 mean without the first `skip` tokens.
    """
    lengths = mask.sum(dim=1)
    if pooling.position is not Position.mean:
        middle = starts + (lengths - starts) // 2
        at = lengths - 1 if pooling.position is Position.last else middle
        return states[torch.arange(len(states), device=states.device), at]
    columns = torch.arange(mask.shape[1], device=mask.device)
    kept = mask * (columns >= (starts + pooling.skip)[:, None])
    weights = kept.float() / kept.sum(dim=1, keepdim=True)
    # where, not a product: 0 x inf would carry a padding token's overflow into the mean
    finite = torch.where(kept[..., None].bool(), states.float(), 0.0)
    return torch.einsum("tl,tld->td", weights, finite)


def count_nonfinite(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Counts the NaN and infinite values of each text [text]; a finite sum proves that there is none."""
    if bool(torch.isfinite(states.sum(dtype=torch.float32))):
        return torch.zeros(len(states), dtype=torch.long, device=states.device)
    return ((~torch.isfinite(states)).sum(dim=2) * mask).sum(dim=1)


def _refuse_short(tokens: list[list[int]], starts: list[int], texts: Sequence[Text], pooling: PoolingConfig) -> None:
    for row, ids in enumerate(tokens):
        length = len(ids) - starts[row]
        if length <= pooling.skip:
            raise StimuliError(
                f"pooling.skip={pooling.skip} leaves nothing of text {row} ({length} tokens): "
                f"{texts[row].content[:60]!r}. Type a smaller pooling.skip."
            )


def _smaller_budget(error: Exception, batch: list[int], budget: int, plan: PassPlan) -> int:
    """Halves the budget after running out of memory; any other error is raised again."""
    if not isinstance(error, torch.OutOfMemoryError) and "can't allocate memory" not in str(error):
        raise error
    if plan.batch_mates_matter:
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
