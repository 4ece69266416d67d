"""Whether a folder's config.json and its weights belong together, as far as the tensors' names tell."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from emogeo.errors import WeightsError

log = logging.getLogger(__name__)
ADAPTER = "adapter_config.json"
_NUMBERED = re.compile(r"(.*?)\.(\d+)\.")
_FURTHER = ("num_nextn_predict_layers", "mtp_num_hidden_layers")
"""Fields of config.json for blocks that predict further tokens: they stand behind the others and are not read."""
_LM_HEAD = re.compile(
    r"(^|[._])(lm_head|lm_loss|embed_out|proj_out|output_projection|predictions|head)([._]|$)|^(output|decoder)\.(weight|bias)$"
)
"""Names of LM heads, which are left out wherever a model does not write."""
_WRITERS = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")
_HEADS = re.compile(r"(^|[._])(score|classifier|pooler|cls|qa_outputs)([._]|$)")
"""Names of other heads and of poolers: all of them stand behind the blocks."""
_ELSEWHERE = re.compile(
    r"(^|[._])(mtp|nextn|vision|visual|image|img|audio|speech|video|mm|multi_modal|multimodal)([._]|$)"
)
"""Names of what a text's states do not depend on either: further tokens, other senses."""
_CONSTANTS = re.compile(r"(inv_freq|attn\.bias|attention\.bias|masked_bias|[kv]_scale)$")
"""Names of what is computed anew."""
_WRAPPERS = {"_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module"}
"""Parts of names that wrappers of a model add."""


def refuse_adapter(folder: Path) -> None:
    """Refuses an adapter beside whole weights.

    It would be loaded only where peft is installed, and be in the key in either case.

    Raises:
        WeightsError: the folder has one.
    """
    if (folder / ADAPTER).is_file():
        raise WeightsError(
            f"{folder} holds an adapter ({ADAPTER}) beside whole weights, and which of the two is meant is not said. "
            "Move the adapter's files (adapter_*) into a folder of their own."
        )


def writes_by_name(config: Mapping[str, Any]) -> bool:
    """Whether config.json names a class that writes from left to right, so that nothing about it need be looked up."""
    named = config.get("architectures")
    if not isinstance(named, list) or config.get("is_encoder_decoder"):
        return False
    return any(str(name).endswith(_WRITERS) for name in named)


def refuse_half(folder: Path, config: Mapping[str, Any], names: Iterable[str], n_layers: int) -> None:
    """Refuses weights of another number of blocks than config.json says, before anything is loaded.

    Args:
        config: the content of config.json.
        names: the names of the tensors.

    Raises:
        WeightsError: no list of blocks in the weights has as many as config.json says.
    """
    if "transformers_weights" in config:
        raise WeightsError(f"{folder / 'config.json'}: transformers_weights names other weights; remove it.")
    found = {prefix: len(numbers) for prefix, numbers in stacks(names).items()}
    further = sum(int(config.get(name) or 0) for name in _FURTHER)
    if found and not {n_layers, n_layers + further} & set(found.values()):
        longest = max(found, key=lambda prefix: found[prefix])
        raise WeightsError(
            f"{folder}: config.json says {n_layers} blocks, and the weights hold {found[longest]} ({longest}.0 to "
            f"{longest}.{found[longest] - 1}). The two do not belong together: correct num_hidden_layers, or fetch the "
            "config.json or the weights again."
        )


def stacks(names: Iterable[str]) -> dict[str, set[int]]:
    """Finds the numbered lists of modules by their names (`model.layers`), each with its numbers."""
    found: dict[str, set[int]] = defaultdict(set)
    for name in names:
        match = _NUMBERED.match(name)
        if match:
            found[match.group(1)].add(int(match.group(2)))
    return dict(found)


def refuse_wrapped(folder: Path, names: Iterable[str]) -> None:
    """Refuses tensors whose names have what a wrapper puts before them: torch.compile, DataParallel, FSDP.

    Raises:
        WeightsError: names the first, and what to save instead.
    """
    found = sorted(names)
    wrapped = next((name for name in found if _WRAPPERS & set(name.split("."))), None)
    if wrapped is None and found and all(name.startswith("module.") for name in found):
        wrapped = found[0]
    if wrapped is not None:
        raise WeightsError(
            f"{folder} holds {wrapped}: a model was saved within a wrapper (torch.compile, DataParallel or FSDP), "
            "which puts words before its tensors' names. Save the model within it: "
            "model._orig_mod.save_pretrained(FOLDER), or model.module.save_pretrained(FOLDER)."
        )


def refuse_misfits(folder: Path, title: str, report: Mapping[str, Any]) -> None:
    """Refuses a folder whose tensors are not those of the model of its config.json.

    Args:
        report: what transformers says of the loading.

    Raises:
        WeightsError: see `refuse_shapes`, `refuse_absent` and `refuse_unexpected`.
    """
    refuse_shapes(folder, title, report["mismatched_keys"])
    refuse_absent(folder, title, report["missing_keys"])
    refuse_unexpected(folder, title, report["unexpected_keys"])


def refuse_shapes(folder: Path, title: str, mismatched: Iterable[tuple[str, Iterable[int], Iterable[int]]]) -> None:
    """Refuses tensors of other shapes than config.json describes.

    Args:
        mismatched: name, shape in the files and shape in the model of each.

    Raises:
        WeightsError: names the first of them with both shapes.
    """
    found = sorted((name, list(held), list(wanted)) for name, held, wanted in mismatched)
    if found:
        name, held, wanted = found[0]
        raise WeightsError(
            f"{title}: {folder} holds {len(found)} tensors of other shapes than the model of its config.json, the "
            f"first: {name} is {held} and should be {wanted}. The files and config.json do not belong together."
        )


def refuse_absent(folder: Path, title: str, absent: Iterable[object]) -> None:
    """Refuses tensors that the files lack: transformers fills them with random numbers.

    Raises:
        WeightsError: names the first of them.
    """
    names = sorted(map(str, absent))
    if names:
        raise WeightsError(
            f"{title}: {folder} lacks {len(names)} of the model's tensors, the first: {names[0]}. "
            "The files and config.json do not belong together, or a shard is incomplete."
        )


def refuse_unexpected(folder: Path, title: str, unexpected: Iterable[str]) -> None:
    """Refuses tensors that the model has no place for, and says which ones are not used that a text does not need.

    A text does not need heads, poolers and other senses; LM heads and constants go without saying.

    Raises:
        WeightsError: names the first of the tensors that are refused.
    """
    names = sorted(name for name in map(str, unexpected) if not _goes_without_saying(name))
    needed = [name for name in names if not _unread(name)]
    if needed:
        raise WeightsError(
            f"{title}: {folder} holds {len(needed)} tensors that the model of its config.json has no place for, the "
            f"first: {needed[0]}. The files and config.json do not belong together."
        )
    if names:
        log.warning("%s: %d tensors of the files are not used, the first: %s", title, len(names), names[0])


def _unread(name: str) -> bool:
    """Whether a text's states do not depend on a tensor that the model has no place for."""
    return bool(_ELSEWHERE.search(name)) or (_NUMBERED.match(name) is None and bool(_HEADS.search(name)))


def _goes_without_saying(name: str) -> bool:
    return bool(_CONSTANTS.search(name)) or (_NUMBERED.match(name) is None and bool(_LM_HEAD.search(name)))
