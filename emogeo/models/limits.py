"""How long a text may be, and which tokens a model knows: refused, or counted, before a pass."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from emogeo.errors import StimuliError, WeightsError
from emogeo.models.blocks import embedding_of
from emogeo.stimuli.templates import Text

log = logging.getLogger(__name__)
_SPARE_ROWS = 8
"""Learned tables may have a few rows more than there are positions: OPT two, for what it was trained with."""


def trained_length(body: PreTrainedModel) -> int | None:
    """The number of tokens that the model was trained on at once, as its configuration says; None where it does not."""
    config = body.config.get_text_config(decoder=True)
    names = ("max_position_embeddings", "max_seq_len", "seq_length")
    found = (getattr(config, name, None) for name in names)
    return next((int(length) for length in found if isinstance(length, int) and length > 0), None)


def table_length(body: PreTrainedModel) -> int | None:
    """The number of positions in a model's table of positions; None where positions are computed, or where it has none.

    A table is a matrix beside the blocks or in them, not the input embedding, with a row for each position of the
    configuration and at most a few more.
    """
    length = trained_length(body)
    if length is None:
        return None
    words = embedding_of(body).weight
    tables = [*body.named_parameters(), *body.named_buffers()]
    rows = [
        own.shape[0]
        for name, own in tables
        if own is not words and own.ndim == 2 and _of_positions(name) and 0 <= own.shape[0] - length <= _SPARE_ROWS
    ]
    return length if rows else None


def _of_positions(name: str) -> bool:
    return any(part in name.lower() for part in ("wpe", "pos"))


def refuse_too_short(texts: Sequence[Text], lengths: Sequence[int], skip: int) -> None:
    """Refuses a text of which nothing is left.

    Args:
        lengths: tokens of each text that count.
        skip: leading ones that are left out.

    Raises:
        StimuliError: names the first.
    """
    for row, (text, length) in enumerate(zip(texts, lengths, strict=True)):
        if length <= skip:
            raise StimuliError(
                f"pooling.skip={skip} leaves nothing of text {row} ({length} tokens): {text.content[:60]!r}. Type a "
                "smaller pooling.skip."
            )


def refuse_too_long(body: PreTrainedModel, lengths: Sequence[int], said: str, new: int = 0) -> None:
    """Refuses a text that has more tokens than the model has positions.

    Args:
        lengths: tokens of each text.
        said: what the texts are, for the message.
        new: tokens that will be written after each.

    Raises:
        StimuliError: names the first, and what is allowed.
    """
    allowed = table_length(body)
    if allowed is None:
        return
    for row, length in enumerate(lengths):
        if length + new > allowed:
            written = f" and {new} are to be written" if new else ""
            advice = "shorter texts, or another model" if not new else "generation.max_new_tokens=N or another model"
            raise StimuliError(
                f"{said} {row} has {length} tokens{written}; {type(body).__name__} has learned {allowed} positions. "
                f"Take {advice}."
            )


def beyond_training(body: PreTrainedModel, lengths: Sequence[int]) -> int:
    """Counts the texts that are longer than what the model was trained on, and warns of them."""
    trained = trained_length(body)
    beyond = sum(length > trained for length in lengths) if trained else 0
    if beyond:
        log.warning("%d texts are longer than the %s tokens that the model was trained on at once", beyond, trained)
    return beyond


def refuse_unknown_tokens(body: PreTrainedModel, tokens: Sequence[Sequence[int]]) -> None:
    """Refuses tokens that the model has no embedding for.

    Raises:
        WeightsError: names the first.
    """
    rows = embedding_of(body).weight.shape[0]
    for row, ids in enumerate(tokens):
        outside = next((token for token in ids if token >= rows), None)
        if outside is not None:
            raise WeightsError(
                f"Text {row} has the token {outside}, and the model has {rows} embeddings: the tokenizer is larger "
                "than the model, or belongs to another. Take the tokenizer that the model was trained with."
            )


def padding_token(body: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> int:
    """A token to pad with, which is masked: the tokenizer's own, or 0 where that is none or outside the embedding."""
    pad = tokenizer.pad_token_id
    return int(pad) if pad is not None and 0 <= pad < embedding_of(body).weight.shape[0] else 0
