"""The residual stream in what a block puts out, also where a block carries several streams."""

from __future__ import annotations

from typing import Any

import torch

from emogeo.errors import WeightsError


def output_states(output: object) -> torch.Tensor:
    """Takes the states out of what a block returns: a tensor, or a tuple or list that begins with one.

    Raises:
        WeightsError: anything else.
    """
    states = output[0] if isinstance(output, tuple | list) else output
    if not isinstance(states, torch.Tensor):
        raise WeightsError(f"A block returns a {type(states).__name__}; emogeo reads blocks that return their states.")
    return states


def with_states(output: object, states: torch.Tensor) -> object:
    """Puts other states into what a block returns."""
    return type(output)((states, *output[1:])) if isinstance(output, tuple | list) else states


def residual(states: torch.Tensor, config: Any) -> torch.Tensor:
    """Gives the residual stream [text, token, d_model] in the states of a block.

    Gemma-3n carries `altup_num_inputs` streams [stream, text, token, d_model]: attention and feed-forward read and
    write the active one, which begins as the input embedding, and the others follow it; the active one is taken.
    Hyper-connections carry several streams [text, token, stream, d_model] that all begin as the input embedding; what
    a block writes is added to all of them, and a doubly stochastic matrix mixes them, which leaves their mean as it is;
    so their mean is taken.

    Args:
        config: of the text model.

    Raises:
        WeightsError: states of another shape.
    """
    if states.ndim == 3:
        return states
    if _has_active(states, config):
        return states[config.altup_active_idx]
    if states.ndim == 4 and states.shape[-1] == config.hidden_size:
        return states.mean(dim=2)
    raise WeightsError(f"A block's states have the shape {list(states.shape)}, which is no residual stream known here.")


def moved(states: torch.Tensor, addition: torch.Tensor, config: Any) -> torch.Tensor:
    """Adds a vector [text or 1, d_model] at every token, so that `residual` moves by it; the sum is made in float32."""
    if states.ndim == 3:
        return (states.float() + addition[:, None]).to(states.dtype)
    if _has_active(states, config):
        changed = states.clone()
        changed[config.altup_active_idx] = moved(states[config.altup_active_idx], addition, config)
        return changed
    residual(states, config)  # refuses what is unknown
    return (states.float() + addition[:, None, None]).to(states.dtype)


def described(states: torch.Tensor, config: Any) -> str | None:
    """Says which stream is read where there are several."""
    if states.ndim == 3:
        return None
    if _has_active(states, config):
        return f"the active stream ({config.altup_active_idx}) of {len(states)}"
    return f"the mean of {states.shape[2]} streams"


def _has_active(states: torch.Tensor, config: Any) -> bool:
    return states.ndim == 4 and len(states) == getattr(config, "altup_num_inputs", None)
