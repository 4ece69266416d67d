"""A loaded model with its tokenizer: how it cuts texts into tokens, and where they go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from emogeo.models.attention import attention_used
from emogeo.models.blocks import embedding_of
from emogeo.models.limits import padding_token
from emogeo.models.shares import Shares
from emogeo.models.tokenizer import around, token_ids
from emogeo.stimuli.templates import Text


@dataclass(frozen=True)
class LoadedModel:
    """A transformer body and its tokenizer; with its LM head where texts are to be written."""

    body: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    causal: PreTrainedModel | None = None
    stops: tuple[int, ...] = ()
    """Tokens that end a text."""
    drawn: str | None = None
    """The sha256 of an untrained twin's float32 weights."""
    quantized: Shares | None = None
    """The shares of the blocks' weights that are quantised; None where none were to be."""
    batch_mates_matter: bool = False
    """Whether batch mates change states by the precision itself (LLM.int8), so that batches are in the key."""

    @property
    def with_head(self) -> tuple[PreTrainedModel, list[int]]:
        """The model that writes, and the tokens that end a text."""
        if self.causal is None:
            raise ValueError("loaded without an LM head: load_model(..., head=True)")
        return self.causal, list(self.stops)

    @property
    def pad_token_id(self) -> int:
        return padding_token(self.body, self.tokenizer)

    def tokenize(self, text: Text) -> list[int]:
        """Token ids, without those that the tokenizer puts after a text; a chat text has its special tokens in it.

        Raises:
            StimuliError: see `emogeo.models.tokenizer.token_ids`.
        """
        if text.ids is not None:
            return [*self._begun(text), *text.ids]
        ids = token_ids(self.tokenizer, text)
        n_ending = len(self.ending) if text.special_tokens else 0
        return ids[: len(ids) - n_ending]

    @property
    def attention(self) -> str | None:
        """The implementation of attention that the text model uses, as transformers calls it."""
        return attention_used(self.body)

    def start(self, text: Text) -> int:
        """The first token that is pooled, among those of `tokenize`."""
        return text.start + len(self._begun(text))

    def _begun(self, text: Text) -> list[int]:
        """The tokens that are added before tokens as they were written."""
        return self._beginning if text.ids is not None and text.special_tokens else []

    @cached_property
    def _beginning(self) -> list[int]:
        """The special tokens that the tokenizer puts before a text."""
        return around(self.tokenizer)[0]

    @cached_property
    def ending(self) -> list[int]:
        """The special tokens that the tokenizer puts after a text: a state there would be the state at the end."""
        return around(self.tokenizer)[1]

    @property
    def input_device(self) -> torch.device:
        """The device for token ids; with a device map, the embedding's."""
        embedding = embedding_of(self.body)
        hook = getattr(embedding, "_hf_hook", None)
        return torch.device(getattr(hook, "execution_device", None) or embedding.weight.device)
