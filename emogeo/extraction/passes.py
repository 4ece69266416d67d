"""Texts that a model reads in one forward pass, or is to write, with their keys in the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from emogeo.config.states import PoolingConfig, Position
from emogeo.config.texts import Context
from emogeo.models.precision import Precision
from emogeo.models.weights.endings import puts_token_after
from emogeo.models.weights.resolve import Weights
from emogeo.record.origin import Written
from emogeo.stimuli.stories import Request
from emogeo.stimuli.templates import Decoding, Text
from emogeo.store.keys import Json, key_of


@dataclass(frozen=True)
class PassModel:
    """The model of a pass, with all that makes its states what they are."""

    weights: Weights
    precision: Precision
    n_blocks: int
    """The number of blocks that are run."""
    token_budget: int
    reread: bool = False
    """Whether the texts are batched in another way."""

    @property
    def meaning(self) -> Json:
        """Gives the model's part of a key."""
        named = model_meaning(self.weights, self.precision, self.n_blocks, self.token_budget)
        return {**named, "reread": self.reread}


@dataclass(frozen=True)
class Pass:
    """One forward pass over texts: the content of one activations record."""

    name: str
    model: PassModel
    texts: tuple[Text, ...]
    pooling: PoolingConfig
    key: str
    also: tuple[tuple[PoolingConfig, str], ...] = ()
    """Other poolings of the same texts, with the keys of their records: they cost no pass of their own."""

    @property
    def lock(self) -> str:
        """The key that a process locks while it reads the texts: the same whatever its pooling."""
        shared = [key for pooling, key in ((self.pooling, self.key), *self.also) if not pooling.skip]
        return min(shared, default=self.key)


@dataclass(frozen=True)
class Writing:
    """Texts to be written once by one model: the content of one generations record."""

    requests: tuple[Request, ...]
    prompts: tuple[Text, ...]
    decoding: Decoding
    ban_emotion_words: bool
    words: Mapping[str, str]
    """The words of the prompts, for conditions that are not called by their label."""
    retries: int
    batch_size: int
    repetition: int
    """The number of the repetition, which decides how batches are shuffled; 0 leaves them in order."""
    seed: int
    written: Written
    """How the texts are written, for their record."""
    key: str


def model_meaning(weights: Weights, precision: Precision, n_blocks: int, token_budget: int) -> Json:
    """The model's part of a key.

    It holds the token budget only where batch mates change states, and says that the token after a text is left out
    only where the tokenizer puts one there.
    """
    return {
        "weights": weights.identity,
        "precision": {
            "dtype": precision.dtype.value,
            "quantization": precision.quantization.value,
            "threshold": precision.threshold,
            **({} if precision.stored is None else {"stored": precision.stored}),
        },
        "token_budget": token_budget if precision.depends_on_batch_mates else None,
        "n_blocks": n_blocks,
        **({"end_of_text": "left out"} if puts_token_after(weights.folder) else {}),
    }


_CPU_BATCH, _GPU_BATCH = 20, 256
_NAMED = (_CPU_BATCH, 64, _GPU_BATCH)
"""What keys call a batch that takes all texts: the first of these that does."""


def written_at_once(asked: int | None, device: str, n_texts: int | None = None) -> int:
    """Gives how many texts are written at once: as many as were asked for, else what suits the device.

    Args:
        n_texts: how many are written in all. Where one batch takes them, it is the same number whatever was asked for.
    """
    size = asked or (_CPU_BATCH if device == "cpu" else _GPU_BATCH)
    if n_texts is None or size < n_texts:
        return size
    return next(usual for usual in (*_NAMED, n_texts) if usual >= n_texts)


def batch_meaning(batch_size: int) -> Json:
    """The part of a key that says how many texts are written at once, where these are not 20.

    At 16 bits batch mates change how states are rounded: one token comes out otherwise, and so do all that follow it.
    """
    return {} if batch_size == _CPU_BATCH else {"batch_size": batch_size}


def contents(texts: Sequence[Text]) -> Json:
    """The part of a key that names texts by their wording, for the tokenizer to cut."""
    return {"texts": [wording(text) for text in texts]}


def wording(text: Text) -> list[Any]:
    """The part of a key that names one text: also where names of control tokens stay text, if it has any."""
    return [text.content, text.special_tokens, *([[list(place) for place in text.as_text]] if text.as_text else [])]


def stripping(prompts: Sequence[Text]) -> Json:
    """The part of a key that names the markers of thoughts that are stripped; empty for a model not known to think."""
    found = next((prompt.thought for prompt in prompts if prompt.thought), None)
    return {} if found is None else {"stripped": [found.opens, found.closes]}


def token_contents(texts: Sequence[Text]) -> Json:
    """The part of a key that names texts by their tokens."""
    return {"tokens": [[list(text.ids or ()), text.start] for text in texts]}


def context_of(context: Context) -> Json:
    """The part of a key that names what written texts are read after; empty for the prompt that asked for them."""
    return {} if context is Context.prompt else {"context": context.value}


def plan_pass(
    name: str, model: PassModel, texts: Sequence[Text], pooling: PoolingConfig, content: Json | None = None
) -> Pass:
    """Plans a pass over texts, pooled in one way.

    Args:
        content: the part of the key that names the texts, if not `contents`.
    """
    named = contents(texts) if content is None else content
    return Pass(name, model, tuple(texts), pooling, _key(model, pooling, named))


def plan_main_pass(model: PassModel, texts: Sequence[Text], pooling: PoolingConfig, content: Json) -> Pass:
    """Plans the pass over a run's own texts, which keeps states in every pooling."""
    others = [own for own in map(PoolingConfig, Position) if own != pooling]
    also = tuple((own, _key(model, own, content)) for own in others)
    return replace(plan_pass("passages", model, texts, pooling, content), also=also)


def _key(model: PassModel, pooling: PoolingConfig, content: Json) -> str:
    return key_of({**model.meaning, **content, "pooling": {"position": pooling.position.value, "skip": pooling.skip}})
