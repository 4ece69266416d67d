"""States of texts by a plain loop: one text alone, no padding, no mask, no cache, hooks on what runs."""

from __future__ import annotations

import inspect
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import torch
from torch import nn
from transformers import AutoModel, PreTrainedModel

from emogeo.models.kinds import has_body, loader_of
from tests.models_table.configs import N_LAYERS


class NoOracle(Exception):
    """A model for which the plain loop finds no list of blocks."""


def states_by_a_plain_loop(folder: Path, texts: Sequence[Sequence[int]]) -> torch.Tensor:
    """The last token's states [text, block, d_model], by transformers' default attention.

    The blocks are those members of a list of `N_LAYERS` modules that run when a text is read; the last output stands
    for a block that does not run.

    Raises:
        NoOracle: no such list.
    """
    body = _body(folder).eval()
    return torch.stack([_states(body, list(ids)) for ids in texts])


def _body(folder: Path) -> PreTrainedModel:
    """The model without its head or, where the library finds the files' tensors with the head alone, with it."""
    kind = json.loads((folder / "config.json").read_text())["model_type"]
    if has_body(kind):
        body, report = AutoModel.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
        if not report["missing_keys"]:
            return cast(PreTrainedModel, body)
    return cast(PreTrainedModel, loader_of(kind).from_pretrained(folder, dtype=torch.float32))


def _states(body: PreTrainedModel, ids: list[int]) -> torch.Tensor:
    outputs: dict[nn.ModuleList, dict[int, torch.Tensor]] = defaultdict(dict)

    def keep(of: nn.ModuleList, index: int, output: object) -> None:
        states = output[0] if isinstance(output, tuple | list) else output
        if isinstance(states, torch.Tensor) and states.ndim >= 3:
            outputs[of][index] = states.detach().clone()

    handles = [
        member.register_forward_hook(lambda _m, _i, out, of=own, at=index: keep(of, at, out))
        for own in body.modules()
        if isinstance(own, nn.ModuleList) and len(own) == N_LAYERS
        for index, member in enumerate(own)
    ]
    try:
        with torch.inference_mode():
            body(input_ids=torch.tensor([ids]), **_without_cache(body))
    except Exception as error:
        raise NoOracle(f"the plain loop ends with {type(error).__name__}: {error}") from error
    finally:
        for handle in handles:
            handle.remove()
    if not outputs:
        raise NoOracle("no list of blocks runs")
    largest = max(outputs, key=lambda own: sum(p.numel() for p in own.parameters()))
    found: dict[int, torch.Tensor] = outputs[largest]
    states: list[torch.Tensor] = []
    for index in range(N_LAYERS):
        states.append(_last(found[index], body) if index in found else states[-1])
    return torch.stack(states)


def _without_cache(body: PreTrainedModel) -> dict[str, bool]:
    taken = inspect.signature(body.forward).parameters
    return {"use_cache": False} if "use_cache" in taken or "kwargs" in taken else {}


def _last(states: torch.Tensor, body: PreTrainedModel) -> torch.Tensor:
    """The last token's state: of Gemma-3n the active stream's, of hyper-connections the streams' mean."""
    if states.ndim == 4:
        active = getattr(body.config.get_text_config(), "altup_active_idx", None)
        states = states.mean(dim=2) if active is None else states[active]
    return states[0, -1]
