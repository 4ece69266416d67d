"""States of labelled texts from a model in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from emogeo.config.states import PoolingConfig, Position
from emogeo.errors import ConfigError, NonFiniteError, StimuliError
from emogeo.geometry.layers import blocks_up_to
from emogeo.geometry.options import check_whole
from emogeo.geometry.states import States
from emogeo.models.activations import Activations, PassPlan, read
from emogeo.models.blocks import body_of, n_blocks_of
from emogeo.models.loading import LoadedModel
from emogeo.models.precision import resolve_token_budget
from emogeo.models.tokenizer import ControlTokens
from emogeo.stimuli.corpus import Corpus, corpus_of, load_corpus, load_facts
from emogeo.stimuli.templates import SLOT, Text, render


def extract(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    passages: pd.DataFrame | Sequence[Mapping[str, Any]] | Corpus | str | Path | None = None,
    *,
    position: str = "last",
    skip: int = 0,
    max_depth: float | None = None,
    token_budget: int | None = None,
    reread: bool = False,
    name: str | None = None,
    progress: bool = True,
) -> States:
    """Reads every passage once and keeps its state after each block, as `python train.py` does.

    Args:
        model: a transformers model as it is loaded, on its device and at its precision; it is left as it was.
            An untrained twin of one, to compare it with: `load_model(..., init="random", init_seed=1)`, or of a model
            in memory, after `torch.manual_seed(1)`, `AutoModel.from_config(model.config)`.
        passages: a DataFrame or records with emotion (the condition of each text: 4 to 400 labels), topic (if there are
            topics) and text; a file, a folder or a glob of such texts, read as `stimuli.path` is; None for the
            package's own.
        position: the token whose state stands for a text: `last`, `middle`, or the `mean` over all.
        skip: leading tokens that a mean leaves out.
        max_depth, token_budget: share of the blocks that are run, padded tokens in a batch; None for all, and for 1,024
            on a CPU or 16,384 on a GPU.
        reread: whether texts are read in other batches, with other padding: what that changes is the numerical floor.
        name: what tables call the model; by default the last part of its id.

    Example:
        >>> states = emogeo.extract(model, tokenizer, passages, position="mean", progress=False)
        >>> states
        States of tiny-llama: 126 × 4 × 32 (texts × layers × width), 21 conditions

    Raises:
        StimuliError: passages that cannot be used as they are; names the first.
        ConfigError: an option out of range, or what is no model; WeightsError: blocks that are not found.
        NonFiniteError: states with NaN or infinity; names the first block.
    """
    pooling, corpus, loaded = _pooling(position, skip), corpus_given(passages), _lent(model, tokenizer)
    n_layers = n_blocks_of(loaded.body)
    budget = _budget(token_budget, str(loaded.input_device))
    plan = PassPlan(pooling, blocks_up_to(_depth(max_depth), n_layers), budget, reread, progress=progress)
    with _evaluating(model):
        found = _read(loaded, render(corpus.texts, SLOT, None, ControlTokens(lambda: loaded.tokenizer)), plan)
        facts = _read(loaded, render(load_facts(), SLOT, None), replace(plan, pooling=PoolingConfig()))
    labels = (tuple(corpus.emotions), tuple(corpus.topics), tuple(corpus.texts))
    return States(name or _name_of(model), found.states, *labels, n_layers, found.embeddings, facts.states)


def corpus_given(passages: pd.DataFrame | Sequence[Mapping[str, Any]] | Corpus | str | Path | None) -> Corpus:
    """Makes a corpus, in canonical order, of passages in whatever form they come.

    Raises:
        StimuliError: another form, or passages that cannot be used as they are.
    """
    if passages is None or isinstance(passages, str | Path):
        return load_corpus(None if passages is None else str(passages))
    if isinstance(passages, Corpus):
        return passages
    rows = _records(passages) if isinstance(passages, pd.DataFrame) else passages
    if not isinstance(rows, Sequence) or isinstance(rows, bytes):
        raise StimuliError(
            f"passages is a {type(passages).__name__}; give a DataFrame, a list of records, or a file or folder of "
            "texts, with emotion, text and, if there are topics, topic."
        )
    return corpus_of(rows, "passages")


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """Gives a row's columns by name, those of an index that has names too.

    Raises:
        StimuliError: columns whose names have several levels.
    """
    if isinstance(frame.columns, pd.MultiIndex):
        first = list(frame.columns[:3])
        raise StimuliError(
            f"passages has columns of several levels ({', '.join(map(str, first))}, …), where emotion, topic and text "
            "are looked for: give them one name each, as in passages.columns = ['emotion', 'topic', 'text']."
        )
    levels = [name for name in frame.index.names if name is not None and name not in frame.columns]
    whole = frame.reset_index(level=levels) if levels else frame
    return list(whole.to_dict("records"))


def _name_of(model: PreTrainedModel) -> str:
    """The last part of the model's id or folder."""
    return Path(str(getattr(model.config, "_name_or_path", "") or type(model).__name__)).name


def _pooling(position: str, skip: int) -> PoolingConfig:
    allowed = [own.value for own in Position]
    check_whole("skip", skip, 0)
    if position not in allowed:
        raise ConfigError(f"position={position!r} is not an option. Allowed: {', '.join(allowed)}.")
    pooling = PoolingConfig(Position(position), skip)
    pooling.check()
    return pooling


def _budget(token_budget: int | None, device: str) -> int:
    if token_budget is not None:
        check_whole("token_budget", token_budget, 1)
    return resolve_token_budget(token_budget, device)


def _depth(max_depth: float | None) -> float:
    if max_depth is None:
        return 1.0
    if isinstance(max_depth, bool) or not isinstance(max_depth, Real) or not 0 < float(max_depth) <= 1:
        raise ConfigError(f"max_depth={max_depth!r}: a share of depth above 0 and up to 1, or None.")
    return float(max_depth)


def _lent(model: Any, tokenizer: Any) -> LoadedModel:
    if getattr(getattr(model, "config", None), "is_encoder_decoder", False):
        raise ConfigError(
            f"{type(model).__name__} has an encoder and a decoder; emogeo reads decoder-only transformers."
        )
    if not isinstance(model, PreTrainedModel):
        raise ConfigError(
            f"model is a {type(model).__name__}; give a loaded one, as AutoModel.from_pretrained(...) returns it."
        )
    if not isinstance(tokenizer, PreTrainedTokenizerBase):
        raise ConfigError(
            f"tokenizer is a {type(tokenizer).__name__}; give AutoTokenizer.from_pretrained(...) of the same model."
        )
    writes = model.get_output_embeddings() is not None
    return LoadedModel(body_of(model) if writes else model.base_model, tokenizer)


@contextmanager
def _evaluating(model: PreTrainedModel) -> Iterator[None]:
    """Turns dropout off; afterwards every module trains, or does not, as it did before."""
    before = {module: module.training for module in model.modules()}
    model.eval()
    try:
        yield
    finally:
        for module, training in before.items():
            module.training = training


def _read(loaded: LoadedModel, texts: Sequence[Text], plan: PassPlan) -> Activations:
    try:
        found = read(loaded, texts, plan)
    except IndexError as error:
        raise StimuliError(
            "A text is longer than the positions that the model has learned, or the tokenizer has more tokens than the "
            f"model has embeddings ({error})."
        ) from error
    overflown = np.flatnonzero(found.nonfinite.sum(axis=0))
    if len(overflown):
        raise NonFiniteError(
            f"States are not finite from block {overflown[0]} on: load the model in bfloat16 or float32, or give "
            "max_depth for the blocks before."
        )
    return found
