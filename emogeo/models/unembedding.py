"""What reads the residual stream out into tokens: a model's final norm and its unembedding."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors import safe_open
from torch import nn
from transformers import PreTrainedModel

from emogeo.errors import WeightsError, first_line
from emogeo.models.blocks import embedding_of, find_blocks
from emogeo.models.habits import SHORT, habits_of, tokens_of
from emogeo.models.inputs import forward_inputs, padded_on_the_right
from emogeo.models.kinds import loader_of
from emogeo.models.loaded import LoadedModel
from emogeo.models.streams import output_states
from emogeo.models.untrained import config_of
from emogeo.models.weights.headers import Tensor, tensors_of, weight_files
from emogeo.models.weights.resolve import Weights

_WHOLE = {"F32", "F16", "BF16"}
"""The number formats in which an unembedding is read."""
_ENDINGS = ("lm_head.weight", "embed_out.weight")
"""How the names of unembeddings end in files, where these call them otherwise than transformers does."""


@dataclass(frozen=True, eq=False)
class Unembedding:
    """The final norm and the unembedding of a model."""

    weight: torch.Tensor
    """[token, d_model], of the tokens that the tokenizer has"""
    norm: nn.Module | None
    """None where the model has none between its last block and its unembedding."""
    tied: bool
    """Whether it is the table of input embeddings."""
    device: torch.device

    def on_cpu(self) -> Unembedding:
        """Gives the same in the machine's own memory."""
        return replace(self, weight=self.weight.cpu(), device=torch.device("cpu"))

    def normed(self, directions: torch.Tensor) -> torch.Tensor:
        """Gives directions [direction, d_model] as the unembedding takes them, in float32, without the norm's bias."""
        own = directions.to(self.device, torch.float32)
        if self.norm is None:
            return own
        norm = copy.deepcopy(self.norm).to(self.device, torch.float32)
        with torch.inference_mode():
            return torch.as_tensor(norm(own[:, None]) - norm(torch.zeros_like(own[:1, None])))[:, 0]


def unembedding_of(model: LoadedModel, weights: Weights) -> Unembedding:
    """Finds a model's final norm and unembedding; of a model loaded without its head, an unembedding of its own is read
    from the files of its weights.

    Raises:
        WeightsError: an untrained twin; several residual streams; no unembedding of the stream's width, or one that is
            quantised or offloaded; more than one module between the last block and the unembedding.
    """
    name = weights.name
    if not weights.trained:
        raise WeightsError("the unembedding of an untrained twin has learned no words")
    if (stream := habits_of(model).stream) is not None:
        raise WeightsError(f"{name} carries several residual streams ({stream}), of which no one matrix makes tokens")
    weight, tied = _head(model, weights)
    width = int(embedding_of(model.body).weight.shape[1])
    n_tokens, own = weight.shape
    hidden = int(model.body.config.get_text_config(decoder=True).hidden_size)
    if own != hidden:
        raise WeightsError(f"the unembedding of {name} takes states of width {own}, and its blocks give {hidden}")
    if weight.is_meta or not weight.is_floating_point() or weight.element_size() < 2 or (tied and width != hidden):
        raise WeightsError(f"the unembedding of {name} cannot be read: it is quantised, or offloaded")
    norm = final_norm(model)
    if norm is not None and any(own.is_meta for own in norm.parameters()):
        raise WeightsError(f"the final norm of {name} is offloaded")
    kept = weight[: min(n_tokens, len(model.tokenizer))].detach()
    return Unembedding(kept, norm, tied, model.input_device)


def _head(model: LoadedModel, weights: Weights) -> tuple[torch.Tensor, bool]:
    """Gives the unembedding [token, d_model], and whether it is the table of input embeddings."""
    table = embedding_of(model.body).weight
    if model.causal is not None:
        head = _output_of(model.causal, weights.name)
        return head, head is table
    try:
        with torch.device("meta"):
            causal = loader_of(weights.architecture).from_config(config_of(weights.folder))
    except (ValueError, RuntimeError, KeyError, TypeError) as error:
        raise WeightsError(f"{weights.name} has no class with an unembedding ({first_line(error)})") from error
    head = _output_of(causal, weights.name)
    if head is embedding_of(causal).weight:
        return table, True
    named = next(key for key, own in causal.named_parameters() if own is head)
    return _from_files(weights.folder, named, tuple(head.shape), weights.name), False


def _output_of(causal: PreTrainedModel, name: str) -> torch.Tensor:
    head = causal.get_output_embeddings()
    weight = getattr(head, "weight", None)
    if not isinstance(weight, torch.Tensor) or weight.ndim != 2:
        raise WeightsError(f"{name} has no unembedding")
    return weight


def _from_files(folder: Path, named: str, shape: tuple[int, ...], name: str) -> torch.Tensor:
    """Reads one tensor of the checkpoint, by its name in transformers or by how it ends."""
    tensors = tensors_of(folder)
    found = [key for key in tensors if key == named] or [key for key in tensors if key.endswith(_ENDINGS)]
    whole = [key for key in found if tensors[key].shape == shape and _is_whole(key, tensors)]
    if len(whole) != 1:
        raise WeightsError(f"the files of {name} have no unembedding that can be read ({named})")
    for file in weight_files(folder):
        with safe_open(folder / file, framework="pt") as stream:
            if whole[0] in stream.keys():  # noqa: SIM118 - it is no dictionary
                return torch.as_tensor(stream.get_tensor(whole[0]))
    raise WeightsError(f"the files of {name} lack {whole[0]}")


def _is_whole(key: str, tensors: dict[str, Tensor]) -> bool:
    """Whether a tensor is stored as it is, without scales beside it."""
    return tensors[key].dtype in _WHOLE and not any(other.startswith(f"{key}_scale") for other in tensors)


def final_norm(model: LoadedModel) -> nn.Module | None:
    """Finds the module that takes what the last block gives and gives what the body does, over a short text.

    Returns:
        None where the body gives what its last block does.

    Raises:
        WeightsError: no single module does, or the pass fails.
    """
    body, last = model.body, find_blocks(model.body)[2][-1]
    given: list[torch.Tensor] = []
    found: list[tuple[nn.Module, torch.Tensor, torch.Tensor]] = []

    def after_last(_module: nn.Module, _inputs: object, output: object) -> None:
        given[:] = [output_states(output)]

    def after(module: nn.Module, inputs: tuple[object, ...], output: object) -> None:
        if given and inputs and isinstance(inputs[0], torch.Tensor) and isinstance(output, torch.Tensor):
            found.append((module, inputs[0], output))

    others = [module for module in body.modules() if module is not body and module is not last]
    handles = [last.register_forward_hook(after_last), *(own.register_forward_hook(after) for own in others)]
    ids, mask = padded_on_the_right([tokens_of(model, SHORT)], 0, model.input_device)
    try:
        with torch.inference_mode():
            end = body(**forward_inputs(body, ids, mask)).last_hidden_state
    except (RuntimeError, TypeError, AttributeError, ValueError) as error:
        raise WeightsError(f"{type(body).__name__} gives no states of a short text ({first_line(error)})") from error
    finally:
        for handle in handles:
            handle.remove()
    if given and _same(given[0], end):
        return None
    whole = [module for module, first, output in found if _same(first, given[0]) and _same(output, end)]
    if not whole:
        raise WeightsError(f"{type(body).__name__} has no single module between its last block and its unembedding")
    return whole[-1]


def _same(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.shape == b.shape and bool(torch.equal(a.to(b.device), b))
