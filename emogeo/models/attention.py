"""The implementation of attention: sdpa where an architecture has it, else the one that it has."""

from __future__ import annotations

from transformers import MODEL_MAPPING, PreTrainedConfig, PreTrainedModel

USUAL = "sdpa"


def attention_for(config: PreTrainedConfig) -> str | None:
    """The implementation to load a model with: sdpa, or None where the architecture has none, for its own default."""
    model = MODEL_MAPPING.get(type(config), None)
    found = model[0] if isinstance(model, tuple) else model
    return USUAL if found is not None and getattr(found, "_supports_sdpa", False) else None


def attention_used(body: PreTrainedModel) -> str | None:
    """The implementation that the text model uses, as transformers calls it."""
    used = getattr(body.config.get_text_config(decoder=True), "_attn_implementation", None)
    return None if used is None else str(used)
