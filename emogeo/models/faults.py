"""What transformers raises for a folder that it cannot load, as an error with a name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError

from emogeo.errors import WeightsError, first_line

_FAULTS = (
    OSError,
    ValueError,
    KeyError,
    RuntimeError,
    ImportError,
    AssertionError,
    StrictDataclassError,
    SafetensorError,
)


@contextmanager
def named_faults(folder: Path, title: str) -> Iterator[None]:
    """Names what goes wrong within: calls of transformers alone belong there, so that a slip of our own stays one.

    Raises:
        WeightsError: the first line of what was said.
    """
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except _FAULTS as error:
        raise WeightsError(f"{title}: {folder} cannot be loaded: {first_line(error)}") from error
