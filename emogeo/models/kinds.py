"""What kind of model a configuration describes: one that writes text is read, an encoder is refused as what it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    AutoModelForMultimodalLM,
    PreTrainedModel,
)
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
    MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES,
    MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
    MODEL_MAPPING_NAMES,
)

from emogeo.errors import WeightsError
from emogeo.models.blocks import body_of
from emogeo.models.shares import Shares

WITH_REPORT = {"output_loading_info": True, "ignore_mismatched_sizes": True}
"""Options of every `from_pretrained`: what does not fit is reported, and refused by us, which names it."""


@dataclass(frozen=True)
class Read:
    """What transformers has made of a folder."""

    model: PreTrainedModel
    report: dict[str, Any]
    """What it says of the loading: names of tensors, as `missing_keys` and so on."""
    shares: Shares | None = None
    """The shares of the blocks' weights that the checkpoint has quantised."""
    drawn: str | None = None
    """The digest of an untrained twin's weights."""


_WHAT = "emogeo reads models that write text from left to right; take one of those."


def refuse_encoder(config: Mapping[str, Any], folder: Path, name: str) -> None:
    """Refuses a model that does not write text from left to right, by its configuration.

    Args:
        config: config.json.

    Raises:
        WeightsError: an encoder, an encoder with a decoder, or an architecture that transformers does not know.
    """
    kind = str(config.get("model_type"))
    if _has_two_ends(kind, config):
        raise WeightsError(f"{name} ({kind}) has an encoder and a decoder. {_WHAT}")
    if kind not in MODEL_MAPPING_NAMES and not _writes(kind):
        raise WeightsError(
            f"{folder / 'config.json'} describes the architecture {kind!r}, which this version of transformers does "
            "not have. Take a model of an architecture that it has, or a newer transformers."
        )
    if not _writes(kind) or (_fills(kind) and not config.get("is_decoder")):
        embeds = ", of sentence-transformers" if (folder / "modules.json").is_file() else ""
        does = "is an encoder: it reads in both directions" if _fills(kind) or embeds else "does not write text"
        raise WeightsError(f"{name} ({kind}{embeds}) {does}. {_WHAT}")


def loader_of(kind: str) -> type[Any]:
    """The class of transformers that loads an architecture with its LM head, and with its towers of images."""
    if kind in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES:
        return cast(type[Any], AutoModelForImageTextToText)
    only_text = kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    return cast(type[Any], AutoModelForCausalLM if only_text else AutoModelForMultimodalLM)


def body_by(kind: str, load: Callable[[Any], Read]) -> Read:
    """Loads an architecture without its LM head.

    Some architectures have no class without it, and some files are understood by the class with it alone: these are
    loaded with it, and the transformer is taken out.

    Args:
        load: loads by a class of transformers.

    Raises:
        WeightsError: an architecture that is one with its head.
    """
    if has_body(kind):
        found = load(AutoModel)
        if not found.report["missing_keys"]:
            return found
        del found
    found = load(loader_of(kind))
    return replace(found, model=body_of(found.model))


def has_body(kind: str) -> bool:
    """Whether transformers loads an architecture without its LM head."""
    return kind in MODEL_MAPPING_NAMES


def _writes(kind: str) -> bool:
    beside = MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES | MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES
    return kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES or kind in beside


def _fills(kind: str) -> bool:
    return kind in MODEL_FOR_MASKED_LM_MAPPING_NAMES


def _has_two_ends(kind: str, config: Mapping[str, Any]) -> bool:
    """Whether a model has an encoder and a decoder, as config.json says, or else as its architecture usually has."""
    usual = kind in MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES and kind not in MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES
    return bool(config.get("is_encoder_decoder", usual))
