"""PEFT adapters, merged into the weights that they were trained on: LoRA and every other kind that peft can merge."""

from __future__ import annotations

import hashlib
import json
import logging
import pickle
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emogeo.errors import WeightsError, first_line
from emogeo.models.weights.digests import folder_digest
from emogeo.models.weights.index import made_in_cache, weights_folder
from emogeo.models.weights.missing import TOKENIZERS

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

log = logging.getLogger(__name__)
CONFIG = "adapter_config.json"
_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")
_OF_TOKENIZERS = (
    *TOKENIZERS,
    *("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "merges.txt", "chat_template.jinja"),
)


def holds_adapter(folder: Path) -> bool:
    """Whether a folder holds an adapter: what it is, and its tensors."""
    return (folder / CONFIG).is_file() and any((folder / name).is_file() for name in _WEIGHTS)


def brings_tokenizer(folder: Path) -> bool:
    """Whether an adapter brings a tokenizer of its own, which then is the merged model's."""
    return any((folder / name).is_file() for name in TOKENIZERS)


def adapter_digest(folder: Path, cache: Path) -> str:
    """The sha256 of an adapter's files.

    Raises:
        WeightsError: a folder that lacks a part of an adapter.
    """
    if not holds_adapter(folder):
        lacks = "its tensors (adapter_model.safetensors)" if (folder / CONFIG).is_file() else CONFIG
        raise WeightsError(f"model.adapter={folder} lacks {lacks}.")
    names = sorted(name for name in (CONFIG, *_WEIGHTS, *_OF_TOKENIZERS) if (folder / name).is_file())
    return folder_digest(folder, names, cache / "digests")


def merged(base: Path, identity: dict[str, Any], adapter: Path, digest: str, name: str, cache: Path) -> Path:
    """Gives the folder of the cache with the base's weights and the adapter as one model, in float32.

    Args:
        identity: what identifies the base's weights.
        digest: the adapter's.
        name: what the merged model is called.

    Raises:
        WeightsError: peft is absent, the two do not belong together, or the adapter cannot be merged.
    """
    both = hashlib.sha256(json.dumps([identity, digest], sort_keys=True).encode()).hexdigest()
    folder = weights_folder(cache, name.replace("/", "-"), both)
    return made_in_cache(folder, both, lambda target: _merge(base, adapter, target))


_FAULTS = (ValueError, TypeError, RuntimeError, KeyError, OSError, ImportError, NotImplementedError)
"""What peft and transformers raise for an adapter that does not fit."""


def _merge(base: Path, adapter: Path, target: Path) -> None:
    if find_spec("peft") is None:
        raise WeightsError("model.adapter needs peft. Type: pip install -c constraints.txt -e '.[adapters]'")
    about = _about(adapter)
    _refuse_other_code(adapter, about)
    log.info("merging %s into %s, in float32 on the CPU, once", adapter.name, base.name)
    try:
        model = _adapted(_whole(base), adapter, about).merge_and_unload(safe_merge=True)
    except (*_FAULTS, pickle.UnpicklingError) as error:
        raise WeightsError(f"{adapter} cannot be merged into {base}: {first_line(error)}") from error
    _write_tokenizer(base, adapter, target, len(model.get_input_embeddings().weight))
    model.save_pretrained(target)


def _about(adapter: Path) -> dict[str, Any]:
    """Reads what an adapter says of itself."""
    try:
        found = json.loads((adapter / CONFIG).read_text(encoding="utf-8"))
    except ValueError as error:
        raise WeightsError(f"{adapter / CONFIG} is not JSON ({error}).") from error
    if not isinstance(found, dict):
        raise WeightsError(f"{adapter / CONFIG} is no object with settings.")
    return found


def _refuse_other_code(adapter: Path, about: dict[str, Any]) -> None:
    """Refuses a configuration that would have peft import a module that it names."""
    if about.get("megatron_config"):
        raise WeightsError(f"{adapter / CONFIG} names a Megatron module to import, and no module of an adapter is run.")


def _whole(base: Path) -> PreTrainedModel:
    """Loads the base in float32.

    Raises:
        ValueError: weights that are quantized, or lack tensors.
    """
    import torch
    from transformers import AutoModelForCausalLM

    if "quantization_config" in json.loads((base / "config.json").read_text(encoding="utf-8")):
        raise ValueError("the weights are quantized; give the model that they were made of (model.weights=ID)")
    model, report = AutoModelForCausalLM.from_pretrained(
        base,
        dtype=torch.float32,
        use_safetensors=True,
        output_loading_info=True,
        trust_remote_code=False,
        local_files_only=True,
    )
    absent = sorted(report["missing_keys"])
    if absent:
        raise ValueError(f"the weights lack {len(absent)} of the model's tensors, the first: {absent[0]}")
    return model


def _adapted(model: PreTrainedModel, adapter: Path, about: dict[str, Any]) -> PeftModel:
    """Puts an adapter beside a model's weights.

    Args:
        about: the content of its configuration.

    Raises:
        ValueError: a kind that is not made to be merged; a tensor of its file without a place, or a place without one.
    """
    from peft import PeftConfig, PeftModel

    config = PeftConfig.from_pretrained(str(adapter))
    if config.is_prompt_learning:
        raise ValueError(f"{config.peft_type.value} puts tokens before a text and changes no weights")
    unknown = sorted(name for name, value in about.items() if value and not hasattr(config, name))
    if unknown:
        raise ValueError(f"this peft does not know its options {', '.join(unknown)}")
    config.inference_mode = True
    adapted = PeftModel(model, config)
    if not hasattr(adapted.base_model, "merge_and_unload"):
        raise ValueError(f"{config.peft_type.value} adds modules that no weights can stand for")
    report = adapted.load_adapter(str(adapter), "default", is_trainable=False)
    for keys, said in ((report.unexpected_keys, "has no place for"), (report.missing_keys, "finds no values for")):
        if keys:
            raise ValueError(f"the model {said} {len(keys)} of the adapter's tensors, the first: {sorted(keys)[0]}")
    return adapted


def _write_tokenizer(base: Path, adapter: Path, target: Path, rows: int) -> None:
    """Copies the adapter's tokenizer, or the base's where it brings none.

    Raises:
        WeightsError: a tokenizer with more tokens than the model has embeddings.
    """
    from transformers import AutoTokenizer

    source = adapter if brings_tokenizer(adapter) else base
    for name in _OF_TOKENIZERS:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)
    shutil.copyfile(base / "config.json", target / "config.json")  # a tokenizer's class may hang on it
    n_tokens = len(AutoTokenizer.from_pretrained(target, trust_remote_code=False, local_files_only=True))
    if n_tokens > rows:
        raise WeightsError(f"{source}: its tokenizer has {n_tokens} tokens and the merged model {rows} embeddings.")
