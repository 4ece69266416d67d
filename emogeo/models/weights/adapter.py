"""PEFT adapters, merged into the weights that they were trained on: LoRA and every other kind that peft can merge."""

from __future__ import annotations

import hashlib
import json
import logging
import pickle
import shutil
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from emogeo.errors import WeightsError, first_line
from emogeo.installation import install
from emogeo.models.weights.description import copy_files, has_tokenizer, tokenizer_files
from emogeo.models.weights.digests import folder_digest
from emogeo.models.weights.headers import refuse_pointers
from emogeo.models.weights.hub import Wanted
from emogeo.models.weights.index import made_in_cache, weights_folder
from emogeo.models.weights.whole import refuse_misfits

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PreTrainedModel

log = logging.getLogger(__name__)
CONFIG = "adapter_config.json"
_WEIGHTS = ("adapter_model.safetensors", "adapter_model.bin")


def holds_adapter(folder: Path) -> bool:
    """Whether a folder holds an adapter: what it is, and its tensors."""
    return (folder / CONFIG).is_file() and any((folder / name).is_file() for name in _WEIGHTS)


def _lacking(repository: str, folder: Path) -> str:
    return (
        f"is no adapter: it lacks {_absent_part(folder)}. For a whole model type model.weights={repository}, without "
        "model.adapter."
    )


def _absent_part(folder: Path) -> str:
    return f"its tensors ({' or '.join(_WEIGHTS)})" if (folder / CONFIG).is_file() else CONFIG


ADAPTER = Wanted(
    holds_adapter,
    lambda folder: (folder / CONFIG).is_file() and not holds_adapter(folder),
    _WEIGHTS[1],
    _lacking,
)


def other_base(folder: Path, names: Iterable[str]) -> str | None:
    """Gives what an adapter names as the model that it was trained on; None where it names none, or one of these.

    Shapes alone do not tell one model from another of its size: the adapter would be merged without a word.

    Args:
        names: what the weights are called: an id of the hub, or a folder's name.

    Raises:
        WeightsError: a configuration that is none.
    """
    base = str(_about(folder).get("base_model_name_or_path") or "")
    return None if not base or _last_part(base) in map(_last_part, names) else base


def _last_part(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2].lower()


def adapter_digest(folder: Path, cache: Path) -> str:
    """The sha256 of an adapter's files.

    Raises:
        WeightsError: a folder that lacks a part of an adapter.
    """
    if not holds_adapter(folder):
        raise WeightsError(f"model.adapter={folder} lacks {_absent_part(folder)}.")
    refuse_pointers(folder)
    own = [name for name in (CONFIG, *_WEIGHTS) if (folder / name).is_file()]
    return folder_digest(folder, sorted([*own, *tokenizer_files(folder)]), cache / "digests")


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
        raise WeightsError(f"model.adapter needs peft. Type: {install('adapters')}")
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
    """Loads the base in float32, with its LM head.

    Raises:
        ValueError: weights that are quantized.
        WeightsError: tensors that are not those of the model of its config.json.
    """
    import torch

    from emogeo.models.kinds import loader_of

    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    if "quantization_config" in config:
        raise ValueError("the weights are quantized; give the model that they were made of (model.weights=ID)")
    model, report = loader_of(str(config.get("model_type"))).from_pretrained(
        base,
        dtype=torch.float32,
        use_safetensors=True,
        output_loading_info=True,
        ignore_mismatched_sizes=True,  # refused here, by name
        trust_remote_code=False,
        local_files_only=True,
    )
    refuse_misfits(base, base.name, report)
    return cast("PreTrainedModel", model)


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

    source = adapter if has_tokenizer(adapter) else base
    copy_files(source, tokenizer_files(source), target)
    shutil.copyfile(base / "config.json", target / "config.json")  # a tokenizer's class may hang on it
    n_tokens = len(AutoTokenizer.from_pretrained(target, trust_remote_code=False, local_files_only=True))
    if n_tokens > rows:
        raise WeightsError(f"{source}: its tokenizer has {n_tokens} tokens and the merged model {rows} embeddings.")
